"""Histories of hashtags for tests, and counted days to make them from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256

from report.hashtag_histories import (
    GatheredDay,
    HashtagHistory,
    Known,
    Lately,
    MuchUsed,
    Observed,
    Use,
)
from report.places import counted_day, known_day
from report.storage import Storage
from report.tweets.hashtags import fold

LAST = date(2026, 11, 20)
_NEVER_WRITTEN = Lately()


def ago(days: int) -> date:
    """Return the day so many days before `LAST`."""
    return LAST - timedelta(days=days)


def a_gathered_day(
    day: date = LAST, lately: Lately = _NEVER_WRITTEN, minutes: int = 1440, /, **tweets: int
) -> GatheredDay:
    """Return a counted day with these hashtags, the first with the most; all share `lately`."""
    found = sorted(tweets.items(), key=lambda one: (-one[1], one[0]))
    hashtags = tuple(
        MuchUsed(fold(tag), tag, Use(day, count, max(count // 2, 1), place), lately)
        for place, (tag, count) in enumerate(found, 1)
    )
    return GatheredDay(day, Observed(minutes, 1440), hashtags)


def a_history(*uses: Use, tag: str = "Budget", **lately: tuple[tuple[str, int], ...]) -> HashtagHistory:
    """Return a hashtag's history; without uses, of the last two days."""
    uses = uses or (Use(ago(1), 12, 10, 14), Use(LAST, 1412, 903, 1))
    best = min(uses, key=lambda use: (use.place, use.day))
    in_top = sum(use.place <= 10 for use in uses)
    known = Known(tag, uses[0].day, best.place, best.day, in_top)
    return HashtagHistory(known, uses, Lately(**lately))


def observed_days(days: int, **unobserved: int) -> dict[date, Observed]:
    """Return so many whole days up to `LAST`; `d3=0` says that 0 minutes were seen three days before."""
    minutes = {ago(int(name[1:])): seen for name, seen in unobserved.items()}
    return {ago(back): Observed(minutes.get(ago(back), 1440), 1440) for back in range(days)}


@dataclass
class MadeUpCounts:
    """A `Counts` over tweets by day and hashtag; what is known follows from all days, as in earnest."""

    storage: Storage
    zone: str = "UTC"
    days: dict[date, Mapping[str, int]] = field(default_factory=dict)
    gathered: list[date] = field(default_factory=list)

    def count(self, day: date, tweets: Mapping[str, int]) -> None:
        """Count a day, or count it anew; what is known changes with it."""
        self.days[day] = tweets
        body = json.dumps([day.isoformat(), dict(tweets)]).encode()
        self.storage.put(counted_day(self.zone, day), body)
        name, digest = known_day(self.zone, max(self.days)), self._state()
        said = {"key": f"{name}-{digest}.parquet", "sha256": digest, "size": 0, "facts": {}}
        self.storage.put(f"{name}.json", json.dumps(said).encode())

    def gather(self, day: date) -> GatheredDay:
        self.gathered.append(day)
        minutes = 1440 if self.days[day] else 0
        spelt = Lately((("x", 1),), (("y", 2),))
        return a_gathered_day(day, spelt, minutes, **self.days[day])

    def known(self, day: date) -> dict[str, Known]:
        found: dict[str, Known] = {}
        for one in sorted(known for known in self.days if known <= day):
            for hashtag in a_gathered_day(one, **self.days[one]).hashtags:
                before = found.get(hashtag.key)
                first = before.first_day if before else one
                found[hashtag.key] = Known(hashtag.tag.upper(), first, 1000, first, 0)
        return found

    def _state(self) -> str:
        said = [[day.isoformat(), sorted(self.days[day].items())] for day in sorted(self.days)]
        return sha256(json.dumps(said).encode()).hexdigest()
