"""Rules for the tweets that benchmarks count: the same every time, and of every shape."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from benchmarks.tweets import DAY, SHARES, day_of_tweets, lines
from benchmarks.words import Words
from report.tweets.parse import parse
from report.tweets.shapes import Notice

COUNT = 1_000
START = datetime(2026, 11, 20, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)

Made = list[tuple[str, str]]


@pytest.fixture(scope="module")
def words() -> Words:
    """Return the words all tweets are made of."""
    return Words()


@pytest.fixture(scope="module")
def made(words: Words) -> Made:
    """Return an hour of lines."""
    return list(lines(words, START, HOUR, COUNT, "seed"))


def test_a_seed_gives_the_same_lines_again(words: Words, made: Made) -> None:
    """What is measured today is what was measured yesterday."""
    assert list(islice(lines(words, START, HOUR, COUNT, "seed"), 100)) == made[:100]
    assert list(islice(lines(words, START, HOUR, COUNT, "other"), 100)) != made[:100]


@pytest.mark.parametrize("kind", SHARES)
def test_each_shape_has_its_share(made: Made, kind: str) -> None:
    """Of a hundred lines as many are of a shape as `SHARES` says, give or take what chance does."""
    share = 100 * Counter(name for name, _ in made)[kind] / COUNT

    assert SHARES[kind] * 0.5 < share < SHARES[kind] * 1.5


def test_tweets_are_as_large_as_genuine_ones(made: Made) -> None:
    """Lines are three kilobytes on average, and no tweet is small."""
    sizes = [len(line.encode()) for kind, line in made]
    tweets = [size for size, (kind, _) in zip(sizes, made, strict=True) if kind != "notice"]

    assert 2_900 < sum(sizes) / COUNT < 3_500
    assert min(tweets) > 1_900


def test_a_repeat_is_a_tweet_that_came_before(made: Made) -> None:
    """Only repeats share an id with an earlier line, and each of them does."""
    seen: set[str] = set()
    for kind, line in made:
        found = parse(json.loads(line))
        if not isinstance(found, Notice):
            assert (found.id in seen) == (kind == "repeat")
            seen.add(found.id)


def test_what_stands_on_top_is_not_what_counts(made: Made) -> None:
    """Among extended tweets, retweets and v2 answers are such as are counted wrongly without the rules."""
    wrong = {kind for kind, line in made if _on_top(json.loads(line)) != _rightly(json.loads(line))}

    assert wrong >= {"extended", "retweet", "v2"}
    assert "plain" not in wrong


def test_all_is_seen_within_its_time(made: Made) -> None:
    """Every tweet was written in the hour it is made for."""
    found = [parse(json.loads(line)) for _, line in made]

    assert {START <= tweet.seen_at < START + HOUR for tweet in found if not isinstance(tweet, Notice)} == {
        True
    }


def test_a_day_of_plain_tweets_has_no_repeats() -> None:
    """Plain tweets are for ways that know no rules: each counts once, by what stands on top."""
    found = [(seen_at, parse(json.loads(body))) for seen_at, body in day_of_tweets(DAY, 50)]

    assert len({tweet.id for _, tweet in found if not isinstance(tweet, Notice)}) == 50
    assert [seen_at.date() for seen_at, _ in found] == [DAY] * 50


def _on_top(document: Any) -> tuple[str, ...]:
    """The hashtags somebody finds who knows both APIs, and no more."""
    hashtags = document.get("data", document).get("entities", {}).get("hashtags", [])
    return tuple(dict.fromkeys(hashtag.get("text") or hashtag["tag"] for hashtag in hashtags))


def _rightly(document: object) -> tuple[str, ...]:
    found = parse(document)
    return () if isinstance(found, Notice) else found.hashtags
