"""Rules for who gets the mail, and what is written about it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from types import TracebackType
from typing import Self

import pytest

from mailer.ledger import Entry, State, claim, look
from mailer.letters import Heading, letter_writer
from mailer.sending import Fate, Intent, Occasion, Outcome, Post, carry_out, plan, summary, too_late
from report.errors import MailDeferred, MailError, MailRefused, MailServerError, MailUnknown
from report.mail import message, message_id
from report.runs import Run
from tests.fakes import MemoryStorage
from tests.mail_builders import DAY, FIVE, a_frozen_edition, a_mail

OCCASION = Occasion("trends", DAY)
READERS = ("ann@example.com", "bob@example.com", "cyd@example.com")
ANN, BOB, CYD = READERS
RUN = Run("host", 7, "this run")


class MemorySender:
    """A `Sender` that keeps what it is given, and fails as told, once for each reader."""

    def __init__(self, failures: dict[str, MailError] | None = None, closed: bool = False) -> None:
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

    def send(self, message: EmailMessage, to: str) -> None:
        if to in self._failures:
            raise self._failures.pop(to)
        assert message["To"] == to
        self.sent.append(to)


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
    def letter(reader: str) -> EmailMessage:
        return message(a_mail(to=reader, message_id=message_id("trends", DAY, reader, "trends@example.org")))

    post = Post(storage, sender, RUN, FIVE)
    return list(carry_out(planned(storage) if intents is None else intents, letter, 1, post))


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
    storage, sender = MemoryStorage(), MemorySender({BOB: error})

    carried(storage, sender)
    first_states = states(storage)
    again = carried(storage, sender)

    assert first_states == ["accepted", state, "accepted"]
    assert fates(again) == {ANN: "already sent", BOB: then, CYD: "already sent"}
    assert sender.sent == [ANN, CYD, *[BOB] * (then == "accepted")]


def test_an_old_failure_is_told_again_with_its_words() -> None:
    """A later run says what the server said, and when, so that somebody looks after it."""
    storage = MemoryStorage()
    carried(storage, MemorySender({BOB: MailRefused("550 no such user")}))

    why = {outcome.reader: outcome.why for outcome in carried(storage, MemorySender())}

    assert why[BOB] == "tried 2026-11-21 05:00 UTC by host, process 7: 550 no such user"


def test_a_retry_counts_its_tries() -> None:
    """The entry says how often the mail was tried."""
    storage, sender = MemoryStorage(), MemorySender({BOB: MailDeferred("later")})
    carried(storage, sender)

    carried(storage, sender)

    tried = entry(storage, BOB)
    assert tried is not None
    assert (tried.state, tried.tries) == (State.ACCEPTED, 2)


def test_without_a_server_nobody_is_claimed() -> None:
    """When the server cannot be reached every reader is left as he was."""
    storage = MemoryStorage()

    outcomes = carried(storage, MemorySender(closed=True))

    assert fates(outcomes) == dict.fromkeys(READERS, "deferred")
    assert [outcome.why for outcome in outcomes[:2]] == ["nobody is there", "not tried: no mail server"]
    assert states(storage) == [None] * 3


def test_when_the_server_goes_the_rest_waits() -> None:
    """A server lost for good half-way is not tried for each reader left: they wait for the next run."""
    storage, sender = MemoryStorage(), MemorySender({BOB: MailServerError("gone")})

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

    post = Post(storage, sender, RUN, FIVE)
    outcomes = list(carry_out(planned(storage), lambda reader: pytest.fail("a letter"), 2, post))

    assert fates(outcomes) == dict.fromkeys(READERS, "already sent")


def test_too_late_settles_only_what_was_left_to_send() -> None:
    """What was sent stays sent; what was not is not mailed in the afternoon."""
    storage = MemoryStorage()
    carried(storage, MemorySender({BOB: MailUnknown("?"), CYD: MailDeferred("later")}))

    late = too_late(planned(storage))

    assert [intent.fate for intent in late] == [Fate.ALREADY_SENT, Fate.UNKNOWN, Fate.TOO_LATE]


def test_the_claim_stands_before_the_mail_leaves() -> None:
    """Claim, send, record: whatever dies in between leaves the claim as a trace."""
    storage = MemoryStorage()

    class Watching(MemorySender):
        def send(self, message: EmailMessage, to: str) -> None:
            seen.append(states(storage))
            super().send(message, to)

    seen: list[list[str | None]] = []
    carried(storage, Watching(), planned(storage, [ANN]))

    assert seen == [["claimed", None, None]]


def test_the_entry_names_message_and_revision() -> None:
    """The ledger tells which message of which revision a reader got."""
    storage = MemoryStorage()
    carried(storage, MemorySender())

    sent = entry(storage, ANN)

    assert sent is not None
    assert (sent.revision, sent.message_id) == (1, message_id("trends", DAY, ANN, "trends@example.org"))


def test_the_letter_is_the_editions_own_and_read_once() -> None:
    """Readers share the edition's text, HTML and pictures; address and Message-ID are their own."""
    storage = MemoryStorage()
    edition = a_frozen_edition(storage)
    write = letter_writer(storage, edition, Heading("trends@example.org", "Twitter Trends", FIVE))
    first = write(ANN)
    for info in list(storage.list("editions/")):
        storage.delete(info.key)

    second = write(BOB)

    assert [letter["To"] for letter in (first, second)] == [ANN, BOB]
    assert first["Message-ID"] != second["Message-ID"]
    assert first.get_payload() == second.get_payload()


def test_the_counts_are_one_line() -> None:
    """The five usual counts always stand there; the rarer ones when they are not nought."""
    assert summary([Fate.ACCEPTED, Fate.ACCEPTED, Fate.REFUSED]) == (
        "2 accepted, 1 refused, 0 deferred, 0 unknown, 0 already sent"
    )
    assert summary([Fate.UNDER_WAY, Fate.TOO_LATE]).endswith("1 under way elsewhere, 1 too late to mail")
