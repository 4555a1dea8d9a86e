"""What "trending" means: how far a hashtag's day is from what its own history lets expect."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from math import exp, log, sqrt

from report.changes import REAL_FROM_Z, compare
from report.engine import Row
from report.values import Change

DAY_MINUTES = 1440
NEW_AFTER_DAYS = 7
"""So many observed days must be known before a hashtag is called new: before that all are."""

BACK_AFTER_DAYS = 7
"""A hashtag that was not seen on so many observed days, and is, is back."""

FROM_ONE_AUTHOR = 0.5
"""From this share of the tweets on, a hashtag is one author's affair."""

TWEET_A_MINUTE = 1440
"""Tweets a day for which the floor is given."""


@dataclass(frozen=True)
class Parameters:
    """What the scores depend on. `half_life_days`: after so long, a day weighs half; `floor`: tweets a day,
    of 1,440, a hashtag comes to without being anything; support: what it needs at least to be called
    anything.
    """

    half_life_days: float = 7.0
    floor: float = 2.0
    least_tweets: int = 5
    least_authors: int = 3

    @property
    def kept(self) -> float:
        """How much of a day's weight is left a day later."""
        return exp(log(0.5) / self.half_life_days)

    def background(self, tweets: int) -> float:
        """Return how many tweets a hashtag may come to by accident on a day of so many tweets.

        Sizes of hashtags have a heavy tail, so that the largest of n that mean nothing grows as a power of
        n; two thirds held from 1,440 tweets to a million (docs/decisions/trending.md).
        """
        return self.floor * float(max(1.0, tweets / TWEET_A_MINUTE) ** (2 / 3))


@dataclass(frozen=True)
class Training:
    """Which days an estimate comes from: closed days of a zone, `observed` of them with any tweet.

    `weight` is the sum of the days' weights: a day's is its observed share, halved each half-life.
    """

    first: date
    last: date
    observed: int
    weight: float

    def after(self, day: date, observed_minutes: int, kept: float) -> "Training":
        """Return the training that has one day more."""
        share = observed_minutes / DAY_MINUTES
        return Training(self.first, day, self.observed + bool(observed_minutes), self.weight * kept + share)


def step(before: Training | None, observed_minutes: int, kept: float) -> float:
    """Return how far estimates move towards a day's value: its share of all weight, 0 to 1.

    A wholly observed day in a long history gives SigniTrend's 1 - exp(ln 0.5 / half-life); in a short
    history a day weighs more, so that the first estimate is the first day; an unobserved day nothing.
    """
    share = observed_minutes / DAY_MINUTES
    weight = (before.weight * kept if before else 0.0) + share
    return share / weight if weight else 0.0


class Label(Enum):
    """What became of a hashtag, in the words a reader sees; `UNKNOWN` where too little is known."""

    NEW = "new"
    BACK = "back"
    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    GONE = "gone"
    UNKNOWN = ""


@dataclass(frozen=True)
class Memory:
    """What was known of a hashtag before the day. Days are the zone's.

    `days_unseen`: observed days since it was last seen; places count from 1; "top" is the top ten.
    """

    rate: float
    variance: float
    first_day: date
    last_day: date
    days_seen: int
    days_unseen: int
    days_in_top: int
    last_in_top: date | None
    best_place: int | None
    best_day: date | None

    @property
    def is_away(self) -> bool:
        """Whether it was away for so long that nothing is expected of it any more."""
        return self.days_unseen >= BACK_AFTER_DAYS


@dataclass(frozen=True)
class Trend:
    """A hashtag of the day against its history. `score` is in spreads, see `score_of`; None: no history."""

    key: str
    tag: str
    place: int | None
    tweets: int
    authors: int
    busiest: int
    place_before: int | None
    change: Change
    expected: float
    score: float | None
    label: Label
    memory: Memory | None

    @property
    def is_from_one_author(self) -> bool:
        """Whether half of the tweets or more are one author's."""
        return self.tweets > 1 and self.busiest >= FROM_ONE_AUTHOR * self.tweets

    @property
    def words(self) -> str:
        """The label as it is shown: of one that is back, for how long it was away."""
        if self.label is Label.BACK and self.memory:
            return f"back after {self.memory.days_unseen} days"
        return self.label.value


@dataclass(frozen=True)
class Judge:
    """Judges a day of so many `tweets`: its observed minutes, those of the day before, and what was known."""

    parameters: Parameters
    training: Training | None
    tweets: int
    minutes: int
    minutes_before: int
    is_open: bool = False

    def trends(self, rows: Iterable[Row]) -> tuple[Trend, ...]:
        """Return the trends of the rows of `candidates.sql`, in their order."""
        return tuple(self._trend(row) for row in rows)

    def _trend(self, row: Row) -> Trend:
        memory = _memory(row)
        expected = None if memory is None or memory.is_away else memory
        score = self._score(row["tweets"], expected)
        return Trend(
            key=row["key"],
            tag=row["tag"],
            place=row["place"],
            tweets=row["tweets"],
            authors=row["authors"],
            busiest=row["busiest"],
            place_before=row["place_before"],
            change=compare(row["tweets_before"], self.minutes_before, row["tweets"], self.minutes),
            expected=expected.rate * self.minutes / DAY_MINUTES if expected else 0.0,
            score=score,
            label=self._label(row["tweets"], row["authors"], score, memory),
            memory=memory,
        )

    def _score(self, tweets: int, memory: Memory | None) -> float | None:
        if self.training is None or not self.training.weight or not self.minutes:
            return None
        rate, variance = (memory.rate, memory.variance) if memory else (0.0, 0.0)
        share = self.minutes / DAY_MINUTES
        is_less = tweets < rate * share
        floor = self.parameters.floor if is_less else self.parameters.background(self.tweets)
        return score_of(tweets, rate * share, variance * share**2, self.training.weight, floor)

    def _label(self, tweets: int, authors: int, score: float | None, memory: Memory | None) -> Label:
        if self.training is None or score is None:
            return Label.UNKNOWN
        if score <= -REAL_FROM_Z and not self.is_open:  # the evening is yet to come
            return Label.FALLING if tweets else Label.GONE
        if tweets < self.parameters.least_tweets or authors < self.parameters.least_authors:
            return Label.STEADY if memory else Label.UNKNOWN
        if memory is None and self.training.observed >= NEW_AFTER_DAYS:
            return Label.NEW
        if memory and memory.is_away:
            return Label.BACK
        if score >= REAL_FROM_Z:
            return Label.RISING
        return Label.STEADY if memory else Label.UNKNOWN


def score_of(tweets: int, expected: float, variance: float, weight: float, floor: float) -> float:
    """Return how many spreads a count is from what was expected.

    SigniTrend's (x - max(EWMA, floor)) / (sqrt(EWMVar) + floor), Schubert, Weiler and Kriegel, KDD 2014
    (doi 10.1145/2623330.2623740), with three additions: the variance is at least Poisson's; both grow
    where the estimate itself rests on few days (`weight`, in days); and a fall is measured too, from what
    was expected, however little that was. What is more than expected but less than the floor is nothing.
    """
    spread = (sqrt(max(variance, expected)) + floor) * sqrt(1 + 1 / weight)
    if tweets < expected:
        return (tweets - expected) / spread
    return max(0.0, tweets - max(expected, floor)) / spread


def rising(trends: Iterable[Trend], most: int) -> tuple[Trend, ...]:
    """Return what rose, is new or back beyond chance, less what one author made: by score, then place."""
    up = (Label.NEW, Label.BACK, Label.RISING)
    real = (one for one in trends if one.label in up and (one.score or 0) >= REAL_FROM_Z)
    found = [one for one in real if not one.is_from_one_author]
    return tuple(sorted(found, key=lambda one: (-(one.score or 0), one.place or 0, one.key))[:most])


def falling(trends: Iterable[Trend], most: int) -> tuple[Trend, ...]:
    """Return what fell or is gone: by score, the lowest first, then by key."""
    found = [one for one in trends if one.label in (Label.FALLING, Label.GONE)]
    return tuple(sorted(found, key=lambda one: (one.score or 0, one.key))[:most])


def _memory(row: Row) -> Memory | None:
    if row["rate"] is None:
        return None
    return Memory(**{name: row[name] for name in Memory.__dataclass_fields__})
