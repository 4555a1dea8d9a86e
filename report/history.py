"""Closed days, counted once and kept: what a report reads instead of the tweets.

counts/<zone>/<day>.parquet    a row a hashtag, and the day's facts
weeks/<zone>/<week>.parquet    the same of a week
state/<zone>/<day>             what is known of each hashtag up to that day, folded forward day by day
hashtags/<zone>/<shard>.json   the histories of hashtags, for their pages
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from itertools import groupby
from typing import Protocol
from zoneinfo import ZoneInfo

from report.compaction import days_of
from report.counts import DayCounts
from report.errors import BuildError
from report.periods import week_period
from report.places import counted_days, raw_day, raw_hour
from report.storage import ObjectInfo, Storage
from report.trends import Parameters, Trend
from report.values import Period
from report.window import Window, day_window
from report.words import count_of

VERSION = 1
"""Of what counts and state hold and how they are made: another one is made anew."""

_DAY = timedelta(days=1)
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)


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
class Counted:
    """A period as a report needs it: `counts` without hashtags, those of the one before, and the trends."""

    counts: DayCounts
    before: DayCounts
    trends: tuple[Trend, ...]
    courses: tuple[Course, ...]


@dataclass(frozen=True)
class CountedDay(Counted):
    """A day beside all that is known of earlier ones.

    `first_known` is the first day the trends know of, None where nothing is known of earlier days.
    """

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

    def settle_week(self, week: Period) -> None:
        """Make the counts of a closed week right, and of the one before if tweets were collected by then."""

    def look_at_week(self, week: Period) -> Counted:
        """Return a week beside the week before."""


@dataclass
class Settled:
    """What settling came to: days counted, and days folded into what is known."""

    counted: list[date] = field(default_factory=list)
    folded: list[date] = field(default_factory=list)

    def said(self) -> str:
        """Return it in words."""
        return f"counted {count_of(len(self.counted), 'day')}, learnt from {len(self.folded)}"


class Sources:
    """Which raw objects days are made from, each UTC day listed once."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._of_day = cache(self._listed)

    def of(self, window: Window) -> dict[str, str]:
        """Return a digest of the raw objects of each UTC hour that the window's tweets can lie in.

        A tweet counts at its first sighting over two days, so the hours of the UTC day before belong to
        it, and those after the window do not: what is sighted later changes nothing.
        """
        days = days_of(window)
        last = raw_hour(max(window.hours()))
        hours = (item for day in (days[0] - _DAY, *days) for item in self._of_day(day).items())
        return {hour: digest for hour, digest in hours if hour <= last}

    def _listed(self, day: date) -> dict[str, str]:
        found = groupby(self._storage.list(raw_day(day)), lambda info: info.key[: len(raw_hour(_MIDNIGHT))])
        return {hour: _digest(infos) for hour, infos in found}


def is_current(made_from: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Tell whether what was made from these hours' raw objects is right for those there are now.

    An hour without any is no change: raw objects may be archived once they are counted.
    """
    return all(made_from.get(hour) == digest for hour, digest in now.items())


def first_day(storage: Storage, zone: ZoneInfo, since: date = date.min) -> date | None:
    """Return the first day of the zone, from `since` on, that can hold a tweet; None if there is none.

    Raw objects may be archived: what was compacted, or counted, was collected too.
    """
    names = (name for place in ("raw/", "tweets/") for name in storage.list_folders(place))
    found = [max(since, _in_zone(day, zone)) for name in names if (day := _parsed(name)) and day >= since]
    counted = next(storage.list(counted_days(zone.key)), None) if since == date.min else None
    if counted and (day := _parsed(counted.key.rpartition("/")[2].removesuffix(".parquet"))):
        found.append(day)
    return min(found, default=None)


def _in_zone(day: date, zone: ZoneInfo) -> date:
    return datetime.combine(day, time.min, UTC).astimezone(zone).date()


def _digest(infos: Iterable[ObjectInfo]) -> str:
    return sha256("".join(f"{info.key} {info.etag}\n" for info in infos).encode()).hexdigest()[:16]


def day_before(period: Period) -> Period:
    """Return the day before; of an open day, only as much of it as has passed today."""
    day, window = _last_day_that_was(period)
    if period.is_open:
        window = Window(
            window.start, min(window.end, window.start + (period.window.end - period.window.start))
        )
    return Period(day, period.zone, window, period.is_open)


def week_before(week: Period) -> Period:
    """Return the week before; raise `BuildError` where the calendar has none."""
    try:
        return week_period(week.day - 7 * _DAY, week.zone)
    except OverflowError as error:
        raise BuildError(f"there is no week before {week.id}") from error


def _last_day_that_was(period: Period) -> tuple[date, Window]:
    day = last_day_before(period.day, period.zone)
    return day, day_window(day, period.zone)


def last_day_before(day: date, zone: ZoneInfo) -> date:
    """Return the day before in the zone: one that crossed the date line has a day that never was."""
    for back in (1, 2):
        try:
            day_window(day - back * _DAY, zone)
        except (ValueError, OverflowError):
            continue
        return day - back * _DAY
    raise BuildError(f"there is no day before {day} in {zone.key}")


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
        return date.fromisoformat(name.removeprefix("dt="))
    except ValueError:
        return None
