"""Rules for what departments are told."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from report.adapters.folder_topic import FolderTopic
from report.errors import TopicUnavailable, TopicUnknown
from report.runs import this_run
from report.telling import Message, Outcome, tell_once, told_folder
from report.topics import Topic
from tests.fakes import MemoryStorage

NOW = datetime(2019, 2, 1, 5, tzinfo=UTC)
FOLDER = told_folder("requests", "2019-01")
TRASH = Message("Streets", "trash 131", "Trash violations count is now 131", "In January.")


class Department:
    """A topic that notes what it is told; SNS may be away, or the process die."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.told: list[str] = []

    def __call__(self, department: str) -> Topic:
        return self

    def publish(self, subject: str, text: str) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.told.append(subject)


def tell(storage: MemoryStorage, topic: Department, *messages: Message, now: datetime = NOW) -> list[Outcome]:
    return list(tell_once(storage, FOLDER, messages, topic, now))


def test_a_thing_is_told_once() -> None:
    """However often the month is built, and whatever the department is called; another count is another."""
    storage, topic = MemoryStorage(), Department()
    more = Message("streets ", "trash 140", "Trash violations count is now 140", "In January.")

    told = [tell(storage, topic, TRASH), tell(storage, topic, TRASH, more), tell(storage, topic, more)]

    assert [[one.message for one in each] for each in told] == [[TRASH], [more], []]
    assert topic.told == [TRASH.subject, more.subject]


def test_what_sns_refuses_is_named_and_told_by_the_next_run() -> None:
    """Others are told meanwhile."""
    storage, topic = MemoryStorage(), Department(TopicUnavailable("SNS is too busy"))
    grass = Message("Parks", "grass 3", "Grass count is now 3", "In January.")

    first, second = tell(storage, topic, TRASH, grass), tell(storage, topic, TRASH, grass)

    assert [one.problem for one in first] == [f"Streets was not told {TRASH.subject!r}: SNS is too busy", ""]
    assert [one.problem for one in second] == [""]
    assert topic.told == [grass.subject, TRASH.subject]


def test_what_sns_may_have_taken_is_named_and_not_told_again() -> None:
    """An answer that was lost says nothing: a person decides, and is told how, by each run at once."""
    storage, topic = MemoryStorage(), Department(TopicUnknown("SNS did not say whether it did: timeout"))

    said = [tell(storage, topic, TRASH, now=NOW + timedelta(minutes=minutes)) for minutes in (0, 1, 15)]
    [note] = storage.list(FOLDER)

    words = f"whether Streets was told {TRASH.subject!r} is unknown: SNS did not say whether it did: timeout;"
    assert [one.problem.startswith(words) for [one] in said] == [True] * 3
    assert [f"`python -m report storage rm {note.key}`" in one.problem for [one] in said] == [True] * 3
    assert topic.told == []


def test_a_claim_whose_answer_was_lost_is_our_own() -> None:
    """Storage asked again finds the key taken, by ourselves: the department is told, and once."""

    class Stammering(MemoryStorage):
        def put_if_absent(self, key: str, body: bytes, content_type: str = "") -> None:
            super().put_if_absent(key, body, content_type)
            super().put_if_absent(key, body, content_type)

    storage, topic = Stammering(), Department()

    told = [one for _ in range(2) for one in tell(storage, topic, TRASH, TRASH)]

    assert told == [Outcome(TRASH)]
    assert topic.told == [TRASH.subject]


def test_a_run_that_died_while_telling_is_named_each_time() -> None:
    """It may have told: nothing is told blindly again, and how to have it told is said."""
    storage, topic = MemoryStorage(), Department(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        tell(storage, topic, TRASH)
    [note] = storage.list(FOLDER)

    for _ in range(2):
        [outcome] = tell(storage, topic, TRASH)
        assert outcome.problem.startswith(f"whether Streets was told {TRASH.subject!r} is unknown")
        assert f"`python -m report storage rm {note.key}`" in outcome.problem
    storage.delete(note.key)
    tell(storage, topic, TRASH)

    assert topic.told == [TRASH.subject]


def test_what_another_host_is_telling_is_left_to_it() -> None:
    """For ten minutes; then it is taken to have died."""
    storage, topic = MemoryStorage(), Department()
    tell(storage, topic, TRASH)
    [note] = storage.list(FOLDER)
    run = {"host": f"not-{this_run().host}", "pid": 1, "id": "x"}
    claim = {**json.loads(storage.get(note.key)), "state": "telling", "run": run}
    storage.put(note.key, json.dumps(claim).encode())

    assert tell(storage, topic, TRASH, now=NOW + timedelta(minutes=9)) == []
    assert [bool(one.problem) for one in tell(storage, topic, TRASH, now=NOW + timedelta(minutes=11))] == [
        True
    ]
    assert topic.told == [TRASH.subject]


def test_a_note_that_is_no_note_is_named() -> None:
    """What somebody spoilt by hand is neither a crash nor a silence."""
    storage = MemoryStorage()
    tell(storage, Department(), TRASH)
    [note] = storage.list(FOLDER)
    storage.put(note.key, b"[]")

    [outcome] = tell(storage, Department(), TRASH)

    assert outcome.problem.startswith(f"whether what {note.key} is about was told is unknown")


@pytest.mark.parametrize("subject", ["two\nlines", "x" * 100], ids=["line break", "too long"])
def test_a_subject_that_sns_would_refuse_is_a_mistake(subject: str) -> None:
    """Under 100 signs on one line."""
    with pytest.raises(ValueError, match="one line of under 100 signs"):
        Message("Parks", "a", subject, "t")


def test_on_a_laptop_a_message_is_a_file(tmp_path: Path) -> None:
    """One file for each message, and again the same; a folder that refuses is said."""
    topic = FolderTopic(tmp_path / "departments", "parks")

    for _ in range(2):
        topic.publish("Grass count is now 3", "In January.\n")

    [file] = (tmp_path / "departments").iterdir()
    assert file.name.startswith("parks-")
    assert file.read_text(encoding="utf-8") == "Subject: Grass count is now 3\n\nIn January.\n"
    with pytest.raises(TopicUnavailable, match="cannot write"):
        FolderTopic(file, "parks").publish("a", "b")
