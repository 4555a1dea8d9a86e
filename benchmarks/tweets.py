"""Streams of tweets to count: lines of every shape, or one plain tweet after the other.

All times are UTC; the same seed gives the same bytes.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from benchmarks.shapes import Shapes
from benchmarks.words import Words

DAY = date(2026, 11, 20)
# Of a hundred lines. A notice is short; every other line is about 2.5 to 4 KB.
SHARES = {"plain": 47, "extended": 15, "retweet": 25, "v2": 8, "notice": 4, "repeat": 1}
_REMEMBERED = 50  # a line comes again soon or never
_WEIGHTS = list(accumulate(SHARES.values()))


def lines(
    words: Words, start: datetime, length: timedelta, count: int, seed: str
) -> Iterator[tuple[str, str]]:
    """Yield (which of `SHARES`, JSON) for `count` lines spread over the time from `start` on."""
    chance = random.Random(seed)  # noqa: S311 no secret
    shapes = Shapes(words, chance)
    lately: list[str] = []
    for number, kind in enumerate(chance.choices(list(SHARES), cum_weights=_WEIGHTS, k=count)):
        if kind == "repeat" and lately:
            yield kind, chance.choice(lately)
            continue
        kind = "plain" if kind == "repeat" else kind
        line = getattr(shapes, kind)(start + length * number / count, number)
        if kind != "notice":
            lately = [*lately[1 - _REMEMBERED :], line]
        yield kind, line


def day_of_tweets(day: date, count: int, seed: int = 1) -> Iterator[tuple[datetime, bytes]]:
    """Yield (when seen, JSON) for `count` plain v1.1 tweets spread over the UTC day, no two alike."""
    chance = random.Random(seed)  # noqa: S311 no secret
    shapes = Shapes(Words(), chance)
    begin = datetime.combine(day, time.min, UTC)
    for number in range(count):
        seen_at = begin + timedelta(seconds=number * 86_400 // count)
        yield seen_at, shapes.plain(seen_at, number).encode()
