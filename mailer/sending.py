"""Sends what was planned: each mail is claimed, handed over and recorded, in this order.

Right before its claim a mail is asked whether anything has come to stand in its way. While it leaves, two
writes to the ledger go on beside it. Its claim was made ready while the mail before left; it is made while
the server hears sender and reader, and must stand before the message itself is handed over. What became of
the mail before is written down; one such record may be outstanding. So whatever breaks leaves at worst two
claims behind.
"""

import random
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from mailer.ledger import LONGEST_SILENCE, Entry, Occasion, State, claim_at_hand, look, record
from mailer.pacing import Pace
from mailer.planning import Fate, Intent, plan
from report.errors import MailDeferred, MailError, MailRefused, MailServerError, MailUnknown, StorageError
from report.mail import Letter, Sender
from report.runs import Run
from report.storage import Storage

__all__ = [
    "PROBLEMS",
    "Fate",
    "Intent",
    "Occasion",
    "Outcome",
    "Post",
    "carry_out",
    "plan",
    "summary",
]

PROBLEMS = frozenset({Fate.REFUSED, Fate.DEFERRED, Fate.UNKNOWN})
_ALWAYS_COUNTED = (Fate.ACCEPTED, Fate.REFUSED, Fate.DEFERRED, Fate.UNKNOWN, Fate.ALREADY_SENT)
_CLERKS = 3  # one claims, one records, one makes the next letter and its claim ready
_FRESH = timedelta(minutes=1)  # a claim bears the moment it was made ready
_PAUSE_SECONDS = (0.1, 1.0)
"""How long the readers put off wait before the run's second try; what needs longer waits for the next run."""
_HINDRANCES = {
    Fate.TOO_LATE: "its hours were over before its turn came",
    Fate.UNDER_WAY: "claimed by another run",
    Fate.UNWANTED: "asked for no more mail since the run began",
}


@dataclass(frozen=True)
class Outcome:
    """A reader's fate, and the words to report where it is not a good one."""

    reader: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True)
class Post:
    """What carrying out works with.

    `clock` tells the run's time (aware) that claims are stamped with; `wait` lets seconds pass; once
    `is_stopped` says so, nothing new is claimed. `hindrance` says, right before each claim, with which fate
    the reader goes without after all, None to send it. Storage is asked by several threads at a time.
    """

    storage: Storage
    sender: Sender
    run: Run
    clock: Callable[[], datetime]
    wait: Callable[[float], None]
    is_stopped: Callable[[], bool] = lambda: False
    per_second: float = 0
    hindrance: Callable[[str], Fate | None] = lambda reader: None


def carry_out(
    intents: Sequence[Intent], letter: Callable[[str], Letter], revision: int, post: Post
) -> Iterator[Outcome]:
    """Yield each reader's outcome as it is known; one reader's failure does not stop the next.

    `letter` makes the letter to a reader. Who is put off is tried once more at the end. When the mail server
    is gone, or the run is stopped, who is left stays unclaimed for the next run. Raise `MailError` for a
    letter that cannot be made and `StorageError` where the ledger fails: then nothing more is sent.
    """
    yield from (Outcome(item.reader, item.fate, item.why) for item in intents if item.fate)
    waiting = deque(item for item in intents if item.fate is None)
    if not waiting:
        return
    courier = _Courier(letter, revision, post)
    try:
        with post.sender, courier.clerks:
            yield from courier.rounds(waiting)
    except MailServerError as error:  # there was none from the beginning
        yield Outcome(waiting.popleft().reader, Fate.DEFERRED, str(error))
        yield from _not_tried(waiting)


def _not_tried(waiting: Iterable[Intent]) -> Iterator[Outcome]:
    return (Outcome(item.reader, Fate.DEFERRED, "not tried: no mail server") for item in waiting)


class _Told:
    """An outcome, and how it is written down; nothing is to be written of a mail that was not claimed."""

    def __init__(
        self, intent: Intent, outcome: Outcome, write: Callable[[], Future[bool]] | None = None
    ) -> None:
        self.intent = intent
        self._outcome = outcome
        self._write = write
        self._written: Future[bool] | None = None

    def begin(self) -> None:
        """Begin to write it down, once."""
        if self._write and not self._written:
            self._written = self._write()

    def settled(self) -> Outcome:
        """Wait until it is written; what cannot be is of unknown fate to every later run."""
        self.begin()
        error = self._written.exception() if self._written else None
        if error is None:
            return self._outcome if self._is_kept() else self._doubted("the entry is no longer this run's")
        if not isinstance(error, StorageError):
            raise error
        return self._doubted(str(error))

    def _is_kept(self) -> bool:
        return self._written is None or self._written.result()

    def _doubted(self, why: str) -> Outcome:
        words = f"{self._outcome.fate}, but the ledger could not be told: {why}"
        return replace(self._outcome, fate=Fate.UNKNOWN, why=words)


@dataclass(frozen=True)
class _Made:
    """What a mail needs to leave; `claim` writes the entry, and says whether it did."""

    letter: Letter
    entry: Entry
    claim: Callable[[], bool]


class _Courier:
    """One go at each of the readers that wait, and a second at those who were put off."""

    def __init__(self, letter: Callable[[str], Letter], revision: int, post: Post) -> None:
        self.clerks = ThreadPoolExecutor(_CLERKS)
        self._letter = letter
        self._revision = revision
        self._post = post
        self._pace = Pace(post.per_second, post.clock, post.wait)
        self._ahead: dict[str, Future[_Made]] = {}
        self._is_server_gone = False

    def rounds(self, waiting: deque[Intent]) -> Iterator[Outcome]:
        put_off: dict[str, _Told] = {}
        for told in self._round(waiting):
            outcome = told.settled()
            if outcome.fate is Fate.DEFERRED:
                put_off[told.intent.key] = told
            else:
                yield outcome
        if put_off and not self._is_over():
            self._post.wait(random.uniform(*_PAUSE_SECONDS))  # noqa: S311 - jitter
            again = deque(filter(None, (self._claimable(told) for told in put_off.values())))
            for told in self._round(again):
                put_off[told.intent.key] = told
        yield from (told.settled() for told in put_off.values())
        if self._is_server_gone:
            yield from _not_tried(waiting)
        else:
            yield from (Outcome(item.reader, Fate.LEFT, "the run was stopped") for item in waiting)

    def _is_over(self) -> bool:
        return self._is_server_gone or self._post.is_stopped()

    def _round(self, waiting: deque[Intent]) -> Iterator[_Told]:
        """Yield what became of each, one behind: it is written down while the next mail leaves.

        Who takes it waits until it is written, so that no third mail leaves meanwhile.
        """
        last: _Told | None = None
        try:
            while waiting and not self._is_over():
                self._pace.keep()
                if self._post.is_stopped():  # while waiting
                    break
                told = self._deliver(last, *islice(waiting, 2))
                waiting.popleft()
                if last:
                    yield last
                last = told
        except (MailError, StorageError):
            if last:
                yield last
            raise
        finally:
            if last:
                last.begin()
        if last:
            yield last

    def _deliver(self, last: _Told | None, intent: Intent, following: Intent | None = None) -> _Told:
        """Claim, send, record: in this order, so that whatever breaks can at worst leave a claim behind."""
        post, made = self._post, self._made_for(intent)
        entry = made.entry
        hindered = self.clerks.submit(self._hindered, intent, made.claim)

        def may_leave() -> bool:
            """Wait for the claim; what else there is to do can be done while the message leaves."""
            is_ours = hindered.result() is None
            if last:
                last.begin()
            if following:
                self._ahead = {following.key: self.clerks.submit(self._made, following)}
            if is_ours and post.clock() - entry.at >= LONGEST_SILENCE:  # others call it unknown by now
                raise MailDeferred("the claim grew too old before the mail could leave: nothing was sent")
            return is_ours

        error = _handed_over(post.sender, made.letter, may_leave)
        self._is_server_gone = isinstance(error, MailServerError)
        if hindrance := hindered.result():
            return _Told(intent, Outcome(intent.reader, hindrance, _HINDRANCES.get(hindrance, "")))
        state, fate = _state_and_fate(error)
        code, text = (error.code, str(error)) if error else (0, "")
        write = partial(record, post.storage, intent.key, entry, state, code, text)
        return _Told(intent, Outcome(intent.reader, fate, text), partial(self.clerks.submit, write))

    def _hindered(self, intent: Intent, claim: Callable[[], bool]) -> Fate | None:
        """Claim the mail and return None; the reader's fate where the mail is not to leave."""
        hindrance = self._post.hindrance(intent.reader)
        if hindrance or claim():
            return hindrance
        return Fate.UNDER_WAY

    def _made_for(self, intent: Intent) -> "_Made":
        """What was made while the mail before left, or what is made now: a claim's time is to be its own."""
        ahead = self._ahead.pop(intent.key, None)
        made = ahead.result() if ahead else None
        return made if made and self._post.clock() - made.entry.at < _FRESH else self._made(intent)

    def _made(self, intent: Intent) -> "_Made":
        """The letter and its claim, which is not made yet."""
        post, letter = self._post, self._letter(intent.reader)
        entry = Entry(
            State.CLAIMED, post.clock(), post.run, letter.message_id, self._revision, intent.tries + 1
        )
        return _Made(letter, entry, claim_at_hand(post.storage, intent.key, entry, intent.etag))

    def _claimable(self, told: _Told) -> Intent | None:
        """What was put off, as it may be claimed anew; None where the ledger does not say that it was."""
        if told.settled().fate is not Fate.DEFERRED:
            return None
        found = look(self._post.storage, told.intent.key)
        if found is None or found.entry.state is not State.FAILED:
            return None
        return replace(told.intent, etag=found.etag, tries=found.entry.tries)


def _handed_over(sender: Sender, letter: Letter, may_leave: Callable[[], bool]) -> MailError | None:
    try:
        sender.send(letter, may_leave)
    except MailError as error:
        return error
    return None


def _state_and_fate(error: MailError | None) -> tuple[State, Fate]:
    if error is None:
        return State.ACCEPTED, Fate.ACCEPTED
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
