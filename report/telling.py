"""Tells departments what a report found out, each thing once.

told/<report>/<period>/<hash>.json    {"state": "telling" | "told" | "unknown", "department", "subject",
                                       "at", "run", "claim", "why"}

The hash is of the department and of what it is told about. A telling is claimed first, done second and noted
third, so that no two hosts do it; one whose run died meanwhile, or that SNS gave no answer to, is named by
each later run, and never blindly done again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from report.contacts import department_key
from report.errors import AlreadyExists, TopicError, TopicUnknown
from report.runs import Run, is_over, this_run
from report.storage import Storage
from report.stored_json import JSON, json_bytes
from report.topics import Topic

LONGEST_SUBJECT = 99  # of SNS, which wants fewer than 100 signs
_TELLING = timedelta(minutes=10)
_DIED = "the run that told it died"


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

    `folder` is where what was told is noted, see `told_folder`. What SNS refuses is told by the next run;
    what it may have taken, by none. Raise `StorageError`.
    """
    for message in messages:
        key, claim = f"{folder}{_digest(message)}.json", _claim(message, now)
        if _is_taken(storage, key, json_bytes(claim)):
            yield _told(storage, key, message, topic_of, claim)
        elif problem := _unknown(storage, key, now):
            yield Outcome(message, problem)


def told_folder(report: str, period_id: str) -> str:
    """Return where it is noted what was told of a report's period."""
    return f"told/{report}/{period_id}/"


def _is_taken(storage: Storage, key: str, claim: bytes) -> bool:
    """Take the telling upon this run, and return whether it did."""
    try:
        storage.put_if_absent(key, claim, JSON)
    except AlreadyExists:  # a repeated request after a lost answer finds the key taken by itself
        return storage.get(key) == claim
    return True


def _told(
    storage: Storage, key: str, message: Message, topic_of: Callable[[str], Topic], claim: dict[str, object]
) -> Outcome:
    try:
        topic_of(message.department).publish(message.subject, message.text)
    except TopicUnknown as error:
        note = {**claim, "state": "unknown", "why": str(error)}
        storage.put(key, json_bytes(note), JSON)
        return Outcome(message, _in_words(key, _about(note), str(error)))
    except TopicError as error:
        storage.delete(key)
        return Outcome(message, f"{message.department} was not told {message.subject!r}: {error}")
    storage.put(key, json_bytes({**claim, "state": "told"}), JSON)
    return Outcome(message)


def _unknown(storage: Storage, key: str, now: datetime) -> str:
    """What is wrong with a telling that was claimed before; nothing where it was done, or is being done."""
    try:
        note = json.loads(storage.get(key))
        state, run, at = note["state"], Run(**note["run"]), datetime.fromisoformat(note["at"])
        is_waited_for = state == "telling" and not is_over(run) and now - at <= _TELLING
        if state == "told" or is_waited_for:
            return ""
        return _in_words(key, _about(note), str(note.get("why", _DIED)))
    except (ValueError, LookupError, TypeError):
        return _in_words(key, f"what {key} is about was told", _DIED)


def _about(note: Mapping[str, object]) -> str:
    return f"{note['department']} was told {note['subject']!r}"


def _in_words(key: str, about: str, why: str) -> str:
    return (
        f"whether {about} is unknown: {why}; to have it told again, type "
        f"`python -m report storage rm {key}` and build again"
    )


def _digest(message: Message) -> str:
    return sha256(f"{department_key(message.department)}\0{message.about}".encode()).hexdigest()[:32]


def _claim(message: Message, now: datetime) -> dict[str, object]:
    """A claim that no other equals, of this run neither."""
    said = {"state": "telling", "department": message.department, "subject": message.subject}
    return {**said, "at": now.isoformat(), "run": asdict(this_run()), "claim": uuid4().hex}
