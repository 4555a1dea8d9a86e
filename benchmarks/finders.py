"""Ways of finding what trends, ours and others', each shown the days of a world in order."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from benchmarks.planted import TAGS, Flags, Floats, Wholes, WorldDay
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.duckdb_dialect import connect, filled, spoken
from report.adapters.duckdb_kept import KEPT_DAYS, TOP, Kept, rows_of
from report.changes import REAL_FROM_Z
from report.counts import CountingRules
from report.engine import history_text
from report.trends import DAY_MINUTES, Judge, Parameters, Training, Trend, falling, rising, step

_FIRST = 10  # of the raw counts
_RATIO = 2.0
_MANY = 1_000_000
_USUAL = Parameters()
_KNOWN = TAGS + 1000  # what comes for a day is never seen again, so nobody need remember it


@dataclass(frozen=True)
class Found:
    """What was found on a day, the surest first; hashtags are numbers."""

    rising: list[int]
    falling: list[int]


class Finder(Protocol):
    """Is shown each day once, in order."""

    def see(self, day: WorldDay) -> Found:
        """Return what was found that day, then remember the day."""


class Ours:
    """The project's own texts and judgement: counts ranked, folded and chosen by DuckDB."""

    def __init__(self, parameters: Parameters = _USUAL) -> None:
        self._parameters = parameters
        self._training: Training | None = None
        self._minutes_before = 0
        self._kept = Kept(DirectoryStorage(Path()), ZoneInfo("UTC"), CountingRules(), parameters)
        self._connection = connect({"threads": 1})
        self._kept.make_state(self._connection, None, Path())
        self._connection.execute("CREATE TABLE earlier (key VARCHAR, place BIGINT, tweets BIGINT)")

    def see(self, day: WorldDay) -> Found:
        """See `Finder.see`."""
        self._count(day)
        found = Found([], [])
        if day.is_judged and day.minutes:
            trends = self._trends(day)
            found = Found(_keys(rising(trends, _MANY)), _keys(falling(trends, _MANY)))
        self._fold(day)
        self._minutes_before = day.minutes
        return found

    def _count(self, day: WorldDay) -> None:
        """Make the tables `counts` and `ranked`."""
        self._connection.register(
            "drawn",
            pd.DataFrame(
                {"tag": day.tags, "tweets": day.tweets, "authors": day.authors, "busiest": day.busiest}
            ),
        )
        self._connection.execute(
            "CREATE OR REPLACE TABLE counts AS"
            " SELECT CAST(tag AS VARCHAR) AS key, key AS tag, tweets, authors, busiest FROM drawn"
        )
        self._connection.execute(
            "ALTER TABLE counts ADD COLUMN originals BIGINT; ALTER TABLE counts ADD COLUMN original_authors"
            " BIGINT; ALTER TABLE counts ADD COLUMN original_busiest BIGINT"
        )
        self._kept.make_ranked(self._connection, "ranked")

    def _trends(self, day: WorldDay) -> tuple[Trend, ...]:
        chosen = self._parameters
        least = chosen.least_tweets
        values = [day.minutes / DAY_MINUTES, 100, least, chosen.least_authors, least]
        judge = Judge(chosen, self._training, day.volume, day.minutes, self._minutes_before)
        return judge.trends(rows_of(self._connection, "candidates", values))

    def _fold(self, day: WorldDay) -> None:
        moved = step(self._training, day.minutes, self._parameters.kept)
        scale = DAY_MINUTES / day.minutes if day.minutes else 0.0
        values: list[str | int | float] = [
            moved,
            scale,
            day.day.isoformat(),
            int(day.minutes > 0),
            TOP,
            KEPT_DAYS,
        ]
        text = filled(spoken(history_text("fold")[0]), values)
        self._connection.execute(f"CREATE TABLE after AS {text}")
        for old, new in (("state", "after"), ("earlier", "ranked")):
            self._connection.execute(f"DROP TABLE {old}; ALTER TABLE {new} RENAME TO {old}")
        training = self._training or Training(day.day, day.day, 0, 0.0)
        self._training = training.after(day.day, day.minutes, self._parameters.kept)


class Remembered(ABC):
    """What the other ways know: a day's tweets and authors by hashtag, those of the last observed day beside.

    To be fair to them, counts are per observed minute, and a day that was not observed is passed over.
    """

    def __init__(self) -> None:
        self._tweets, self._authors = np.zeros(_KNOWN), np.zeros(_KNOWN)

    def see(self, day: WorldDay) -> Found:
        """See `Finder.see`."""
        if not day.minutes:
            return Found([], [])
        scale = DAY_MINUTES / day.minutes
        known = np.minimum(day.tags, _KNOWN - 1)
        found = self.found(day, known, scale)
        self._tweets, self._authors = np.zeros(_KNOWN), np.zeros(_KNOWN)
        passing = day.tags >= _KNOWN
        self._tweets[day.tags[~passing]] = day.tweets[~passing] * scale
        self._authors[day.tags[~passing]] = day.authors[~passing] * scale
        return found

    @abstractmethod
    def found(self, day: WorldDay, known: Wholes, scale: float) -> Found:
        """Return what is found; `known` are the places of the day's hashtags in what is remembered."""


class RawCount(Remembered):
    """The ten most used hashtags."""

    def found(self, day: WorldDay, known: Wholes, scale: float) -> Found:
        """See `Remembered.found`."""
        return Found(
            _ranked(day.tags, day.tweets.astype(np.float64), np.full(day.tags.size, True))[:_FIRST], []
        )


class DayRatio(Remembered):
    """Twice the day before or more, half of it or less; a hashtag that was not there counts as one tweet."""

    def found(self, day: WorldDay, known: Wholes, scale: float) -> Found:
        """See `Remembered.found`."""
        ratio = day.tweets * scale / np.maximum(self._tweets[known], 1)
        now = np.zeros(_KNOWN)
        now[known] = day.tweets * scale
        now[-1] = 0
        fallen = (self._tweets >= _USUAL.least_tweets) & (now <= self._tweets / _RATIO)
        down = _ranked(np.arange(_KNOWN), self._tweets / np.maximum(now, 1), fallen)
        return Found(_ranked(day.tags, ratio, (ratio >= _RATIO) & _supported(day)), down)


class Mastodon(Remembered):
    """(o - e)^2 / e of accounts against the day before, from one on, as Mastodon ranks its hashtags.

    `e` is at least one account, `o` at least five; its half-life of four hours does nothing to whole days.
    """

    def found(self, day: WorldDay, known: Wholes, scale: float) -> Found:
        """See `Remembered.found`."""
        observed, expected = day.authors * scale, np.maximum(self._authors[known], 1)
        score = np.where(observed > expected, (observed - expected) ** 2 / expected, 0)
        return Found(_ranked(day.tags, score, (score >= 1) & (day.authors >= 5)), [])


class PlainSigniTrend:
    """SigniTrend as published: its floor, and nothing of ours but the support.

    No Poisson's variance, no correction of the first estimates, no floor that grows with the day; it too
    is given counts per observed minute.
    """

    def __init__(self) -> None:
        self._mean, self._variance = np.zeros(_KNOWN), np.zeros(_KNOWN)

    def see(self, day: WorldDay) -> Found:
        """See `Finder.see`."""
        if not day.minutes:
            return Found([], [])
        known = np.minimum(day.tags, _KNOWN - 1)
        now = day.tweets * DAY_MINUTES / day.minutes
        mean, spread = self._mean[known], np.sqrt(self._variance[known]) + _USUAL.floor
        mean[day.tags >= _KNOWN], spread[day.tags >= _KNOWN] = 0, _USUAL.floor
        score = (now - np.maximum(mean, _USUAL.floor)) / spread
        all_now = np.zeros(_KNOWN)
        all_now[known] = now
        all_now[-1] = 0
        fall = (self._mean - all_now) / (np.sqrt(self._variance) + _USUAL.floor)
        down = _ranked(np.arange(_KNOWN), fall, fall >= REAL_FROM_Z)
        self._learn(all_now)
        return Found(_ranked(day.tags, score, (score >= REAL_FROM_Z) & _supported(day)), down)

    def _learn(self, now: Floats) -> None:
        part = 1 - _USUAL.kept
        away = now - self._mean
        self._mean = self._mean + part * away
        self._variance = (1 - part) * (self._variance + part * away**2)


def _keys(trends: tuple[Trend, ...]) -> list[int]:
    return [int(one.key) for one in trends]


def _supported(day: WorldDay) -> Flags:
    return (day.tweets >= _USUAL.least_tweets) & (day.authors >= _USUAL.least_authors)


def _ranked(tags: Wholes, scores: Floats, chosen: Flags) -> list[int]:
    order = np.lexsort((tags[chosen], -scores[chosen]))
    found: list[int] = tags[chosen][order].tolist()
    return found
