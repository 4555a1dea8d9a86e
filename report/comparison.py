"""Each hashtag of a day beside itself the day before."""

from collections.abc import Mapping
from dataclasses import dataclass

from report.changes import compare, rate_difference
from report.counts import DayCounts, TagCount
from report.values import Change


@dataclass(frozen=True)
class Compared:
    """A hashtag of the day beside the same one of the day before; `score` is z, see `rate_difference`."""

    rank: int
    tag: TagCount
    rank_before: int | None
    change: Change
    score: float


def compare_tags(counts: DayCounts, before: DayCounts) -> tuple[Compared, ...]:
    """Return each hashtag of the day, by rank, beside its count of the day before."""
    earlier = {tag.key: (place, tag) for place, tag in enumerate(before.tags, 1)}
    return tuple(_compared(rank, tag, counts, before, earlier) for rank, tag in enumerate(counts.tags, 1))


def _compared(
    rank: int,
    tag: TagCount,
    counts: DayCounts,
    before: DayCounts,
    earlier: Mapping[str, tuple[int, TagCount]],
) -> Compared:
    place, old = earlier.get(tag.key, (None, None))
    minutes, minutes_before = counts.totals.observed_minutes, before.totals.observed_minutes
    tweets_before = old.tweets if old else 0
    change = compare(tweets_before, minutes_before, tag.tweets, minutes)
    score = rate_difference(tweets_before, tag.tweets, minutes / minutes_before) if minutes_before else 0.0
    return Compared(rank, tag, place, change, score)
