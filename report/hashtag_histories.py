"""The histories of hashtags, for their pages: the days on which each was much used, kept in shards.

hashtags/<zone>/days.json          which counted days the shards hold, and the newest day's first hashtags
hashtags/<zone>/<00 to 3f>.json    a share of the hashtags, by the hash of their key

What a shard holds follows from the counted days alone: in whatever order, and however often they are taken
in, it ends in the same bytes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from urllib.parse import quote

from report.tweets.hashtags import fold

SHARDS = 64
KEPT_DAYS = 366
LATELY_DAYS = 7
"""Spellings and companions are those of so many days: the newest."""

ALWAYS, MOST_USED, LEAST_TWEETS = 100, 1000, 2
"""A day of a hashtag is kept if it was among the first 100, or the first 1,000 with two tweets or more."""

TOP = 10
_SHOWN = 5

Counted = tuple[tuple[str, int], ...]
"""Names and their tweets, most first."""


@dataclass(frozen=True)
class Use:
    """A hashtag's day: its tweets, their authors, and its place among the day's hashtags, from 1."""

    day: date
    tweets: int
    authors: int
    place: int


@dataclass(frozen=True)
class Observed:
    """How many minutes of a counted day were observed, and how many it had."""

    minutes: int
    expected: int


@dataclass(frozen=True)
class Lately:
    """How a hashtag was written in the newest days, and which others stood in the same tweets."""

    spellings: Counted = ()
    companions: Counted = ()


@dataclass(frozen=True)
class Known:
    """What is known of a hashtag from all days: its usual spelling, and the best it came to."""

    tag: str
    first_day: date
    best_place: int
    best_day: date
    days_in_top: int


@dataclass(frozen=True)
class MuchUsed:
    """A hashtag of a counted day that is kept."""

    key: str
    tag: str
    use: Use
    lately: Lately


@dataclass(frozen=True)
class GatheredDay:
    """A counted day, as the shards need it."""

    day: date
    observed: Observed
    hashtags: tuple[MuchUsed, ...]


@dataclass(frozen=True)
class HashtagHistory:
    """All that is kept of a hashtag; `uses` are its days, oldest first, one at least."""

    known: Known
    uses: tuple[Use, ...]
    lately: Lately = Lately()


@dataclass(frozen=True)
class Shard:
    """A share of the hashtags by their key, and which counted days are in it."""

    retweets: bool
    observed: Mapping[date, Observed] = field(default_factory=dict)
    hashtags: Mapping[str, HashtagHistory] = field(default_factory=dict)


@dataclass(frozen=True)
class Newest:
    """What is told of the newest days beside them: `since` is the first day that is kept."""

    since: date
    lately: Mapping[str, Lately]
    known: Mapping[str, Known]


@dataclass(frozen=True)
class Index:
    """Which counts, by etag, and which `state` are in all shards; `newest` is the top of the last day."""

    retweets: bool
    days: Mapping[date, str] = field(default_factory=dict)
    state: str = ""
    newest: Counted = ()


def page_of(tag: str) -> str:
    """Return the path of a hashtag's page: one for all of its spellings."""
    return f"/tags/{quote(fold(tag), safe='')}"


def link_to(tag: str) -> str:
    """Return the path of a hashtag's page; "" where no address can say it, since others may send anything."""
    key = fold(tag)
    is_said = key == key.strip().lstrip("#＃") and key not in ("", ".", "..") and not key.endswith(".json")
    return page_of(tag) if is_said else ""


def shard_of(key: str) -> int:
    """Return the number of the shard a key belongs to."""
    return sha256(key.encode("utf-8", "surrogatepass")).digest()[0] % SHARDS


def first_kept(newest: date) -> date:
    """Return the first day that is kept when `newest` is the last."""
    return newest - timedelta(days=KEPT_DAYS - 1)


def split(days: Iterable[GatheredDay]) -> list[list[GatheredDay]]:
    """Return, for each shard by its number, the days with the hashtags that belong to it."""
    shares: list[list[GatheredDay]] = [[] for _ in range(SHARDS)]
    for one in days:
        by_shard: dict[int, list[MuchUsed]] = defaultdict(list)
        for hashtag in one.hashtags:
            by_shard[shard_of(hashtag.key)].append(hashtag)
        for number, share in enumerate(shares):
            share.append(GatheredDay(one.day, one.observed, tuple(by_shard[number])))
    return shares


def sum_lately(days: Iterable[GatheredDay]) -> dict[str, Lately]:
    """Return the spellings and companions of the days together, a few of each, by key.

    A companion is named as on the last day it was one.
    """
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    companions: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for one in sorted(days, key=lambda day: day.day):
        for hashtag in one.hashtags:
            spellings[hashtag.key].update(dict(hashtag.lately.spellings))
            for name, tweets in hashtag.lately.companions:
                companions[hashtag.key][fold(name)] += tweets
                names[fold(name)] = name
    return {
        key: Lately(
            _most(spellings[key]), tuple((names[other], tweets) for other, tweets in _most(companions[key]))
        )
        for key in spellings
    }


def merge(shard: Shard, days: Iterable[GatheredDay], newest: Newest) -> Shard:
    """Return the shard with these days in the place of what it knew of them.

    `days` hold this shard's hashtags only; what is older than `newest.since` is left out.
    """
    fresh = {one.day: one for one in days if one.day >= newest.since}
    kept = {day: seen for day, seen in shard.observed.items() if day >= newest.since}
    uses: dict[str, list[Use]] = defaultdict(list)
    for key, history in shard.hashtags.items():
        uses[key] += (use for use in history.uses if use.day >= newest.since and use.day not in fresh)
    for one in fresh.values():
        for hashtag in one.hashtags:
            uses[hashtag.key].append(hashtag.use)
    return Shard(
        shard.retweets,
        kept | {day: one.observed for day, one in fresh.items()},
        {key: _history(key, found, newest) for key, found in uses.items() if found},
    )


def _history(key: str, uses: list[Use], newest: Newest) -> HashtagHistory:
    ordered = tuple(sorted(uses, key=lambda use: use.day))
    known = _remembered(key, ordered, newest.known.get(key))
    return HashtagHistory(known, ordered, newest.lately.get(key, Lately()))


def _remembered(key: str, uses: tuple[Use, ...], known: Known | None) -> Known:
    """What is known, or what the kept days show where that is more: long after, a hashtag is forgotten."""
    best = min(uses, key=lambda use: (use.place, use.day))
    in_top = sum(use.place <= TOP for use in uses)
    if known is None:
        return Known(key, uses[0].day, best.place, best.day, in_top)
    place, day = min((known.best_place, known.best_day), (best.place, best.day))
    first = min(known.first_day, uses[0].day)
    return Known(known.tag, first, place, day, max(known.days_in_top, in_top))


def _most(counted: Counter[str]) -> Counted:
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN])
