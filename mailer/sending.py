"""Who gets the mail: decided from the ledger first, then claimed, sent and recorded one by one."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from enum import StrEnum

from mailer.ledger import Entry, State, UnreadableEntry, claim, look, record
from report.errors import MailError, MailRefused, MailServerError, MailUnknown, StorageError
from report.mail import Sender, mailbox, reader_key
from report.places import ledger_entry
from report.runs import Run
from report.storage import Storage


class Fate(StrEnum):
    """What became of one reader's mail in this run."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    ALREADY_SENT = "already sent"
    UNDER_WAY = "under way elsewhere"
    TOO_LATE = "too late to mail"


_RECORD_TRIES = 3
PROBLEMS = frozenset({Fate.REFUSED, Fate.DEFERRED, Fate.UNKNOWN})
_ALWAYS_COUNTED = (Fate.ACCEPTED, Fate.REFUSED, Fate.DEFERRED, Fate.UNKNOWN, Fate.ALREADY_SENT)
_FATES = {
    State.CLAIMED: Fate.UNKNOWN,
    State.ACCEPTED: Fate.ALREADY_SENT,
    State.REFUSED: Fate.REFUSED,
    State.FAILED: None,
    State.UNKNOWN: Fate.UNKNOWN,
}


@dataclass(frozen=True)
class Intent:
    """What is to be done for a reader: send where `fate` is None; else it is settled, and `why` says how."""

    reader: str
    key: str = ""
    fate: Fate | None = None
    why: str = ""
    etag: str = ""
    tries: int = 0


@dataclass(frozen=True)
class Outcome:
    """A reader's fate, and the words to report where it is not a good one."""

    reader: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True)
class Post:
    """What carrying out works with; `now` is aware and is what claims are stamped with."""

    storage: Storage
    sender: Sender
    run: Run
    now: datetime


@dataclass(frozen=True)
class Occasion:
    """Which mail: a report's edition of a day, once to each reader whatever the revision."""

    report: str
    day: date

    def __str__(self) -> str:
        return f"{self.report} {self.day.isoformat()}"

    def entry_key(self, reader: str) -> str:
        """Return the key of the reader's ledger entry; raise `MailError` for what is no address."""
        return ledger_entry(self.report, self.day.isoformat(), reader_key(reader))


def plan(
    storage: Storage,
    occasion: Occasion,
    readers: Iterable[str],
    now: datetime,
    is_over: Callable[[Run], bool],
) -> list[Intent]:
    """Return one intent a reader, however often named; reads the ledger and changes nothing.

    `is_over` tells of a run that certainly has ended, so that its bare claims are not waited for.
    """
    intents: dict[str, Intent] = {}
    for reader in readers:
        try:
            key = occasion.entry_key(reader)
        except MailError as error:
            intents[reader] = Intent(reader, fate=Fate.REFUSED, why=str(error))
            continue
        if key not in intents:
            intents[key] = _intent(storage, reader, key, now, is_over)
    return list(intents.values())


def _intent(storage: Storage, reader: str, key: str, now: datetime, is_over: Callable[[Run], bool]) -> Intent:
    try:
        found = look(storage, key)
    except UnreadableEntry as error:
        return Intent(reader, key, Fate.UNKNOWN, str(error))
    if found is None:
        return Intent(reader, key)
    entry = found.entry
    if entry.may_be_under_way(now) and not is_over(entry.run):
        return Intent(reader, key, Fate.UNDER_WAY, "claimed by another run")
    return Intent(reader, key, _FATES[entry.state], _history(entry), found.etag, entry.tries)


def _history(entry: Entry) -> str:
    if entry.state is State.ACCEPTED:
        return ""
    when = f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC by {entry.run.host}, process {entry.run.pid}"
    if entry.state is State.CLAIMED:
        return f"claimed {when}, and nothing was recorded since: it may have arrived"
    return f"tried {when}: {entry.text}"


def too_late(intents: Iterable[Intent]) -> list[Intent]:
    """Return the same intents with nothing left to send: the morning is over."""
    return [replace(intent, fate=intent.fate or Fate.TOO_LATE) for intent in intents]


def carry_out(
    intents: Sequence[Intent], letter: Callable[[str], EmailMessage], revision: int, post: Post
) -> Iterator[Outcome]:
    """Yield each reader's outcome as it is known; one reader's failure does not stop the next.

    `letter` makes the message to a reader. When the mail server is gone,
    who is left stays unclaimed for the next run. Raise `MailError` for a message that
    cannot be made and `StorageError` where the ledger fails: then nothing more is sent.
    """
    yield from (Outcome(item.reader, item.fate, item.why) for item in intents if item.fate)
    waiting = deque(item for item in intents if item.fate is None)
    if not waiting:
        return
    try:
        with post.sender:
            while waiting:
                yield _deliver(waiting[0], letter(waiting[0].reader), revision, post)
                waiting.popleft()
    except MailServerError as error:
        yield Outcome(waiting.popleft().reader, Fate.DEFERRED, str(error))
        yield from (Outcome(item.reader, Fate.DEFERRED, "not tried: no mail server") for item in waiting)


def _deliver(intent: Intent, message: EmailMessage, revision: int, post: Post) -> Outcome:
    """Claim, send, record: in this order, so that whatever breaks can at worst leave a claim behind."""
    entry = Entry(State.CLAIMED, post.now, post.run, str(message["Message-ID"]), revision, intent.tries + 1)
    if not claim(post.storage, intent.key, entry, intent.etag):
        return Outcome(intent.reader, Fate.UNDER_WAY, "claimed by another run")
    try:
        post.sender.send(message, mailbox(intent.reader).addr_spec)
    except MailError as error:
        state, fate = _state_and_fate(error)
        _record(post, intent.key, entry, state, error.code, str(error))
        if isinstance(error, MailServerError):
            raise
        return Outcome(intent.reader, fate, str(error))
    if unrecorded := _record(post, intent.key, entry, State.ACCEPTED):
        return Outcome(
            intent.reader, Fate.UNKNOWN, f"accepted, but the ledger could not be told: {unrecorded}"
        )
    return Outcome(intent.reader, Fate.ACCEPTED)


def _record(
    post: Post, key: str, entry: Entry, state: State, code: int = 0, text: str = ""
) -> StorageError | None:
    """Write the outcome, trying again: a second mail hangs on it. Return the error if it stays unwritten."""
    error: StorageError | None = None
    for _ in range(_RECORD_TRIES):
        try:
            record(post.storage, key, entry, state, code, text)
        except StorageError as failed:
            error = failed
        else:
            return None
    return error


def _state_and_fate(error: MailError) -> tuple[State, Fate]:
    if isinstance(error, MailRefused):
        return State.REFUSED, Fate.REFUSED
    if isinstance(error, MailUnknown):
        return State.UNKNOWN, Fate.UNKNOWN
    return State.FAILED, Fate.DEFERRED


def summary(fates: Iterable[Fate]) -> str:
    """Return the run's counts on one line; the rarer fates only where they happened."""
    counts = Counter(fates)
    shown = [fate for fate in Fate if fate in _ALWAYS_COUNTED or counts[fate]]
    return ", ".join(f"{counts[fate]} {fate}" for fate in shown)
