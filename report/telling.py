"""Tells departments what a report found out, each thing once.

told/<report>/<period>/<hash>.json    {"state": "telling" | "told", "department", "subject", "at", "run"}

The hash is of the department and of what it is told about. A telling is claimed first, done second and noted
third, so that no two hosts do it; one whose run died meanwhile is named by each later run, and never blindly
done again.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from report.contacts import department_key
from report.errors import AlreadyExists, TopicError
from report.runs import Run, is_over, this_run
from report.storage import Storage
from report.stored_json import JSON, json_bytes
from report.topics import Topic

LONGEST_SUBJECT = 99  # of SNS, which wants fewer than 100 signs
_TELLING = timedelta(minutes=10)


@dataclass(frozen=True)
class Message:
    """What a department's contacts are told; `about` says what of, in the same words each time.

    `subject` is on one line, under 100 signs.
    """

    department: str
    about: str
    subject: str
    text: str

    def __post_init__(self) -> None:
        if not self.subject.isprintable() or len(self.subject) > LONGEST_SUBJECT:
            raise ValueError(f"a subject is one line of under 100 signs, not {self.subject!r}")


@dataclass(frozen=True)
class Outcome:
    """What became of a message that was not told before; `problem` is empty where it was told now."""

    message: Message
    problem: str = ""


def tell_once(
    storage: Storage,
    folder: str,
    messages: Iterable[Message],
    topic_of: Callable[[str], Topic],
    now: datetime,
) -> Iterator[Outcome]:
    """Tell each message that was not told before, and yield what became of it; `now` is aware.

    `folder` is where what was told is noted, see `told_folder`. What SNS refuses is told by the next run.
    Raise `StorageError`.
    """
    run = this_run()
    for message in messages:
        key = f"{folder}{_digest(message)}.json"
        try:
            storage.put_if_absent(key, _note("telling", message, now, run), JSON)
        except AlreadyExists:
            if problem := _unknown(storage, key, now):
                yield Outcome(message, problem)
            continue
        yield _told(storage, key, message, topic_of, _note("told", message, now, run))


def told_folder(report: str, period_id: str) -> str:
    """Return where it is noted what was told of a report's period."""
    return f"told/{report}/{period_id}/"


def _told(
    storage: Storage, key: str, message: Message, topic_of: Callable[[str], Topic], note: bytes
) -> Outcome:
    try:
        topic_of(message.department).publish(message.subject, message.text)
    except TopicError as error:
        storage.delete(key)
        return Outcome(message, f"{message.department} was not told {message.subject!r}: {error}")
    storage.put(key, note, JSON)
    return Outcome(message)


def _unknown(storage: Storage, key: str, now: datetime) -> str:
    """What is wrong with a telling that was claimed before; nothing where it was done, or is being done."""
    try:
        note = json.loads(storage.get(key))
        run, at = Run(**note["run"]), datetime.fromisoformat(note["at"])
        if note["state"] == "told" or not (is_over(run) or now - at > _TELLING):
            return ""
        about = f"{note['department']} was told {note['subject']!r}"
    except (ValueError, LookupError, TypeError):
        about = f"what {key} is about was told"
    return (
        f"whether {about} is unknown: the run that told it died; to have it told again, type "
        f"`python -m report storage rm {key}` and build again"
    )


def _digest(message: Message) -> str:
    return sha256(f"{department_key(message.department)}\0{message.about}".encode()).hexdigest()[:32]


def _note(state: str, message: Message, now: datetime, run: Run) -> bytes:
    said = {"state": state, "department": message.department, "subject": message.subject}
    return json_bytes({**said, "at": now.isoformat(), "run": asdict(run)})
