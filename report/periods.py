"""Names of the periods that reports are about, as they stand in keys and addresses.

2026-11-20           a day of the report's zone, midnight to midnight
2026-W47             an ISO week of that zone, Monday to Sunday
2026-11              a month of that zone
2026-11-20T0730Z     the zone's day as far as it had come at that minute, UTC
"""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from report.errors import BuildError
from report.values import Period, Span
from report.window import Window, day_window, midnight

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_WEEK = re.compile(r"(?P<year>[0-9]{4})-W(?P<week>[0-9]{2})")
_MINUTE_NAMED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{4}Z")
_MINUTE = timedelta(minutes=1)


def period_of(period_id: str, zone: ZoneInfo) -> Period:
    """Return the period of this name in the zone; raise `BuildError` for what names none there.

    A minute that is the zone's midnight names the whole day that ends then, whose own id is the day's.
    """
    try:
        if day := day_named(period_id):
            return day_period(day, zone)
        if monday := monday_named(period_id):
            return week_period(monday, zone)
        if first := month_named(period_id):
            return month_period(first, zone)
        if minute := minute_named(period_id):
            return so_far(minute, zone)
    except (ValueError, OverflowError) as error:
        raise BuildError(f"{period_id} is no period in {zone.key}: {error}") from error
    raise BuildError(
        f"{period_id!r} names no period; write 2026-11-20, 2026-W47, 2026-11 or 2026-11-20T0730Z"
    )


def day_period(day: date, zone: ZoneInfo) -> Period:
    """Return a whole day; raise `BuildError` for one that never was in the zone, as at a date line."""
    try:
        return Period(day, zone, day_window(day, zone))
    except (ValueError, OverflowError) as error:
        raise BuildError(f"{day.isoformat()} is no day in {zone.key}: {error}") from error


def week_period(day: date, zone: ZoneInfo) -> Period:
    """Return the whole ISO week that `day` is in; its own day is the Sunday. Raise `OverflowError`."""
    monday = day - timedelta(days=day.weekday())
    window = Window(midnight(monday, zone), midnight(monday + timedelta(days=7), zone))
    return Period(monday + timedelta(days=6), zone, window)


def month_period(day: date, zone: ZoneInfo) -> Period:
    """Return the whole month that `day` is in; its own day is the last one. Raise `OverflowError`."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    window = Window(midnight(first, zone), midnight(following, zone))
    return Period(following - timedelta(days=1), zone, window)


def so_far(moment: datetime, zone: ZoneInfo) -> Period:
    """Return the day up to the minute of `moment`, which must be aware; at midnight the day that ended."""
    end = moment.astimezone(UTC).replace(second=0, microsecond=0)
    day = (end - _MINUTE).astimezone(zone).date()
    whole = day_window(day, zone)
    if end == whole.end:
        return Period(day, zone, whole)
    return Period(day, zone, Window(whole.start, end), is_open=True)


def day_named(period_id: str) -> date | None:
    """Return the day a period id names, None where it names another period or nothing."""
    try:
        return date.fromisoformat(period_id) if _DAY.fullmatch(period_id) else None
    except ValueError:
        return None


def monday_named(period_id: str) -> date | None:
    """Return the Monday of the week a period id names, None where it names another period or nothing."""
    named = _WEEK.fullmatch(period_id)
    try:
        return date.fromisocalendar(int(named["year"]), int(named["week"]), 1) if named else None
    except ValueError:
        return None


def month_named(period_id: str) -> date | None:
    """Return the first of the month a period id names, None where it names another period or nothing."""
    try:
        return date.fromisoformat(f"{period_id}-01") if _MONTH.fullmatch(period_id) else None
    except ValueError:
        return None


def last_day_named(period_id: str) -> date | None:
    """Return the last day of the whole day, week or month a period id names, None where it names none."""
    if first := month_named(period_id):
        return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if monday := monday_named(period_id):
        return monday + timedelta(days=6)
    return day_named(period_id)


def minute_named(period_id: str) -> datetime | None:
    """Return the minute, UTC, up to which a period id names a day; None where it names another or nothing."""
    if not _MINUTE_NAMED.fullmatch(period_id):
        return None
    try:
        return datetime.strptime(period_id, "%Y-%m-%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def offered(spans: Collection[Span], period: Period) -> Period | None:
    """Return what a report of these spans has to say at the end of a period, None where that is nothing.

    That is the period itself where the report has such; else, of a week its last day, and the month that
    ends with the day or within the week. Each day and month is so the answer to one day, and to one week.
    """
    if period.span in spans:
        return period
    if period.is_open:
        return None
    if Span.DAY in spans:
        return day_period(period.day, period.zone)
    month = month_period(period.first_day, period.zone)
    return month if Span.MONTH in spans and month.day <= period.day else None


def newest_over(spans: Collection[Span], day: date, zone: ZoneInfo) -> Period:
    """Return the last whole day that ends with or before `day`, or month for a report without days."""
    if Span.DAY in spans:
        return day_period(day, zone)
    month = month_period(day, zone)
    return month if month.day == day else month_period(month.first_day - timedelta(days=1), zone)
