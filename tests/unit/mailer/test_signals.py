"""Rules for the signs of life after a run."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from mailer.planning import Fate
from mailer.signals import Tally, give_signs, put_off, tally
from report.alerts import Alarm
from report.errors import SignError
from report.services import Services, not_given
from report.settings import Settings
from tests.fakes import MemoryStorage

FIVE = datetime(2026, 11, 21, 5, tzinfo=UTC)
ALL_WELL = Tally(accepted=3, failed=0, missing=0)
BOTH = {"metrics_namespace": "TwitterTrends", "ping_url": "https://example.com/secret"}


class Watch:
    """Takes the signs of life, or fails at it."""

    def __init__(self, error: SignError | None = None) -> None:
        self.error = error
        self.counts: list[tuple[Mapping[str, float], datetime]] = []
        self.pings = 0

    def put(self, figures: Mapping[str, float], at: datetime) -> None:
        if self.error:
            raise self.error
        self.counts.append((figures, at))

    def __call__(self) -> None:
        if self.error:
            raise self.error
        self.pings += 1

    def services(self, **settings: Any) -> Services:
        """Return services that give their signs here."""
        return Services(
            Settings(**settings),
            MemoryStorage(),
            engine=not_given,
            history=not_given,
            sender=not_given,
            metrics=lambda: self,
            ping=lambda: self,
        )


@pytest.mark.parametrize(
    ("fates", "numbers"),
    [
        pytest.param([], Tally(0, 0, 0), id="nothing due"),
        pytest.param([Fate.ACCEPTED, Fate.ALREADY_SENT], Tally(1, 0, 0), id="all have it"),
        pytest.param([Fate.ACCEPTED, Fate.REFUSED, Fate.DEFERRED, Fate.UNKNOWN], Tally(1, 3, 2), id="failed"),
        pytest.param([Fate.ALREADY_SENT, Fate.REFUSED], Tally(0, 1, 0), id="one address refused"),
        pytest.param([Fate.REFUSED, Fate.UNWANTED], Tally(0, 1, 1), id="nobody has a mail"),
        pytest.param([Fate.TOO_LATE, Fate.UNDER_WAY], Tally(0, 0, 2), id="not had"),
    ],
)
def test_a_run_in_numbers(fates: list[Fate], numbers: Tally) -> None:
    """Whoever neither was sent the mail now nor had it before lacks it, for whatever reason."""
    assert tally(fates) == numbers


@pytest.mark.parametrize(
    ("fates", "found"),
    [
        pytest.param({Fate.DEFERRED: 1_002, Fate.ACCEPTED: 3}, ["1,002 mails"], id="put off"),
        pytest.param({Fate.ACCEPTED: 3, Fate.REFUSED: 1}, [], id="refused"),
        pytest.param({}, [], id="nothing due"),
    ],
)
def test_mail_that_cannot_be_handed_over_is_found(fates: dict[Fate, int], found: list[str]) -> None:
    """A server that is away keeps everybody waiting; who is refused has an alarm of its own."""
    findings = put_off(fates)

    assert [" ".join(finding.says.split()[:2]) for finding in findings] == found
    assert {finding.alarm for finding in findings} <= {Alarm.NO_MAIL}


def test_all_well_is_counted_and_pinged() -> None:
    """Where nobody lacks a mail, the counts are put and the address is asked, once."""
    watch = Watch()

    give_signs(watch.services(**BOTH), ALL_WELL, FIVE)

    assert watch.counts == [({"MailsAccepted": 3, "MailsFailed": 0, "MailsMissing": 0}, FIVE)]
    assert watch.pings == 1


def test_a_missing_mail_is_counted_and_not_pinged() -> None:
    """The switch is kept from being reset while somebody waits for a mail."""
    watch = Watch()

    give_signs(watch.services(**BOTH), Tally(2, 1, 1), FIVE)

    assert [counts["MailsMissing"] for counts, _ in watch.counts] == [1]
    assert watch.pings == 0


def test_nobody_is_told_unless_asked() -> None:
    """Without METRICS_NAMESPACE and PING_URL, nothing leaves the machine."""
    watch = Watch()

    give_signs(watch.services(), ALL_WELL, FIVE)

    assert (watch.counts, watch.pings) == ([], 0)


def test_a_sign_that_fails_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Each failure is a line in the log; the other sign is tried all the same."""
    watch = Watch(SignError("away"))

    give_signs(watch.services(**BOTH), ALL_WELL, FIVE)

    assert [record.message for record in caplog.records] == ["away", "away"]
