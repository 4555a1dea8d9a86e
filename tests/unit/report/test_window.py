"""Rules for the stretch of time a report covers."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from report.window import Window, day_window, last_whole_day, today

PARIS = ZoneInfo("Europe/Paris")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2024, 5, 1), 24, id="ordinary day"),
        pytest.param(date(2024, 3, 31), 23, id="clocks went forward"),
        pytest.param(date(2024, 10, 27), 25, id="clocks went back"),
        pytest.param(date(2024, 2, 29), 24, id="leap day"),
        pytest.param(date(2024, 12, 31), 24, id="year end"),
    ],
)
def test_a_day_runs_from_midnight_to_midnight(day: date, hours: int) -> None:
    """A day of a zone lasts as long as its clocks say, 23 to 25 hours."""
    window = day_window(day, PARIS)

    assert window.end - window.start == timedelta(hours=hours)
    assert window.minutes == hours * 60


def test_days_lie_side_by_side() -> None:
    """A year's days cover every moment once: each begins where the one before ended."""
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(366)]
    windows = [day_window(day, PARIS) for day in days]

    assert all(before.end == after.start for before, after in pairwise(windows))


def test_a_window_is_half_open() -> None:
    """The first moment belongs to a window, the last one to the next."""
    window = day_window(date(2026, 11, 20), ZoneInfo("UTC"))

    assert window.start in window
    assert window.end - timedelta(microseconds=1) in window
    assert window.end not in window
    assert window.start - timedelta(microseconds=1) not in window


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(MIDNIGHT, MIDNIGHT, id="empty"),
        pytest.param(MIDNIGHT, MIDNIGHT - timedelta(hours=1), id="backwards"),
        pytest.param(MIDNIGHT.replace(tzinfo=None), MIDNIGHT + timedelta(hours=1), id="naive"),
        pytest.param(MIDNIGHT.astimezone(PARIS), MIDNIGHT + timedelta(hours=1), id="not in UTC"),
    ],
)
def test_a_window_refuses_nonsense(start: datetime, end: datetime) -> None:
    """A window that no tweet could be in, or whose zone is unclear, is never made; the message shows it."""
    with pytest.raises(ValueError, match="2026-11-"):
        Window(start, end)


def test_hours_are_those_of_storage() -> None:
    """A zone off by three quarters of an hour touches 25 UTC hours, since storage is cut by UTC hours."""
    hours = list(day_window(date(2026, 11, 20), KATHMANDU).hours())

    assert len(hours) == 25
    assert hours[0] == datetime(2026, 11, 19, 18, tzinfo=UTC)
    assert hours[-1] == datetime(2026, 11, 20, 18, tzinfo=UTC)


def test_hours_end_where_the_window_ends() -> None:
    """An hour that only begins at the window's end is not one of its hours."""
    hours = list(day_window(date(2026, 11, 20), ZoneInfo("UTC")).hours())

    assert [hour.hour for hour in hours] == list(range(24))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        pytest.param(
            datetime(2026, 11, 20, 22, 59, tzinfo=UTC), date(2026, 11, 20), id="before midnight there"
        ),
        pytest.param(datetime(2026, 11, 20, 23, 0, tzinfo=UTC), date(2026, 11, 21), id="midnight there"),
        pytest.param(datetime(2026, 7, 20, 22, 0, tzinfo=UTC), date(2026, 7, 21), id="summer time"),
    ],
)
def test_today_is_the_day_of_the_zone(now: datetime, day: date) -> None:
    """The day changes at midnight of the report's zone, not of UTC; the last whole day is the one before."""
    assert today(now, PARIS) == day
    assert last_whole_day(now, PARIS) == day - timedelta(days=1)


def test_today_needs_an_aware_moment() -> None:
    """A clock without a zone cannot say which day it is."""
    with pytest.raises(ValueError, match="without a time zone"):
        today(datetime(2026, 11, 20), PARIS)  # noqa: DTZ001 # naive on purpose
