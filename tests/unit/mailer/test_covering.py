"""Rules for which of the report's days a reader's mail covers.

SCHEDULE_EXAMPLES says how many pairs of zones each property is tried on.
"""

import os
from datetime import date, time
from itertools import chain, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.covering import DAY, WEEK, days_behind, days_covered, weeks_covered
from mailer.wall_clocks import moment
from report.window import midnight

OFTEN = settings(max_examples=int(os.environ.get("SCHEDULE_EXAMPLES", "30")), deadline=None)
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
YEARS = st.integers(1950, 2040)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59]))
UTC, PARIS, APIA = ZoneInfo("UTC"), ZoneInfo("Europe/Paris"), ZoneInfo("Pacific/Apia")


@pytest.mark.parametrize(
    ("at", "zone", "report_zone", "behind"),
    [
        pytest.param("05:00", "UTC", "UTC", 1, id="the day before"),
        pytest.param("00:00", "UTC", "UTC", 1, id="at midnight itself"),
        pytest.param("01:30", "Europe/Paris", "UTC", 2, id="in summer UTC's day is not over"),
        pytest.param("02:00", "Europe/Paris", "UTC", 1, id="at 02:00 it always is"),
        pytest.param("23:30", "Pacific/Honolulu", "Asia/Tokyo", 0, id="Tokyo's day ends before ours"),
        pytest.param("00:00", "Pacific/Kiritimati", "Etc/GMT+12", 3, id="the most"),
        pytest.param("23:59", "Etc/GMT+12", "Pacific/Kiritimati", -1, id="the least"),
    ],
)
def test_the_day_is_over_at_that_hour_all_year(at: str, zone: str, report_zone: str, behind: int) -> None:
    """Always as many days back, and as few as the year allows."""
    assert days_behind(2026, time.fromisoformat(at), ZoneInfo(zone), ZoneInfo(report_zone)) == behind


@OFTEN
@given(zone=ZONES, report_zone=ZONES, year=YEARS, at=TIMES)
def test_what_is_covered_is_over(zone: ZoneInfo, report_zone: ZoneInfo, year: int, at: time) -> None:
    """Nobody is due a day that goes on, on no date of the year and no pair of zones."""
    for day in dates(date(year, 1, 1), 366):
        for covered in days_covered(day, at, zone, report_zone):
            assert midnight(covered + DAY, report_zone) <= moment(day, at, zone)


@OFTEN
@given(zone=ZONES, report_zone=ZONES, year=YEARS, at=TIMES)
def test_fewer_days_back_would_be_too_few(zone: ZoneInfo, report_zone: ZoneInfo, year: int, at: time) -> None:
    """On some date of the three years the next day is not over yet, so nobody waits longer than need be."""
    behind = days_behind(year, at, zone, report_zone)
    next_days = ((day, day - DAY * (behind - 1)) for day in dates(date(year - 1, 1, 1), 3 * 366))

    assert any(midnight(other + DAY, report_zone) > moment(day, at, zone) for day, other in next_days)


@OFTEN
@given(zone=ZONES, report_zone=ZONES, year=YEARS, at=TIMES)
def test_each_day_and_each_week_is_covered_once(
    zone: ZoneInfo, report_zone: ZoneInfo, year: int, at: time
) -> None:
    """No day twice and none left out, over every change of clocks and law, the year's end and 29 February."""
    start = date(year, 1, 1)
    days = [*chain.from_iterable(days_covered(day, at, zone, report_zone) for day in dates(start, 800))]
    mondays = (day for day in dates(start, 800) if day.weekday() == 0)
    weeks = [*chain.from_iterable(weeks_covered(day, at, zone, report_zone) for day in mondays)]

    assert {after - before for before, after in pairwise(days)} == {DAY}
    assert {after - before for before, after in pairwise(weeks)} == {WEEK}
    assert {sunday.isoweekday() for sunday in weeks} == {7}


@OFTEN
@given(zone=ZONES, report_zone=ZONES, year=YEARS, at=TIMES)
def test_within_a_year_each_date_has_one_day(
    zone: ZoneInfo, report_zone: ZoneInfo, year: int, at: time
) -> None:
    """Only a first of January can have none or two: where the law of a zone moved the mapping by a day."""
    counts = [len(days_covered(day, at, zone, report_zone)) for day in dates(date(year, 1, 2), 364)]

    assert set(counts) == {1}
    assert len(days_covered(date(year, 1, 1), at, zone, report_zone)) in (0, 1, 2)


def test_a_zone_that_moved_over_the_date_line_loses_nothing() -> None:
    """Samoa skipped 30 December 2011: its readers wait a day longer from 2010 on, until 2013."""
    years = [days_behind(year, time(5), APIA, UTC) for year in (2009, 2010, 2011, 2012, 2013)]
    new_years = [days_covered(date(year, 1, 1), time(5), APIA, UTC) for year in (2009, 2010, 2011)]

    assert years == [1, 2, 2, 2, 2]
    assert new_years == [[date(2008, 12, 31)], [], [date(2010, 12, 30)]]


def test_half_past_one_in_paris_is_neither_repeated_nor_skipped() -> None:
    """At 01:30 the UTC day of yesterday is over in winter alone; the day covered is that before, all year."""
    half_past_one = time(1, 30)
    for change in (date(2026, 3, 29), date(2026, 10, 25)):
        covered = [days_covered(day, half_past_one, PARIS, UTC) for day in dates(change - 2 * DAY, 5)]
        assert covered == [[day - 2 * DAY] for day in dates(change - 2 * DAY, 5)]


def dates(start: date, count: int) -> list[date]:
    return [start + DAY * number for number in range(count)]
