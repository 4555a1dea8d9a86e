"""Days of made-up counts with trends planted in them, so that what finds trends can be scored.

A world is 51 days, 30 to learn from and 21 that are judged. Hashtags follow Zipf's law over 50,000; their
daily counts are negative binomial, so burstier than Poisson's, and drift; all have a weekly rhythm, one in
twenty a day of its own; some are a machine's. Others come for a day and go, and were not planted: how many
tweets they come to has a tail of exponent 1.5. Some hours are not observed, and two days not at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum

import numpy as np
from numpy.typing import NDArray

FIRST_DAY = date(2026, 1, 1)
LEARNT, JUDGED = 30, 21
TAGS, DRAWN = 50_000, 10_000
"""Hashtags there are, and those drawn: the rest is too rare to be told of."""

_WEEK = np.array([1.0, 1.02, 1.02, 1.04, 1.08, 0.94, 0.9])
_HOURS = 1 + 0.5 * np.sin((np.arange(24) - 9) / 24 * 2 * np.pi)
LEAST = 5
"""Tweets below which nobody looks at a hashtag."""

_SETTLING = 7
_SAMPLE = 1440
_RISES = (1.5, 2.0, 3.0, 5.0)

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Kind(Enum):
    """What was planted; the first three are what a list of risers ought to hold."""

    NEW = "new"
    BACK = "back"
    RISE = "rise"
    FELL = "fell"
    GONE = "gone"
    ONE_SPAMMER = "one author's"
    RING = "a ring's"


UP = (Kind.NEW, Kind.BACK, Kind.RISE)
DOWN = (Kind.FELL, Kind.GONE)
SPAM = (Kind.ONE_SPAMMER, Kind.RING)


@dataclass(frozen=True)
class Planted:
    """Something of a day; `factor` of a rise or a fall, `size` in tweets expected that day."""

    tag: int
    kind: Kind
    size: float
    factor: float = 0.0


@dataclass(frozen=True)
class WorldDay:
    """A day's tags as numbers, with their tweets, distinct authors, and tweets of the busiest author.

    `volume` is all the day's tweets.
    `unsure` are tags that were planted a few days ago and have not settled: they count for nobody.
    """

    day: date
    minutes: int
    volume: int
    tags: Wholes
    tweets: Wholes
    authors: Wholes
    busiest: Wholes
    planted: tuple[Planted, ...] = ()
    unsure: frozenset[int] = frozenset()

    @property
    def is_judged(self) -> bool:
        """Whether it is no day to learn from."""
        return self.day >= FIRST_DAY + timedelta(days=LEARNT)


@dataclass(frozen=True)
class Weather:
    """How restless the tags are.

    A day's variance is `bursts` x mean + (`sway` x mean)^2; `drift` is the daily step of a level's logarithm;
    `tail` is the exponent of the sizes of what comes for a day: the lower, the larger they get.
    """

    bursts: float = 2.0
    sway: float = 0.2
    drift: float = 0.03
    tail: float = 1.5


@dataclass
class World:
    """Draws the days of one seed at one volume, in tweets a day."""

    seed: int
    volume: int
    weather: Weather = field(default_factory=Weather)

    def __post_init__(self) -> None:
        self._chance = np.random.default_rng([self.seed, self.volume])
        share = 1 / np.arange(1, TAGS + 1)
        self._rates: Floats = (self.volume * share / share.sum())[:DRAWN]
        own = self._chance.random(DRAWN) < 0.05
        self._rhythm = np.where(own[:, None], _own_days(self._chance), _WEEK)
        self._talk = np.where(self._chance.random(DRAWN) < 0.03, 0.02, self._chance.uniform(0.6, 0.95, DRAWN))
        self._course = _HOURS if self.volume > _SAMPLE else np.ones(24)  # a sample comes evenly
        self._minutes = self._gaps()
        self._plan = self._planted()
        self._fresh = 1_000_000

    def days(self) -> Iterator[WorldDay]:
        """Yield the days in order; nothing is seen of some."""
        level = np.zeros(DRAWN)
        for number in range(LEARNT + JUDGED):
            level += self._chance.normal(0, self.weather.drift, DRAWN)
            yield self._day(number, self._rates * np.exp(level - level.var() / 2))

    def _day(self, number: int, rates: Floats) -> WorldDay:
        seen = self._minutes[number]
        share = float(self._course[seen].sum() / self._course.sum())
        means = rates * self._rhythm[:, number % 7] * share
        planted, lasting = self._plan[number], self._lasting(number)
        for one in (*planted, *lasting):
            if one.tag < TAGS:
                means[one.tag] *= one.factor
        usual = self._drawn(means)
        tags = np.flatnonzero(usual)
        tweets, authors, busiest = self._voices(usual[tags], self._talk[tags])
        extra = [self._one_off(one, share) for one in (*planted, *lasting) if one.tag >= TAGS]
        parts = [(tags, tweets, authors, busiest), self._passing(share), _columns(extra)]
        columns = [np.concatenate([part[at] for part in parts]) for at in range(4)]
        kept = columns[1] > 0
        tags, tweets, authors, busiest = (column[kept] for column in columns)
        return WorldDay(
            FIRST_DAY + timedelta(days=number),
            int(seen.sum()) * 60,
            round(self.volume * share),
            tags,
            tweets,
            authors,
            busiest,
            planted,
            self._unsure(number),
        )

    def _drawn(self, means: Floats) -> Wholes:
        """Negative binomial counts, with the weather's variance."""
        over = np.maximum(self.weather.bursts - 1 + self.weather.sway**2 * means, 1e-9)
        sizes = np.maximum(means / over, 1e-12)
        return self._chance.poisson(self._chance.gamma(sizes, over))

    def _voices(self, tweets: Wholes, talk: Floats) -> tuple[Wholes, Wholes, Wholes]:
        """How many people wrote them: each tweet after the first is somebody new's with the chance `talk`."""
        authors = np.minimum(tweets, 1 + self._chance.binomial(np.maximum(tweets - 1, 0), talk))
        busiest = 1 + self._chance.binomial(tweets - authors, np.where(talk < 0.1, 1.0, 0.2))
        return tweets, authors, busiest

    def _passing(self, share: float) -> tuple[Wholes, Wholes, Wholes, Wholes]:
        """Tags nobody planted, as many as a fiftieth of the tweets; those of a few tweets need no drawing."""
        count = int(self._chance.poisson(self.volume * share / 50 * LEAST**-self.weather.tail))
        sizes = LEAST * (1 + self._chance.pareto(self.weather.tail, count))
        tweets = np.minimum(sizes, self.volume / 50).astype(np.int64)
        self._fresh += count
        tags = np.arange(self._fresh - count, self._fresh)
        return (tags, *self._voices(tweets, self._chance.uniform(0.2, 0.95, count)))

    def _one_off(self, one: Planted, share: float) -> tuple[int, int, int, int]:
        tweets = int(self._drawn(np.array([one.size * share]))[0])
        if one.kind is Kind.ONE_SPAMMER:
            return one.tag, tweets, min(tweets, 2), max(tweets - 1, min(tweets, 1))
        if one.kind is Kind.RING:
            return one.tag, tweets, min(tweets, 5), tweets - tweets * 2 // 5
        _, authors, busiest = self._voices(np.array([tweets]), np.array([0.85]))
        return one.tag, tweets, int(authors[0]), int(busiest[0])

    # ---- the plan -----------------------------------------------------------------------------------

    def _gaps(self) -> list[Flags]:
        """Which hours are observed: six days miss some, two all; the first judged and the one before none."""
        hours = [np.ones(24, dtype=bool) for _ in range(LEARNT + JUDGED)]
        for start, length in ((5, LEARNT - 7), (LEARNT + 1, JUDGED - 1)):
            *some, none = start + self._chance.choice(length, 4, replace=False)
            for number in some:
                missed = int(self._chance.integers(2, 13))
                hours[number][(self._chance.integers(24) + np.arange(missed)) % 24] = False
            hours[none][:] = False
        return hours

    def _planted(self) -> list[tuple[Planted, ...]]:
        least = max(3.0, self.volume * 5e-4)
        self._established = np.flatnonzero(self._rates >= least)
        plan: list[tuple[Planted, ...]] = [() for _ in range(LEARNT)]
        waiting: dict[int, int] = {}
        next_tag = TAGS
        for number in range(LEARNT, LEARNT + JUDGED):
            if not self._minutes[number].any():
                plan.append(())
                continue
            found = [Planted(next_tag + at, Kind.NEW, self._size()) for at in range(2)]
            found.append(Planted(next_tag + 2, Kind.BACK, self._size()))
            found.append(Planted(next_tag + 3, SPAM[number % 2], self._size()))
            next_tag += 4
            for kind, factor in self._turns(number):
                tag = self._choose(waiting, number)
                found.append(Planted(tag, kind, self._rates[tag], factor))
            plan.append(tuple(found))
        self._before = [one for day in plan for one in day if one.kind is Kind.BACK]
        return plan

    def _turns(self, number: int) -> Iterator[tuple[Kind, float]]:
        yield Kind.RISE, _RISES[number % 4]
        yield Kind.RISE, _RISES[(number + 1 + number // 4 % 3) % 4]
        yield (Kind.FELL, 0.3) if number % 2 else (Kind.GONE, 0.0)

    def _size(self) -> float:
        return float(
            np.exp(self._chance.uniform(np.log(max(8, self.volume / 1000)), np.log(self.volume / 50)))
        )

    def _choose(self, waiting: dict[int, int], number: int) -> int:
        """An established tag that has settled: any size is as likely."""
        free = [tag for tag in self._established if waiting.get(int(tag), 0) <= number]
        weights = 1 / (1 + np.array(free))
        tag = int(self._chance.choice(free, p=weights / weights.sum()))
        waiting[tag] = number + _SETTLING
        return tag

    def _lasting(self, number: int) -> tuple[Planted, ...]:
        """What is left of it: half after a day, a quarter after two; spam and falls end at once."""
        found = [one for one in self._before if number < 12]  # what comes back was there before
        for age in (1, 2):
            for one in self._plan[number - age] if number >= LEARNT + age else ():
                if one.kind in (Kind.NEW, Kind.BACK):
                    found.append(replace(one, size=one.size / 2**age))
                elif one.kind is Kind.RISE:
                    found.append(replace(one, factor=1 + (one.factor - 1) / 2**age))
        return tuple(found)

    def _unsure(self, number: int) -> frozenset[int]:
        recent = self._plan[max(LEARNT, number - _SETTLING + 1) : number] if number > LEARNT else []
        return frozenset(one.tag for day in recent for one in day)


def _own_days(chance: np.random.Generator) -> Floats:
    """A rhythm with one day that has three times as much as the others, any of the seven."""
    rhythm = np.full((DRAWN, 7), 7 / 9)
    rhythm[np.arange(DRAWN), chance.integers(7, size=DRAWN)] = 7 / 3
    return rhythm


def _columns(rows: list[tuple[int, int, int, int]]) -> tuple[Wholes, Wholes, Wholes, Wholes]:
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]
