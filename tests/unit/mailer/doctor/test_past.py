"""Rules for what the doctor says of what was built."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from mailer.doctor.past import edition, last_day_due, last_periods
from report.catalogue import FIRST, find
from report.editions import announce
from report.values import Span
from tests.fakes import MemoryStorage
from tests.mail_builders import a_frozen_edition

ZONE = ZoneInfo("UTC")
OF_MONTHS = replace(find(FIRST), spans=frozenset({Span.MONTH}))


def test_a_report_is_waited_for_half_an_hour() -> None:
    """At 05:00 it is due, at 05:30 it must be there."""
    moments = [datetime(2026, 11, 21, 5, minute, tzinfo=UTC) for minute in (29, 31)]

    assert [last_day_due(time(5), ZONE, now).day for now in moments] == [19, 20]


@pytest.mark.parametrize(("last_due", "level"), [(date(2026, 11, 29), "ok"), (date(2026, 11, 30), "warning")])
def test_of_months_the_last_one_is_asked_for(last_due: date, level: str) -> None:
    """October's edition is enough until November is over."""
    storage = MemoryStorage()
    announce(storage, a_frozen_edition(storage, date(2026, 10, 31), period="2026-10"))

    said = edition(storage, OF_MONTHS, last_due, ZONE)

    assert (said.level.value, "2026-10" in said.says) == (level, True)
    assert ("not of 2026-11" in said.says) is (level == "warning")


def test_the_last_mails_are_those_of_each_kind() -> None:
    """A month hides no day, and an hour no week."""
    periods = ["2026-10", "2026-09", "2026-11-20", "2026-11-19", "2026-W46", "2026-11-21T0700Z"]

    assert last_periods(periods) == ["2026-11-20", "2026-W46", "2026-10", "2026-11-21T0700Z"]
