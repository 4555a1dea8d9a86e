"""What a wall clock shows, as moments: a time of a day, and each full hour.

A time that the change of clocks skips comes as much later as clocks jump; of one that comes twice the
first counts for a day, and both for the hours.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from report.window import Window

HOUR = timedelta(hours=1)


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when the clocks of `zone` show `clock` on `day`, in UTC.

    A day the zone skipped whole, at the date line, has the moments of the day after.
    """
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def full_hours(window: Window, zone: ZoneInfo) -> list[datetime]:
    """Return the moments within `window` at which the clocks of `zone` show a full hour, in UTC.

    A full hour that is skipped by less than an hour, as on Lord Howe Island, comes as much later.
    """
    found = {moment for shown in _shown_hours(window, zone) for moment in _moments(shown, zone)}
    return sorted(moment for moment in found if moment in window)


def _shown_hours(window: Window, zone: ZoneInfo) -> Iterator[datetime]:
    """What clocks may show around the window; between its ends they may have been set back."""
    ends = [moment.astimezone(zone).replace(tzinfo=None, fold=0) for moment in (window.start, window.end)]
    shown = min(ends).replace(minute=0, second=0, microsecond=0)
    while shown <= max(ends):
        yield shown
        shown += HOUR


def _moments(shown: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    yield shown.replace(tzinfo=zone).astimezone(UTC)
    again = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if again.astimezone(zone).replace(tzinfo=None, fold=0) == shown:
        yield again
