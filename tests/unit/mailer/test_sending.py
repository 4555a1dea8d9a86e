"""Rules for who gets the mail, and what is written about it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import pytest

from mailer.ledger import Entry, State, claim, look
from mailer.letters import Heading, letter_writer
from mailer.sending import Fate, Intent, Occasion, Outcome, Post, carry_out, plan, summary
from report.errors import (
    MailDeferred,
    MailError,
    MailRefused,
    MailServerError,
    MailUnknown,
    StorageUnavailable,
)
from report.mail import Letter, at_once, message_id
from report.runs import Run
from report.settings import Settings
from report.storage import OCTETS
from tests.fakes import MemoryStorage
from tests.mail_builders import DAY, FIVE, a_frozen_edition, a_letter

OCCASION = Occasion("trends", DAY.isoformat())
READERS = ("ann@example.com", "bob@example.com", "cyd@example.com")
ANN, BOB, CYD = READERS
RUN = Run("host", 7, "this run")
HEADING = Heading("trends@example.org", "Twitter Trends", FIVE)


class MemorySender:
    """A `Sender` that keeps what it is given, and fails as told, reader by reader."""

    def __init__(self, failures: dict[str, list[MailError]] | None = None, closed: bool = False) -> None:
        self.tried: list[str] = []
        self.sent: list[str] = []
        self.entered = 0
        self._failures = failures or {}
        self._closed = closed

    def __enter__(self) -> Self:
        if self._closed:
            raise MailServerError("nobody is there")
        self.entered += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
        self.tried.append(letter.to)
        if failures := self._failures.get(letter.to):
            raise failures.pop(0)
        if may_leave():
            self.sent.append(letter.to)
        return letter.to in self.sent


def never(run: Run) -> bool:
    return False


def planned(
    storage: MemoryStorage,
    readers: Sequence[str] = READERS,
    now: datetime = FIVE,
    is_over: Callable[[Run], bool] = never,
) -> list[Intent]:
    return plan(storage, OCCASION, readers, now, is_over)


def carried(
    storage: MemoryStorage, sender: MemorySender, intents: list[Intent] | None = None
) -> list[Outcome]:
    return list(
        carry_out(planned(storage) if intents is None else intents, written, 1, a_post(storage, sender))
    )


def written(reader: str) -> Letter:
    return a_letter(to=reader, message_id=message_id("trends", OCCASION.period, reader, "trends@example.org"))


def a_post(storage: MemoryStorage, sender: MemorySender, **changes: Any) -> Post:
    """Return a post office where no time passes."""
    return Post(
        **{
            "storage": storage,
            "sender": sender,
            "run": RUN,
            "clock": lambda: FIVE,
            "wait": lambda seconds: None,
            **changes,
        }
    )


def fates(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.reader: outcome.fate.value for outcome in outcomes}


def entry(storage: MemoryStorage, reader: str) -> Entry | None:
    found = look(storage, OCCASION.entry_key(reader))
    return found.entry if found else None


def states(storage: MemoryStorage) -> list[str | None]:
    return [known.state.value if (known := entry(storage, reader)) else None for reader in READERS]


def test_each_reader_gets_one_mail_however_often_it_runs() -> None:
    """What was accepted is never sent again."""
    storage, sender = MemoryStorage(), MemorySender()

    first, again = carried(storage, sender), carried(storage, sender)

    assert fates(first) == dict.fromkeys(READERS, "accepted")
    assert fates(again) == dict.fromkeys(READERS, "already sent")
    assert (sender.sent, sender.entered) == ([*READERS], 1)


@pytest.mark.parametrize(
    ("error", "state", "then"),
    [
        pytest.param(MailRefused("no"), "refused", "refused", id="refused: never tried again"),
        pytest.param(MailUnknown("?"), "unknown", "unknown", id="unknown: never repeated"),
        pytest.param(MailDeferred("later"), "failed", "accepted", id="deferred: tried again"),
    ],
)
def test_one_readers_failure_stops_nobody_else(error: MailError, state: str, then: str) -> None:
    """The others get theirs; the failure is recorded, and the next run does what it asks for."""
    storage, sender = MemoryStorage(), MemorySender({BOB: [error] * 2})

    carried(storage, sender)
    first_states = states(storage)
    again = carried(storage, sender)

    assert first_states == ["accepted", state, "accepted"]
    assert fates(again) == {ANN: "already sent", BOB: then, CYD: "already sent"}
    assert sender.sent == [ANN, CYD, *[BOB] * (then == "accepted")]


def test_an_old_failure_is_told_again_with_its_words() -> None:
    """A later run says what the server said, and when, so that somebody looks after it."""
    storage = MemoryStorage()
    carried(storage, MemorySender({BOB: [MailRefused("550 no such user")]}))

    why = {outcome.reader: outcome.why for outcome in carried(storage, MemorySender())}

    assert why[BOB] == "tried 2026-11-21 05:00 UTC by host, process 7: 550 no such user"


def test_who_is_put_off_is_tried_once_more_at_the_end() -> None:
    """What passes in a moment costs no reader a quarter of an hour; the entry says how often it was tried."""
    storage, sender = MemoryStorage(), MemorySender({ANN: [MailDeferred("busy")]})
    pauses: list[float] = []

    outcomes = list(carry_out(planned(storage), written, 1, a_post(storage, sender, wait=pauses.append)))

    assert sender.tried == [ANN, BOB, CYD, ANN]
    assert fates(outcomes) == dict.fromkeys(READERS, "accepted")
    assert len(outcomes) == 3
    assert len(pauses) == 1
    tried = entry(storage, ANN)
    assert tried is not None
    assert (tried.state, tried.tries) == (State.ACCEPTED, 2)


def test_what_was_settled_before_the_second_try_is_not_sent() -> None:
    """Between its two rounds a run may be overtaken: only what still failed is tried again."""
    storage, sender = MemoryStorage(), MemorySender({ANN: [MailDeferred("busy")]})

    def overtaken(seconds: float) -> None:
        found = look(storage, key := OCCASION.entry_key(ANN))
        assert found is not None
        assert claim(storage, key, replace(found.entry, state=State.ACCEPTED), found.etag)

    list(carry_out(planned(storage), written, 1, a_post(storage, sender, wait=overtaken)))

    assert sender.tried == [*READERS]
    assert states(storage) == ["accepted"] * 3


def test_a_run_tries_a_reader_twice_at_most() -> None:
    """Who is still put off waits for the next run, and is told of once."""
    storage, sender = MemoryStorage(), MemorySender({ANN: [MailDeferred("busy")] * 3})

    outcomes = carried(storage, sender)

    assert sender.tried == [ANN, BOB, CYD, ANN]
    assert [(outcome.reader, outcome.fate.value) for outcome in outcomes] == [
        (BOB, "accepted"),
        (CYD, "accepted"),
        (ANN, "deferred"),
    ]


def test_a_run_that_is_stopped_leaves_the_rest_unclaimed() -> None:
    """The mail in hand is finished and recorded; who is left waits, as if nothing had been begun."""
    storage, sender = MemoryStorage(), MemorySender()
    post = a_post(storage, sender, is_stopped=lambda: bool(sender.sent))

    outcomes = list(carry_out(planned(storage), written, 1, post))

    assert fates(outcomes) == {ANN: "accepted", **dict.fromkeys((BOB, CYD), "left for the next run")}
    assert states(storage) == ["accepted", None, None]


def test_mails_leave_at_the_pace_that_was_asked_for() -> None:
    """Two a second means half a second between two mails, less what the mail itself took."""
    storage, now, waits = MemoryStorage(), [FIVE], []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += timedelta(seconds=seconds)

    class Slow(MemorySender):
        def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
            now[0] += timedelta(seconds=0.2)
            return super().send(letter, may_leave)

    post = a_post(storage, Slow(), clock=lambda: now[0], wait=wait, per_second=2)
    list(carry_out(planned(storage), written, 1, post))

    assert waits == [pytest.approx(0.3)] * 2


class ReadyStorage(MemoryStorage):
    """A `Storage` that says when an entry was made ready."""

    def __init__(self) -> None:
        super().__init__()
        self.is_ready = {OCCASION.entry_key(reader): threading.Event() for reader in READERS}

    def made_ready(self, key: str, body: bytes, content_type: str = OCTETS) -> Callable[[], None]:
        put = super().made_ready(key, body, content_type)
        self.is_ready[key].set()
        return put


def test_a_claim_is_stamped_with_the_moment_it_is_made() -> None:
    """A long run's last claims are as young as its first were: nobody takes them for those of a dead run."""
    storage = ReadyStorage()

    class Long(MemorySender):
        def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
            following = {ANN: BOB, BOB: CYD}.get(letter.to)
            may_leave()
            assert following is None or storage.is_ready[OCCASION.entry_key(following)].wait(10)
            return super().send(letter)

    sender = Long()
    post = a_post(storage, sender, clock=lambda: FIVE + timedelta(hours=len(sender.sent)))
    list(carry_out(planned(storage), written, 1, post))

    stamps = [known.at for reader in READERS if (known := entry(storage, reader))]
    assert stamps == [FIVE + timedelta(hours=number) for number in range(3)]


def test_the_next_claim_is_made_ready_and_not_made() -> None:
    """While a mail leaves the next one's entry is written ahead, where a crash leaves nothing of it."""
    storage = ReadyStorage()

    class Dying(MemorySender):
        def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
            super().send(letter, may_leave)
            assert storage.is_ready[OCCASION.entry_key(BOB)].wait(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carried(storage, Dying())

    assert states(storage) == ["claimed", None, None]


def test_who_asked_for_no_more_mail_meanwhile_gets_none() -> None:
    """It is asked before each claim; who left has no ledger entry, and the others have their mail."""
    storage, sender = MemoryStorage(), MemorySender()

    def hindrance(reader: str) -> Fate | None:
        return Fate.UNWANTED if reader == BOB and sender.sent else None

    outcomes = list(carry_out(planned(storage), written, 1, a_post(storage, sender, hindrance=hindrance)))

    assert fates(outcomes) == {ANN: "accepted", BOB: "no longer wanted", CYD: "accepted"}
    assert (sender.sent, states(storage)) == ([ANN, CYD], ["accepted", None, "accepted"])


def test_one_record_at_most_is_outstanding() -> None:
    """A mail leaves while the one before is written down, and never while two are: a crash costs little."""
    third_left = threading.Event()

    class Slow(MemoryStorage):
        was_overtaken = False

        def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
            if key == OCCASION.entry_key(ANN):
                self.was_overtaken = third_left.wait(0.2)
            super().put_if_match(key, body, etag, content_type)

    class Noting(MemorySender):
        def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
            if letter.to == CYD:
                third_left.set()
            return super().send(letter, may_leave)

    storage = Slow()
    carried(storage, Noting())

    assert not storage.was_overtaken
    assert states(storage) == ["accepted"] * 3


def test_what_the_ledger_could_not_be_told_is_of_unknown_fate() -> None:
    """A mail that left but is not recorded is said so at once; its claim keeps it from being sent again."""

    class Failing(MemoryStorage):
        def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
            if key == OCCASION.entry_key(BOB):
                raise StorageUnavailable("the disk is full")
            super().put_if_match(key, body, etag, content_type)

    storage, sender = Failing(), MemorySender()

    outcomes = carried(storage, sender)
    again = carried(storage, sender, planned(storage, is_over=lambda run: True))

    assert fates(outcomes) == {ANN: "accepted", BOB: "unknown", CYD: "accepted"}
    assert "accepted, but the ledger could not be told: the disk is full" in outcomes[1].why
    assert fates(again)[BOB] == "unknown"
    assert sender.sent == [*READERS]


def test_a_run_that_slept_over_its_claim_sends_nothing_by_it() -> None:
    """What others call unknown by now does not leave; the second round claims it anew, as young as it is."""
    storage, now = MemoryStorage(), [FIVE]

    class Sleepy(MemorySender):
        def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
            if letter.to not in self.tried and letter.to == ANN:
                now[0] += timedelta(minutes=15)
            return super().send(letter, may_leave)

    sender = Sleepy()
    outcomes = list(carry_out(planned(storage), written, 1, a_post(storage, sender, clock=lambda: now[0])))

    assert (sender.tried, sender.sent) == ([*READERS, ANN], [BOB, CYD, ANN])
    assert fates(outcomes) == dict.fromkeys(READERS, "accepted")


@pytest.mark.parametrize("error", [None, MailDeferred("lost")])
def test_what_was_settled_while_a_mail_left_stays(error: MailError | None) -> None:
    """A run that slept neither writes over another's word nor tries again; somebody is told."""
    storage = MemoryStorage()

    class Overtaken(MemorySender):
        def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
            is_sent = super().send(letter, may_leave)
            found = look(storage, key := OCCASION.entry_key(ANN))
            assert found is not None
            assert claim(storage, key, replace(found.entry, state=State.ACCEPTED, text="Bob"), found.etag)
            if error:
                raise error
            return is_sent

    sender = Overtaken()
    outcomes = carried(storage, sender, planned(storage, [ANN]))

    kept = entry(storage, ANN)
    assert kept is not None
    assert (kept.state, kept.text, sender.tried) == (State.ACCEPTED, "Bob", [ANN])
    assert [outcome.fate for outcome in outcomes] == [Fate.UNKNOWN]
    assert "no longer this run's" in outcomes[0].why


def test_a_letter_that_cannot_be_made_loses_no_outcome() -> None:
    """What was sent before is told and recorded; then the run ends with the error."""
    storage, sender = MemoryStorage(), MemorySender()

    def letter(reader: str) -> Letter:
        if reader == CYD:
            raise MailError("too large")
        return written(reader)

    outcomes = carry_out(planned(storage), letter, 1, a_post(storage, sender))
    told = [next(outcomes), next(outcomes)]

    assert fates(told) == {ANN: "accepted", BOB: "accepted"}
    with pytest.raises(MailError, match="too large"):
        next(outcomes)
    assert states(storage) == ["accepted", "accepted", None]


def test_a_fault_of_the_program_loses_no_record() -> None:
    """Whatever ends the run, a mail that was handed over is not left as a claim."""
    storage, sender = MemoryStorage(), MemorySender()

    def letter(reader: str) -> Letter:
        if reader == BOB:
            raise LookupError("a fault")
        return written(reader)

    with pytest.raises(LookupError):
        list(carry_out(planned(storage), letter, 1, a_post(storage, sender)))

    assert sender.sent == [ANN]
    assert states(storage) == ["accepted", None, None]


def test_a_correction_is_mailed_beside_the_first_mail() -> None:
    """It has entries of its own: who got the report gets its correction, once."""
    storage, sender = MemoryStorage(), MemorySender()
    carried(storage, sender)
    correction = replace(OCCASION, correction=1)

    first, again = (
        carried(storage, sender, plan(storage, correction, READERS, FIVE, never)) for _ in range(2)
    )

    assert fates(first) == dict.fromkeys(READERS, "accepted")
    assert fates(again) == dict.fromkeys(READERS, "already sent")
    assert [info.key for info in storage.list(OCCASION.folder)] == sorted(
        occasion.entry_key(reader) for occasion in (OCCASION, correction) for reader in READERS
    )


def test_without_a_server_nobody_is_claimed() -> None:
    """When the server cannot be reached every reader is left as he was."""
    storage = MemoryStorage()

    outcomes = carried(storage, MemorySender(closed=True))

    assert fates(outcomes) == dict.fromkeys(READERS, "deferred")
    assert [outcome.why for outcome in outcomes[:2]] == ["nobody is there", "not tried: no mail server"]
    assert states(storage) == [None] * 3


def test_when_the_server_goes_the_rest_waits() -> None:
    """A server lost for good half-way is not tried for each reader left: they wait for the next run."""
    storage, sender = MemoryStorage(), MemorySender({BOB: [MailServerError("gone")]})

    outcomes = carried(storage, sender)

    assert fates(outcomes) == {ANN: "accepted", BOB: "deferred", CYD: "deferred"}
    assert states(storage) == ["accepted", "failed", None]
    assert fates(carried(storage, sender)) == {ANN: "already sent", BOB: "accepted", CYD: "accepted"}


@pytest.mark.parametrize(
    ("age", "over", "expected"),
    [
        pytest.param(timedelta(minutes=1), False, "under way elsewhere", id="young, may live"),
        pytest.param(timedelta(minutes=1), True, "unknown", id="young, its process is gone"),
        pytest.param(timedelta(minutes=20), False, "unknown", id="old"),
    ],
)
def test_a_claim_without_a_record_is_never_sent_again(age: timedelta, over: bool, expected: str) -> None:
    """A run that died between claim and record may have sent: that is reported, not repeated."""
    storage, sender = MemoryStorage(), MemorySender()
    left = Entry(State.CLAIMED, FIVE, Run("other", 9, "x"), "<x@example.org>", revision=1)
    claim(storage, OCCASION.entry_key(ANN), left, etag="")

    outcomes = carried(storage, sender, planned(storage, now=FIVE + age, is_over=lambda run: over))

    assert fates(outcomes)[ANN] == expected
    assert sender.sent == [BOB, CYD]


def test_an_entry_nobody_can_read_is_of_unknown_fate() -> None:
    """A broken ledger entry is no leave to send."""
    storage, sender = MemoryStorage(), MemorySender()
    storage.put(OCCASION.entry_key(ANN), b"{")

    assert fates(carried(storage, sender))[ANN] == "unknown"
    assert sender.sent == [BOB, CYD]


def test_who_loses_the_race_after_planning_sends_nothing() -> None:
    """Two runs plan the same; each mail goes to who claims it first."""
    storage, sender, other = MemoryStorage(), MemorySender(), MemorySender()
    both_planned = planned(storage)

    carried(storage, sender, both_planned)
    late = carried(storage, other, both_planned)

    assert fates(late) == dict.fromkeys(READERS, "under way elsewhere")
    assert other.sent == []


def test_a_reader_named_twice_gets_one_mail() -> None:
    """Capitals and names beside an address do not make another reader."""
    intents = planned(MemoryStorage(), (ANN, "Ann <ANN@example.com>"))

    assert [intent.reader for intent in intents] == [ANN]


def test_an_address_that_is_none_is_refused_and_stops_nobody() -> None:
    """The settings cannot know what SMTP will not carry; the plan does, and says so."""
    storage, sender = MemoryStorage(), MemorySender()

    outcomes = carried(storage, sender, planned(storage, ("bürö@example.com", ANN)))

    assert fates(outcomes) == {"bürö@example.com": "refused", ANN: "accepted"}


def test_planning_writes_nothing() -> None:
    """A plan is only a plan."""
    storage = MemoryStorage()
    planned(storage)

    assert list(storage.list()) == []


def test_a_later_revision_is_not_mailed_again() -> None:
    """The ledger knows the day, not the revision: readers are mailed once, whatever is rebuilt."""
    storage, sender = MemoryStorage(), MemorySender()
    carried(storage, sender)

    post = a_post(storage, sender)
    outcomes = list(carry_out(planned(storage), lambda reader: pytest.fail("a letter"), 2, post))

    assert fates(outcomes) == dict.fromkeys(READERS, "already sent")


def test_the_claim_stands_before_the_mail_leaves() -> None:
    """Claim, send, record: whatever dies in between leaves the claim as a trace."""
    storage = MemoryStorage()

    class Watching(MemorySender):
        def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
            may_leave()
            seen.append(states(storage))
            return super().send(letter)

    seen: list[list[str | None]] = []
    carried(storage, Watching(), planned(storage, [ANN]))

    assert seen == [["claimed", None, None]]


def test_the_entry_names_message_and_revision() -> None:
    """The ledger tells which message of which revision a reader got."""
    storage = MemoryStorage()
    carried(storage, MemorySender())

    sent = entry(storage, ANN)

    assert sent is not None
    assert (sent.revision, sent.message_id) == (
        1,
        message_id("trends", OCCASION.period, ANN, "trends@example.org"),
    )


def test_the_letter_is_the_editions_own_and_read_once() -> None:
    """Readers share the edition's text, HTML and pictures; address and Message-ID are their own."""
    storage = MemoryStorage()
    edition = a_frozen_edition(storage)
    write = letter_writer(storage, edition, HEADING, Settings())
    first = write(ANN)
    for info in list(storage.list("editions/")):
        storage.delete(info.key)

    second = write(BOB)

    assert [letter.to for letter in (first, second)] == [ANN, BOB]
    assert first.message_id != second.message_id
    assert first.body.partition(b"\r\n\r\n")[2] == second.body.partition(b"\r\n\r\n")[2]


def test_the_counts_are_one_line() -> None:
    """The five usual counts always stand there; the rarer ones when they are not nought."""
    assert summary([Fate.ACCEPTED, Fate.ACCEPTED, Fate.REFUSED]) == (
        "2 accepted, 1 refused, 0 deferred, 0 unknown, 0 already sent"
    )
    assert summary([Fate.UNDER_WAY, Fate.TOO_LATE]).endswith("1 under way elsewhere, 1 too late to mail")
