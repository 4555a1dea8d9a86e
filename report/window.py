"""Which stretch of time a report covers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Window:
    """A half-open stretch of time, [start, end), kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError(f"a window is kept in UTC: {self.start} to {self.end}")
        if self.start >= self.end:
            raise ValueError(f"a window must end after it starts: {self.start} to {self.end}")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    @property
    def minutes(self) -> int:
        """Whole minutes from start to end."""
        return int((self.end - self.start).total_seconds() // 60)

    def hours(self) -> Iterator[datetime]:
        """Yield the start of each UTC hour that shares a moment with the window, oldest first."""
        hour = self.start.replace(minute=0, second=0, microsecond=0)
        while hour < self.end:
            yield hour
            hour += timedelta(hours=1)


def day_window(day: date, zone: ZoneInfo) -> Window:
    """Return `day` in `zone`, midnight to midnight: 23 to 25 hours where clocks change."""
    return Window(midnight(day, zone), midnight(day + timedelta(days=1), zone))


def last_whole_day(now: datetime, zone: ZoneInfo) -> date:
    """Return the last day in `zone` that is over at `now`, which must be aware."""
    return today(now, zone) - timedelta(days=1)


def today(now: datetime, zone: ZoneInfo) -> date:
    """Return the day it is in `zone` at `now`, which must be aware."""
    if now.tzinfo is None:
        raise ValueError(f"cannot tell the day without a time zone: {now}")
    return now.astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when `day` begins in `zone`, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
