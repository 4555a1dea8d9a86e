"""A day's counts: what the engine's answers say, as values."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from report.engine import Answers, Row
from report.tweets.hashtags import fold, is_sound
from report.values import Period

_PAIR, _BETWEEN = "\x1f", "\x1e"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True)
class CountingRules:
    """What is counted. Stated on every report, since it changes the answer."""

    retweets: bool = True

    @property
    def parameter(self) -> str:
        """The value of a question's parameter `retweets`."""
        return "with" if self.retweets else "without"


@dataclass(frozen=True)
class Totals:
    """What was seen in a period. `counted` and `authors` follow the counting rules, the rest does not."""

    tweets: int
    retweets: int
    counted: int
    authors: int
    duplicates: int
    notices: Mapping[str, int]
    refused: int
    observed_minutes: int
    expected_minutes: int

    @property
    def observed_share(self) -> float:
        """Observed minutes of expected ones, 0 to 1."""
        return self.observed_minutes / self.expected_minutes if self.expected_minutes else 0.0


@dataclass(frozen=True)
class TagCount:
    """One hashtag, its spellings taken together: `key` is what they fold to, `tag` the most used one.

    `busiest` is how many of the tweets are from one author, the one with most.
    """

    key: str
    tag: str
    tweets: int
    authors: int
    busiest: int
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class HourCount:
    """One hour of the report's zone. `expected_minutes` is less than 60 where the period ends within it."""

    start: datetime
    tweets: int
    observed_minutes: int
    expected_minutes: int


@dataclass(frozen=True)
class DayCounts:
    """All that is counted in a period; tags and languages come with the most used first."""

    period: Period
    rules: CountingRules
    totals: Totals
    tags: tuple[TagCount, ...]
    hours: tuple[HourCount, ...]
    languages: tuple[tuple[str, int], ...]


def count_day(questions: Answers, period: Period, rules: CountingRules) -> DayCounts:
    """Return the counts of a period from its tweets; raise `EngineError`."""
    return replace(count_all_but_tags(questions, period, rules), tags=_tags(questions, rules))


def count_all_but_tags(questions: Answers, period: Period, rules: CountingRules) -> DayCounts:
    """Return the counts of a period without its hashtags, from its tweets or from its `Facts`."""
    retweets = {"retweets": rules.parameter}
    return DayCounts(
        period=period,
        rules=rules,
        totals=_totals(questions.ask("tweet_count", retweets)[0], questions.ask("document_count"), period),
        tags=(),
        hours=_hours(questions.ask("hours", retweets), period),
        languages=languages_of(questions.ask("languages", retweets)),
    )


def name_spellings(spellings: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield (spelling, hashtag, key) for each sound spelling of those given, the most used first.

    A hashtag is its most used spelling, retweets looked at whatever is counted: so it has one name.
    """
    tags: dict[str, str] = {}
    for spelling in filter(is_sound, spellings):
        key = fold(spelling)
        yield spelling, tags.setdefault(key, spelling), key


def folding_from(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the parameter `folding` that says which spelling goes to which hashtag."""
    return _folding(pairs)


def _tags(questions: Answers, rules: CountingRules) -> tuple[TagCount, ...]:
    """Fold the distinct spellings, which are few, and have the engine count by the folding."""
    groups = _groups(questions, rules)
    by_tag = {group[0]: (key, tuple(group)) for key, group in groups.items()}
    folding = _folding((other, tag) for tag, (_, group) in by_tag.items() for other in group[1:])
    rows = questions.ask("hashtags", {"folding": folding, "retweets": rules.parameter})
    return tuple(_tag_count(row, *by_tag[row["tag"]]) for row in rows if row["tag"] in by_tag)


def _groups(questions: Answers, rules: CountingRules) -> dict[str, list[str]]:
    """The spellings of each hashtag by its key, the most used first."""
    groups: dict[str, list[str]] = {}
    for row in questions.ask("spellings", {"retweets": rules.parameter}):
        if is_sound(row["spelling"]):
            groups.setdefault(fold(row["spelling"]), []).append(row["spelling"])
    return groups


def _tag_count(row: Row, key: str, spellings: tuple[str, ...]) -> TagCount:
    return TagCount(key, row["tag"], row["tweets"], row["authors"], row["busiest"], spellings)


def _folding(pairs: Iterable[tuple[str, str]]) -> str:
    return _BETWEEN.join(f"{spelling}{_PAIR}{tag}" for spelling, tag in pairs)


def _hours(quarters: Iterable[Row], period: Period) -> tuple[HourCount, ...]:
    """Gather quarters into the zone's own hours; where the clock is put back an hour comes twice."""
    seen = {row["quarter"]: row for row in quarters}
    hours = []
    start = period.window.start
    while start < period.window.end:
        end = start + timedelta(minutes=60 - start.astimezone(period.zone).minute)  # clocks may move by half
        inside = [row for quarter, row in seen.items() if start <= quarter < end]
        hours.append(
            HourCount(
                start=start.astimezone(period.zone),
                tweets=sum(row["tweets"] for row in inside),
                observed_minutes=sum(row["observed_minutes"] for row in inside),
                expected_minutes=int((min(end, period.window.end) - start).total_seconds() // 60),
            )
        )
        start = end
    return tuple(hours)


def folding_of(questions: Answers, rules: CountingRules, hashtag: str = "") -> str:
    """Return the parameter `folding`: every spelling of `hashtag`, or, without one, all there is to fold."""
    groups = _groups(questions, rules)
    if hashtag:
        chosen = groups.get(fold(hashtag.removeprefix("#")), [])
        return _folding((spelling, chosen[0]) for spelling in chosen)
    return _folding((other, group[0]) for group in groups.values() for other in group[1:])


def languages_of(rows: Iterable[Row]) -> tuple[tuple[str, int], ...]:
    """Tweets by code, most first; what is no code, "und" for Twitter, is as good as none."""
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row["lang"] if _LANGUAGE.fullmatch(row["lang"]) else "und"] += row["tweets"]
    return tuple(sorted(counted.items(), key=lambda found: (-found[1], found[0])))


def _totals(row: Row, documents: Iterable[Row], period: Period) -> Totals:
    by_kind: dict[str, int] = {}
    notices: dict[str, int] = {}
    for document in documents:
        by_kind[document["kind"]] = by_kind.get(document["kind"], 0) + document["documents"]
        if document["kind"] == "notice":
            notices[document["notice_kind"]] = document["documents"]
    return Totals(
        tweets=row["tweets"],
        retweets=row["retweets"],
        counted=row["counted"],
        authors=row["authors"],
        duplicates=by_kind.get("tweet", 0) - row["tweets"],
        notices=notices,
        refused=by_kind.get("refused", 0),
        observed_minutes=row["observed_minutes"],
        expected_minutes=period.window.minutes,
    )
