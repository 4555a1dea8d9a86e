"""The day counted by msgspec: narrow structs, file by file, in as many processes as there are cores."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.answers import day_answer
from benchmarks.corpus import HOURS, raw_files


class _Tag(msgspec.Struct):
    text: str = ""
    tag: str = ""


class _Entities(msgspec.Struct):
    hashtags: list[_Tag] = []


class _Long(msgspec.Struct):
    entities: _Entities | None = None


class _Original(msgspec.Struct):
    entities: _Entities | None = None
    extended_tweet: _Long | None = None


class _User(msgspec.Struct):
    id_str: str


class _Reference(msgspec.Struct):
    type: str
    id: str


class _V2(msgspec.Struct):
    id: str
    created_at: str
    lang: str
    author_id: str
    entities: _Entities | None = None
    referenced_tweets: list[_Reference] = []


class _Included(msgspec.Struct):
    id: str
    entities: _Entities | None = None


class _Includes(msgspec.Struct):
    tweets: list[_Included] = []


class _Line(msgspec.Struct):
    id_str: str | None = None
    created_at: str = ""
    lang: str = ""
    user: _User | None = None
    entities: _Entities | None = None
    extended_tweet: _Long | None = None
    retweeted_status: _Original | None = None
    data: _V2 | None = None
    includes: _Includes | None = None


@dataclass
class _Counts:
    """What a file came to, or all files together."""

    totals: Counter[str] = field(default_factory=Counter)
    hours: Counter[str] = field(default_factory=Counter)
    minutes: set[str] = field(default_factory=set)
    languages: Counter[str] = field(default_factory=Counter)
    authors: set[str] = field(default_factory=set)
    tags: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, other: "_Counts") -> None:
        self.totals.update(other.totals)
        self.hours.update(other.hours)
        self.minutes |= other.minutes
        self.languages.update(other.languages)
        self.authors |= other.authors
        for tag, authors in other.tags.items():
            self.tags[tag].update(authors)


def count(folder: Path) -> dict[str, Any]:
    """Count the day; a tweet that comes twice comes within one file, for files are hours."""
    counts = _Counts()
    with ProcessPoolExecutor() as pool:
        for part in pool.map(_count_file, raw_files(folder)):
            counts.add(part)
    return day_answer(
        totals={**counts.totals, "authors": len(counts.authors), "minutes": len(counts.minutes)},
        hours=[counts.hours[f"{hour:02}"] for hour in range(HOURS)],
        languages=counts.languages,
        tags=[(tag, a.total(), len(a), max(a.values())) for tag, a in counts.tags.items()],
    )


def _count_file(path: Path) -> _Counts:
    decode = msgspec.json.Decoder(_Line).decode
    counts, seen = _Counts(), set[str]()
    with path.open("rb") as file:
        for line in map(decode, file):
            tweet_id = line.data.id if line.data else line.id_str
            if tweet_id is None:
                counts.totals["notices"] += 1
            elif tweet_id in seen:
                counts.totals["duplicates"] += 1
            else:
                seen.add(tweet_id)
                _count_tweet(line, counts)
    return counts


def _count_tweet(line: _Line, counts: _Counts) -> None:
    tweet = line.data or line
    author = line.data.author_id if line.data else line.user.id_str if line.user else ""
    is_retweet = bool(line.retweeted_status or (line.data and line.data.referenced_tweets))
    counts.totals["tweets"] += 1
    counts.totals["retweets"] += is_retweet
    counts.hours[tweet.created_at[11:13]] += 1  # both APIs have the hour in this place
    counts.minutes.add(tweet.created_at[11:16])
    counts.languages[tweet.lang] += 1
    counts.authors.add(author)
    for key in {_folded(tag.text or tag.tag) for tag in _tags(line)}:
        counts.tags[key][author] += 1


def _tags(line: _Line) -> Iterable[_Tag]:
    if line.data:
        wanted = [reference.id for reference in line.data.referenced_tweets if reference.type == "retweeted"]
        included = line.includes.tweets if line.includes else []
        found = next((tweet for tweet in included if wanted and tweet.id == wanted[0]), line.data)
        entities = found.entities
    else:
        source = line.retweeted_status or line
        longer = source.extended_tweet
        entities = longer.entities if longer and longer.entities else source.entities
    return entities.hashtags if entities else ()


@cache
def _folded(spelling: str) -> str:
    from report.tweets.hashtags import fold

    return fold(spelling)
