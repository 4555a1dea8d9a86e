"""Rules for asking whether a wish to subscribe is meant."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import pytest

from mailer.confirming import PAUSE, Answer, Asking, Question, ask_waiting, findings_of, letter_of, summary
from mailer.preflight import problems_of
from report.errors import MailDeferred, MailError, MailRefused, MailServerError, MailUnknown, ReaderRefused
from report.mail import Letter, at_once
from report.readers import Every, Reader, Rhythm
from report.runs import Run
from report.settings import Settings
from report.storage import Storage
from report.subscribing import WAITING, ask, leave
from report.suppressions import ALL
from report.tokens import CONFIRM_WITHIN, Tokens, Wish
from tests.fakes import MemoryStorage

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SETTINGS = Settings(secret_key="correct horse battery staple", public_url="https://trends.example.org")
ANN = Reader("ann@example.com", ("trends",), Rhythm(Every.WEEK, time(7, 30)), ZoneInfo("Asia/Kolkata"))
WISH = Wish(ANN, NOW)


@dataclass
class NotingSender:
    """Notes what it was given; fails as told, by reader."""

    sent: list[EmailMessage] = field(default_factory=list)
    fails: dict[str, MailError] = field(default_factory=dict)
    at_door: MailError | None = None

    def __enter__(self) -> Self:
        if self.at_door:
            raise self.at_door
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave."""

    def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
        if letter.to in self.fails:
            raise self.fails[letter.to]
        self.sent.append(letter.parsed())
        return True


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def sender() -> NotingSender:
    return NotingSender()


Work = Callable[[datetime], list[Question]]


@pytest.fixture
def work(storage: MemoryStorage, sender: NotingSender) -> Work:
    """Return a run at some time: what became of each wish."""

    def at(now: datetime) -> list[Question]:
        return [answer.question for answer in run_of(storage, sender, now)]

    return at


def run_of(storage: Storage, sender: NotingSender, now: datetime, name: str = "one") -> list[Answer]:
    """Run once, as the run named `name`."""
    return list(ask_waiting(Asking(storage, sender, letter_of(SETTINGS, now), Run("host", 1, name), now)))


def waiting(storage: Storage) -> int:
    """Return how many wishes wait."""
    return len(list(storage.list(WAITING)))


def test_a_wish_is_asked_about_once(storage: MemoryStorage, sender: NotingSender, work: Work) -> None:
    """One mail leaves, its link holds the wish, and nothing waits any more."""
    ask(storage, WISH)
    assert work(NOW) == [Question.ASKED]
    assert work(NOW) == []

    [letter] = sender.sent
    [link] = re.findall(r"https://trends\.example\.org/subscribe/(\S+)", body_of(letter, "plain"))
    assert letter["To"] == "ann@example.com"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert Tokens(SETTINGS.secret_key).wish(link, NOW) == WISH
    assert waiting(storage) == 0


def test_the_mail_says_what_is_asked_for(storage: MemoryStorage, sender: NotingSender, work: Work) -> None:
    """Text and HTML name the report, when it comes, until when the link works, and say to do nothing."""
    ask(storage, WISH)
    work(NOW)

    for kind in ("plain", "html"):
        said = " ".join(body_of(sender.sent[0], kind).split())
        for words in ("Twitter Trends", "every Monday at 07:30, Asia/Kolkata time", "do nothing"):
            assert words in said
        assert "Monday, 23 November 2026, 14:30 (Asia/Kolkata)" in said


def test_the_mail_promises_a_report_of_months_once_a_month(
    storage: MemoryStorage, sender: NotingSender, work: Work
) -> None:
    """In text and HTML, beside what comes more often."""
    ask(storage, replace(WISH, reader=replace(ANN, reports=("trends", "rates"))))
    work(NOW)

    for kind in ("plain", "html"):
        assert "07:30, Asia/Kolkata time (County Cancer Rates once a month)" in " ".join(
            body_of(sender.sent[0], kind).split()
        )


def test_the_mail_keeps_the_rules_of_mail_programs() -> None:
    """It is checked as a report's mail is: nothing is found that a reader's program would not bear."""
    assert problems_of(letter_of(SETTINGS, NOW)(WISH, "1"), SETTINGS.public_url) == []


def test_an_address_is_asked_once_an_hour(storage: MemoryStorage, sender: NotingSender, work: Work) -> None:
    """However often somebody types it; after the hour a new wish is asked about."""
    for _ in range(3):
        ask(storage, WISH)
    assert work(NOW) == [Question.ASKED, Question.AGAIN, Question.AGAIN]

    ask(storage, replace(WISH, asked_at=NOW + PAUSE))
    assert work(NOW + PAUSE - timedelta(seconds=1)) == [Question.AGAIN]
    ask(storage, replace(WISH, asked_at=NOW + PAUSE))
    assert work(NOW + PAUSE) == [Question.ASKED]
    assert len(sender.sent) == 2


def test_runs_that_race_send_one_mail(storage: MemoryStorage, sender: NotingSender) -> None:
    """Whoever claimed the address sends; another run leaves the wish alone meanwhile."""
    ask(storage, WISH)
    second: list[Answer] = []
    letter = letter_of(SETTINGS, NOW)

    def slow_letter(wish: Wish, request: str) -> EmailMessage:
        second.extend(run_of(storage, sender, NOW, "two"))
        return letter(wish, request)

    first = list(ask_waiting(Asking(storage, sender, slow_letter, Run("host", 1, "one"), NOW)))

    assert [answer.question for answer in first] == [Question.ASKED]
    assert [answer.question for answer in second] == [Question.ELSEWHERE]
    assert len(sender.sent) == 1


def test_a_run_that_died_is_made_up_for(storage: MemoryStorage, sender: NotingSender, work: Work) -> None:
    """A wish claimed and never sent is asked about once its hour is over."""
    ask(storage, WISH)

    def never(wish: Wish, request: str) -> EmailMessage:
        raise SystemExit

    with pytest.raises(SystemExit):
        list(ask_waiting(Asking(storage, sender, never, Run("host", 1, "dead"), NOW)))

    assert work(NOW + timedelta(minutes=59)) == [Question.ELSEWHERE]
    assert work(NOW + PAUSE) == [Question.ASKED]


def test_leaving_does_not_stop_a_new_wish(storage: MemoryStorage, work: Work) -> None:
    """Who left may subscribe again themselves: they are asked like anybody."""
    leave(storage, "0" * 32, ALL, "page", NOW)
    ask(storage, WISH)
    assert work(NOW) == [Question.ASKED]


@pytest.mark.parametrize(
    ("error", "question", "still_waits"),
    [
        pytest.param(MailDeferred("451 later"), Question.DEFERRED, 1, id="not now"),
        pytest.param(MailServerError("no server"), Question.DEFERRED, 1, id="server gone"),
        pytest.param(MailRefused("550 sender not verified"), Question.DEFERRED, 1, id="we are refused"),
        pytest.param(ReaderRefused("550 no such user"), Question.REFUSED, 0, id="refused"),
        pytest.param(MailUnknown("lost after DATA"), Question.PERHAPS, 0, id="perhaps taken"),
    ],
)
def test_only_what_can_pass_is_tried_again(
    storage: MemoryStorage,
    sender: NotingSender,
    work: Work,
    error: MailError,
    question: Question,
    still_waits: int,
) -> None:
    """The next run asks at once where the mail did not leave; what the reader's server refused is over."""
    ask(storage, WISH)
    sender.fails = {"ann@example.com": error}
    assert work(NOW) == [question]
    assert waiting(storage) == still_waits

    sender.fails = {}
    assert work(NOW + timedelta(minutes=15)) == [Question.ASKED] * still_waits


def test_what_may_have_arrived_is_not_repeated_within_the_hour(
    storage: MemoryStorage, sender: NotingSender, work: Work
) -> None:
    """Whoever wishes again meanwhile has to wait for the hour, as after any mail."""
    ask(storage, WISH)
    sender.fails = {"ann@example.com": MailUnknown("lost after DATA")}
    work(NOW)
    sender.fails = {}

    for minutes, question in ((59, Question.AGAIN), (60, Question.ASKED)):
        ask(storage, WISH)
        assert work(NOW + timedelta(minutes=minutes)) == [question]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (it, it not in (Question.ASKED, Question.AGAIN, Question.ELSEWHERE, Question.REFUSED))
        for it in Question
    ],
)
def test_the_owner_knows_of_wishes_that_were_lost_or_wait(question: Question, told: bool) -> None:
    """But not of addresses that do not exist: anybody may type one."""
    found = findings_of([Answer(Question.ASKED, "a…@b.org"), Answer(question, "c…@d.org", "550 not you")])

    assert [finding.says for finding in found] == [f"1 {question}; such as c…@d.org: 550 not you"] * told


def test_no_server_leaves_all_waiting(storage: MemoryStorage, sender: NotingSender, work: Work) -> None:
    """Nothing is claimed before somebody takes mail."""
    ask(storage, WISH)
    sender.at_door = MailServerError("connection refused")
    assert work(NOW) == [Question.DEFERRED]

    sender.at_door = None
    assert work(NOW) == [Question.ASKED]


def test_what_is_too_old_or_broken_goes(storage: MemoryStorage, sender: NotingSender, work: Work) -> None:
    """A wish whose link would have run out, and what is no wish, stop nobody else's."""
    storage.put(f"{WAITING}0.json", b"{")
    ask(storage, replace(WISH, asked_at=NOW - CONFIRM_WITHIN - timedelta(seconds=1)))
    ask(storage, WISH)

    assert work(NOW) == [Question.UNREADABLE, Question.STALE, Question.ASKED]
    assert waiting(storage) == 0


def test_who_was_asked_is_forgotten_after_a_day(storage: MemoryStorage, work: Work) -> None:
    """A claim keeps nothing but a hash, and not for long; one that cannot be read holds nobody up."""
    ask(storage, WISH)
    work(NOW)
    [claim] = [info.key for info in storage.list("confirmations/")]
    assert b"ann" not in storage.get(claim)

    work(NOW + timedelta(days=1, seconds=1))
    assert list(storage.list()) == []


def test_the_summary_counts() -> None:
    """One line a run, and no address in it."""
    answers = [Answer(Question.ASKED, "a…@b.org"), Answer(Question.AGAIN, "a…@b.org")]

    assert summary(answers) == "1 asked, 1 asked within the hour"
    assert summary([]) == "0 asked"


def body_of(letter: EmailMessage, kind: str) -> str:
    """Return the text or HTML of a message."""
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())
