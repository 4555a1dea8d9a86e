"""Which of the report's days a reader's mail covers: as many days back on every date.

The report's days are those of its zone, the mail comes by the reader's clock. "The last day that is over"
would depend on both clocks: a reader in Paris at 01:30 would find the UTC day of yesterday over in winter,
that of the day before in summer, and so get one day twice in spring and miss one in autumn. So the mail of
the reader's date L covers the day L - k, where k is the least with which the day is over at that hour on
every date of the year, of the one before and of the one after.
"""

from datetime import date, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from mailer.wall_clocks import moment
from report.window import midnight

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
_AROUND = 3  # days; no two zones are further apart


def days_covered(on: date, at: time, zone: ZoneInfo, report_zone: ZoneInfo) -> list[date]:
    """Return the days of `report_zone` that the daily mail of the reader's date `on` covers: as a rule one.

    Where k changes with the year, since a zone changed its law, the first of January has none, or two: so
    each day comes once.
    """
    first = _last_covered(on - DAY, at, zone, report_zone) + DAY
    last = _last_covered(on, at, zone, report_zone)
    return [first + DAY * number for number in range((last - first).days + 1)]


def weeks_covered(on: date, at: time, zone: ZoneInfo, report_zone: ZoneInfo) -> list[date]:
    """Return the Sundays of the weeks of `report_zone` that the weekly mail of `on` covers, as for days."""
    first = _sunday(_last_covered(on - WEEK, at, zone, report_zone)) + WEEK
    last = _sunday(_last_covered(on, at, zone, report_zone))
    return [first + WEEK * number for number in range((last - first).days // 7 + 1)]


def _last_covered(on: date, at: time, zone: ZoneInfo, report_zone: ZoneInfo) -> date:
    return on - DAY * days_behind(on.year, at, zone, report_zone)


def _sunday(day: date) -> date:
    """The end of the last ISO week that is over with `day`."""
    return day - DAY * (day.isoweekday() % 7)


@lru_cache(maxsize=100_000)
def days_behind(year: int, at: time, zone: ZoneInfo, report_zone: ZoneInfo) -> int:
    """Return k: how many days behind the reader's date the day lies that the mail of `at` covers; -1 to 3."""
    days = {date(year, 1, 1), *_turning_days(year, zone), *_turning_days(year, report_zone)}
    return max(_days_behind_on(day, at, zone, report_zone) for day in days)


@lru_cache(maxsize=4096)
def _turning_days(year: int, zone: ZoneInfo) -> frozenset[date]:
    """The days about each change of clocks in the three years: in between, k cannot change."""
    days = [date(year - 1, 1, 1) + DAY * number for number in range(3 * 366)]
    offsets = [_offset(day, zone) for day in days]
    turns = [day for day, (before, after) in zip(days, pairwise(offsets), strict=False) if before != after]
    return frozenset(day + DAY * number for day in turns for number in range(-_AROUND, _AROUND + 2))


def _offset(day: date, zone: ZoneInfo) -> timedelta | None:
    return midnight(day, zone).astimezone(zone).utcoffset()


def _days_behind_on(on: date, at: time, zone: ZoneInfo, report_zone: ZoneInfo) -> int:
    """The k of one date alone: that of the last day that is over."""
    now = moment(on, at, zone)
    behind = (on - now.astimezone(report_zone).date()).days
    while midnight(on - DAY * (behind - 1), report_zone) > now:
        behind += 1
    return behind
