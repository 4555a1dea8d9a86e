"""Rules for what a wall clock shows when clocks are changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.wall_clocks import full_hours, moment
from report.window import Window

ZONES = sorted(available_timezones())
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "shown"),
    [
        pytest.param("Europe/Paris", "2026-03-29", "02:30", "2026-03-29T03:30+02:00", id="skipped"),
        pytest.param("Europe/Paris", "2026-10-25", "02:30", "2026-10-25T02:30+02:00", id="comes twice"),
        pytest.param(
            "Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04T02:45+11:00", id="half an hour"
        ),
        pytest.param("Asia/Kathmandu", "2026-11-20", "05:00", "2026-11-20T05:00+05:45", id="45 minutes"),
        pytest.param("Asia/Beirut", "2026-03-29", "00:00", "2026-03-29T01:00+03:00", id="no midnight"),
        pytest.param("Pacific/Apia", "2011-12-30", "05:00", "2011-12-31T05:00+14:00", id="no such day"),
    ],
)
def test_a_time_of_a_day_is_one_moment(zone: str, day: str, clock: str, shown: str) -> None:
    """Skipped, it comes as much later as clocks jump; twice, the first counts."""
    found = moment(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone))

    assert found.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") == shown


@pytest.mark.parametrize(
    ("zone", "start", "shown"),
    [
        pytest.param("Europe/Paris", "2026-03-29T00:00Z", "01:00 03:00 04:00", id="an hour is skipped"),
        pytest.param(
            "Europe/Paris", "2026-10-24T23:00Z", "01:00 02:00 02:00 03:00", id="an hour comes twice"
        ),
        pytest.param("Australia/Lord_Howe", "2026-10-03T14:30Z", "01:00 02:30 03:00", id="half is skipped"),
        pytest.param("Australia/Lord_Howe", "2026-04-04T14:00Z", "01:00 02:00 03:00", id="half comes twice"),
        pytest.param("Asia/Kathmandu", "2026-11-20T00:00Z", "06:00 07:00 08:00", id="45 minutes"),
    ],
)
def test_full_hours_are_those_the_clock_shows(zone: str, start: str, shown: str) -> None:
    """Each full hour there is, each once, and the half that Lord Howe skips half an hour late."""
    begin = datetime.fromisoformat(start)
    hours = full_hours(Window(begin, begin + timedelta(hours=len(shown.split()))), ZoneInfo(zone))

    found = [f"{hour.astimezone(ZoneInfo(zone)):%H:%M}" for hour in hours]
    assert found[: len(shown.split())] == shown.split()


@settings(deadline=None)
@given(zone=st.sampled_from(ZONES), minute=st.integers(0, 65 * 365 * 24 * 60))
def test_a_clock_watched_all_the_time_strikes_as_often(zone: str, minute: int) -> None:
    """Watching the clock minute by minute, from 1973 to 2037, finds the same full hours."""
    clock, start = ZoneInfo(zone), datetime(1973, 1, 1, tzinfo=UTC) + MINUTE * minute
    struck = [now for now in (start + MINUTE * n for n in range(300)) if now.astimezone(clock).minute == 0]

    hours = full_hours(Window(start, start + 300 * MINUTE), clock)

    assert [hour for hour in hours if hour.astimezone(clock).minute == 0] == struck
    assert len(hours) - len(struck) <= 1  # a half hour that was skipped
