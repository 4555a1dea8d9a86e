"""Rules for when the newest edition is old."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from report.freshness import freshness
from tests.some_editions import an_edition

PARIS = ZoneInfo("Europe/Paris")
LATE = timedelta(hours=4)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(
            datetime(2026, 11, 21, 2, 59, tzinfo=UTC), date(2026, 11, 19), id="a minute before four"
        ),
        pytest.param(datetime(2026, 11, 21, 3, 0, tzinfo=UTC), date(2026, 11, 20), id="at four in Paris"),
        pytest.param(datetime(2026, 3, 29, 2, 0, tzinfo=UTC), date(2026, 3, 27), id="clocks went forward"),
        pytest.param(datetime(2026, 3, 29, 3, 0, tzinfo=UTC), date(2026, 3, 28), id="five by the clock"),
    ],
)
def test_a_day_is_due_some_hours_after_it_ended(now: datetime, expected: date) -> None:
    """Real hours, by the clock of the report's zone."""
    assert freshness(None, now, PARIS, LATE).expected == expected


def test_an_older_one_is_stale() -> None:
    """As is none at all; its age runs from the end of its day."""
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    yesterday, before = an_edition({}), an_edition({}, day=date(2026, 11, 19))

    fresh = freshness(yesterday, now, ZoneInfo("UTC"), LATE)

    assert (fresh.is_stale, fresh.age) == (False, timedelta(hours=12))
    assert freshness(before, now, ZoneInfo("UTC"), LATE).is_stale
    assert freshness(None, now, ZoneInfo("UTC"), LATE).is_stale
