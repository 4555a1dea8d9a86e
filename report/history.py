"""Closed days, counted once and kept: what a report reads instead of the tweets.

counts/<zone>/<day>.parquet    a row a hashtag, and the day's facts
state/<zone>/<day>             what is known of each hashtag up to that day, folded forward day by day
hashtags/<zone>/<shard>.json   the histories of hashtags, for their pages
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from typing import Protocol
from zoneinfo import ZoneInfo

from report.compaction import days_of
from report.counts import DayCounts
from report.errors import BuildError
from report.places import raw_day
from report.storage import Storage
from report.trends import Parameters, Trend
from report.values import Period
from report.window import Window, day_window

VERSION = 1
"""Of what counts and state hold and how they are made: another one is made anew."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Course:
    """How a hashtag's day went: by quarter of an hour (UTC), spellings and companions most first.

    A companion is a hashtag that stood in the same tweet, with the number of such tweets.
    """

    key: str
    tag: str
    spellings: tuple[tuple[str, int], ...]
    quarters: tuple[tuple[datetime, int], ...]
    companions: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class CountedDay:
    """A day as a report needs it: `counts` without hashtags, those of the day before, and the trends.

    `first_known` is the first day the trends know of, None where nothing is known of earlier days.
    """

    counts: DayCounts
    before: DayCounts
    trends: tuple[Trend, ...]
    courses: tuple[Course, ...]
    first_known: date | None
    observed_known: int
    parameters: Parameters


class History(Protocol):
    """Counts days and remembers them. Every verb raises `EngineError` and `StorageError`."""

    def settle(self, day: date) -> "Settled":
        """Make the counts of a closed day right, and what is known up to it and up to the day before.

        Days that are right already are left alone.
        """

    def look(self, period: Period) -> CountedDay:
        """Return a day beside what was known before it; an open one is counted from the tweets."""


@dataclass
class Settled:
    """What settling came to: days counted, and days folded into what is known."""

    counted: list[date] = field(default_factory=list)
    folded: list[date] = field(default_factory=list)

    def said(self) -> str:
        """Return it in words."""
        return f"counted {len(self.counted)} days, learnt from {len(self.folded)}"


class Sources:
    """Which raw objects days are made from, each UTC day listed once."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._digest = cache(self._of_day)

    def digest(self, window: Window) -> str:
        """Return a digest of the raw objects of the window's UTC days, and of the day before them.

        A tweet counts at its first sighting over two days, so those of the day before belong to it.
        """
        days = days_of(window)
        return sha256("".join(map(self._digest, [days[0] - _DAY, *days])).encode()).hexdigest()[:32]

    def _of_day(self, day: date) -> str:
        found = (f"{info.key} {info.etag}\n" for info in self._storage.list(raw_day(day)))
        return sha256("".join(found).encode()).hexdigest()


def first_day(storage: Storage, zone: ZoneInfo, since: date = date.min) -> date | None:
    """Return the first day of the zone, from `since` on, that can hold a tweet; None if there is none."""
    names = (name.removeprefix("dt=") for name in storage.list_folders("raw/"))
    days = sorted(day for name in names if (day := _parsed(name)) and day >= since)
    if not days:
        return None
    return max(since, datetime.combine(days[0], time.min, UTC).astimezone(zone).date())


def day_before(period: Period) -> Period:
    """Return the day before; of an open day, only as much of it as has passed today."""
    day, window = _last_day_that_was(period)
    if period.is_open:
        window = Window(
            window.start, min(window.end, window.start + (period.window.end - period.window.start))
        )
    return Period(day, period.zone, window, period.is_open)


def _last_day_that_was(period: Period) -> tuple[date, Window]:
    """A zone that crossed the date line has a day that never was."""
    for back in (1, 2):
        try:
            return (day := period.day - back * _DAY), day_window(day, period.zone)
        except ValueError:
            continue
    raise BuildError(f"there is no day before {period.day} in {period.zone.key}")


def days_between(first: date, last: date, zone: ZoneInfo) -> Iterator[date]:
    """Yield the days of the zone from `first` to `last`, less those that never were, as at a date line."""
    day = first
    while day <= last:
        try:
            day_window(day, zone)
        except ValueError:
            pass
        else:
            yield day
        day += _DAY


def _parsed(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
