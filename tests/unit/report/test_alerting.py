"""Rules for who is told of failures, and what happens where telling fails."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from types import TracebackType
from typing import Any, NoReturn, Self

import pytest

from report.alerting import failure_told, tell
from report.alerts import Alarm, Finding
from report.errors import (
    BuildError,
    BuildRunning,
    MailServerError,
    MailUnknown,
    NotBegun,
    StorageError,
    StorageUnavailable,
    TopicError,
    TrendsError,
)
from report.mail import Letter, at_once
from report.services import Services, not_given
from report.settings import Settings
from report.storage import ObjectInfo
from tests.fakes import MemoryStorage

FIVE = datetime(2026, 11, 21, 5, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
REFUSED = Finding(Alarm.READER_REFUSED, "trends 2026-11-20", "bob@example.com: 550 no such user")
TOPIC = "arn:aws:sns:eu-west-1:123456789012:trends"
BOTH = {"mail_owner": "Owner <owner@example.org>", "alert_topic": TOPIC}


class House:
    """Services whose mail and topic are kept here, or fail as told."""

    def __init__(self, **settings: Any) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.messages: list[tuple[str, str]] = []
        self.mail_error: TrendsError | None = None
        self.topic_error: TrendsError | None = None
        self.storage, self.here = _Failing(), _Failing()
        self.services = Services(
            Settings(**settings),
            self.storage,
            engine=not_given,
            history=not_given,
            sender=lambda: self,
            topic=lambda: self,
            here=lambda: self.here,
        )

    def run(self, *findings: Finding, now: datetime = FIVE) -> None:
        tell(self.services, findings, {Alarm.READER_REFUSED, Alarm.BUILD_FAILED}, now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
        if self.mail_error:
            raise self.mail_error
        self.mails.append((letter.to, letter.parsed()))
        return True

    def publish(self, subject: str, text: str) -> None:
        if self.topic_error:
            raise self.topic_error
        self.messages.append((subject, text))


class _Failing(MemoryStorage):
    """A storage that can be away."""

    error: StorageError | None = None

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        if self.error:
            raise self.error
        return super().list(prefix)


def test_the_owner_is_told_by_mail_and_topic_once() -> None:
    """One mail to MAIL_OWNER, one message to ALERT_TOPIC; the next run with the same finding is silent."""
    house = House(**BOTH, mail_from="Trends <trends@example.org>")

    house.run(REFUSED)
    house.run(REFUSED, now=FIVE + QUARTER)

    [(to, mail)] = house.mails
    assert (to, mail["To"], mail["From"]) == (
        "owner@example.org",
        "Owner <owner@example.org>",
        "Trends <trends@example.org>",
    )
    assert [subject for subject, _ in house.messages] == ["Twitter Trends: reader refused"]


def test_only_the_owner_sees_an_address() -> None:
    """Readers' addresses stand in the owner's mail; whoever subscribed to the topic gets none."""
    house = House(**BOTH)

    house.run(REFUSED)

    assert "bob@example.com: 550 no such user" in house.mails[0][1].get_content()
    assert "reader refused, trends 2026-11-20: (an address) 550 no such user" in house.messages[0][1]


@pytest.mark.parametrize(
    ("mail_error", "topic_error", "tellings"),
    [
        pytest.param(MailServerError("away"), None, 1, id="the topic was told"),
        pytest.param(None, TopicError("denied"), 1, id="the owner was told"),
        pytest.param(MailServerError("away"), TopicError("denied"), 2, id="nobody was told"),
        pytest.param(MailUnknown("cut off"), TopicError("denied"), 2, id="nobody knows"),
    ],
)
def test_what_nobody_heard_is_told_by_the_next_run(
    mail_error: TrendsError | None, topic_error: TrendsError | None, tellings: int
) -> None:
    """Mail may be what is broken: one way that works is enough, and where none does, it is tried again."""
    house = House(**BOTH)
    house.mail_error, house.topic_error = mail_error, topic_error
    house.run(REFUSED)
    heard = len(house.mails) + len(house.messages)
    house.mail_error = house.topic_error = None

    house.run(REFUSED, now=FIVE + QUARTER)

    again = len(house.mails) + len(house.messages) - heard
    assert (heard, again) == ((1, 0) if tellings == 1 else (0, 2))


def test_without_owner_and_topic_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody asked to be told: the log has the alarm once, and what to set."""
    house = House()

    house.run(REFUSED)
    house.run(REFUSED, now=FIVE + QUARTER)

    assert [record.message for record in caplog.records] == [
        "new: reader refused, trends 2026-11-20: bob@example.com: 550 no such user",
        "only this log is told: set MAIL_OWNER, or ALERT_TOPIC, or both",
    ]


def test_an_owner_that_is_no_address_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """A mail that cannot be written is a way that failed."""
    house = House(mail_owner="óscar@example.org", alert_topic=TOPIC)

    house.run(REFUSED)

    assert len(house.messages) == 1
    assert "the owner could not be told: " in caplog.text


def test_a_storage_that_fails_is_told_by_each_host_once() -> None:
    """Nothing can be kept in it, so the host remembers by itself, and tells the end too."""
    house = House(**BOTH)
    house.storage.error = StorageUnavailable("S3 cannot be reached")

    house.run(REFUSED)
    house.run(REFUSED, now=FIVE + QUARTER)
    house.storage.error = None
    for turn in range(2, 6):
        house.run(now=FIVE + turn * QUARTER)

    assert [mail["Subject"] for _, mail in house.mails] == [
        "Twitter Trends: storage failed",
        "Twitter Trends: over: storage failed",
    ]
    assert "S3 cannot be reached" in house.mails[0][1].get_content()


def test_a_full_disk_is_told_each_hour(caplog: pytest.LogCaptureFixture) -> None:
    """Where neither storage nor this host can remember what was told, it is told again and again."""
    house = House(**BOTH)
    house.storage.error = house.here.error = StorageError("no room is left; free some space")

    for turn in range(8):
        house.run(REFUSED, now=FIVE + turn * QUARTER)

    assert [mail["Subject"] for _, mail in house.mails] == ["Twitter Trends: storage failed"] * 2
    assert "no room is left" in house.mails[0][1].get_content()
    assert caplog.text.count("storage failed: no room is left") == 6


def test_a_job_that_fails_is_told_and_fails() -> None:
    """The error goes on; the next one that ends well, and stays so, is told to be over."""
    house = House(**BOTH)

    with pytest.raises(BuildError), failure_told(house.services, Alarm.BUILD_FAILED, "trends", FIVE):
        _fail()
    for turn in range(1, 5):
        with failure_told(house.services, Alarm.BUILD_FAILED, "trends", FIVE + turn * QUARTER):
            pass

    assert [mail["Subject"] for _, mail in house.mails] == [
        "Twitter Trends: build failed",
        "Twitter Trends: over: build failed",
    ]
    assert "build failed, trends: no tweets" in house.mails[0][1].get_content()


def test_a_job_that_ends_well_says_nothing_of_another() -> None:
    """Yesterday's edition failed: that today's was built does not mend it."""
    house = House(**BOTH)
    with pytest.raises(BuildError), failure_told(house.services, Alarm.BUILD_FAILED, "trends", FIVE):
        _fail()

    for turn in range(1, 5):
        with failure_told(house.services, Alarm.BUILD_FAILED, "another", FIVE + turn * QUARTER):
            pass

    assert [mail["Subject"] for _, mail in house.mails] == ["Twitter Trends: build failed"]


@pytest.mark.parametrize("error", [BuildRunning("elsewhere"), NotBegun("before all")])
def test_work_that_is_not_ours_is_no_failure(error: BuildError) -> None:
    """Done by another run, or on a day before the first: no alarm, and no end of one either."""
    house = House(**BOTH)

    with pytest.raises(BuildError), failure_told(house.services, Alarm.COMPACT_FAILED, "compact", FIVE):
        raise error

    assert (house.mails, [*house.storage.list()]) == ([], [])


def _fail() -> NoReturn:
    raise BuildError("no tweets")
