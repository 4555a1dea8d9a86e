"""Rules for the demo's made-up tweets."""

import hashlib
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any

import pytest

from collector.demo.hours import Seen, demo_tweet, hour_documents
from collector.demo.plan import day_plan
from collector.demo.writing import demo_window, packed
from report.errors import BadTweet
from report.tweets.shapes import TweetDocument, recognise

SEED = 1
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@cache
def day_documents(day: date) -> list[Seen]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return list(
        chain.from_iterable(hour_documents(SEED, midnight + timedelta(hours=hour)) for hour in range(24))
    )


@pytest.fixture(scope="module")
def today() -> list[Seen]:
    return day_documents(DAY)


@pytest.fixture(scope="module")
def yesterday() -> list[Seen]:
    return day_documents(DAY - timedelta(days=1))


def told(document: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a tweet that holds its own words: the original of a retweet."""
    if "data" in document:
        retweets = [
            ref for ref in document["data"].get("referenced_tweets", []) if ref["type"] == "retweeted"
        ]
        part: dict[str, Any] = document["includes"]["tweets"][0] if retweets else document["data"]
        return part
    status = document.get("retweeted_status", document)
    return {**status, **status.get("extended_tweet", {})}


def tags(document: dict[str, Any]) -> list[str]:
    entities = told(document).get("entities", {}).get("hashtags", [])
    return [entity.get("tag") or entity["text"] for entity in entities]


def tweets(documents: list[Seen]) -> list[dict[str, Any]]:
    return [json.loads(document.line) for document in documents if document.is_tweet]


def uses(documents: list[Seen]) -> Counter[str]:
    return Counter(tag.casefold() for tweet in tweets(documents) for tag in tags(tweet))


def author_of(document: dict[str, Any]) -> str:
    name: str = document["data"]["author_id"] if "data" in document else document["user"]["id_str"]
    return name


def test_same_seed_and_hour_give_the_same_bytes() -> None:
    """The demo is the same on every machine and every version of Python."""
    lines = b"\n".join(document.line for document in hour_documents(SEED, NOON))

    assert hashlib.sha256(lines).hexdigest()[:16] == "7d2e22a7a7a896b3"
    assert packed(hour_documents(SEED, NOON)) == packed(hour_documents(SEED, NOON))


def test_another_seed_is_another_world() -> None:
    """The seed changes every tweet."""
    ours = {document.line for document in hour_documents(SEED, NOON)}

    assert ours.isdisjoint(document.line for document in hour_documents(SEED + 1, NOON))


def test_documents_come_in_the_order_they_were_seen(today: list[Seen]) -> None:
    """What is seen up to a moment is the beginning of what is seen in the whole hour."""
    assert [document.at_ms for document in today] == sorted(document.at_ms for document in today)


def test_every_line_is_one_json_document(today: list[Seen]) -> None:
    """raw/ holds one whole document a line, whatever arrived."""
    assert all(b"\n" not in document.line for document in today)
    assert all(isinstance(json.loads(document.line), dict) for document in today)


def test_documents_are_what_they_seem(today: list[Seen]) -> None:
    """Every tweet is recognised as one of its second, every notice as a notice."""
    found = [(seen, recognise(json.loads(seen.line))) for seen in today if b'{"refused":' not in seen.line]

    assert all(isinstance(document, TweetDocument) == seen.is_tweet for seen, document in found)
    times = [(seen, document.created_at) for seen, document in found if isinstance(document, TweetDocument)]
    assert all(int(created_at.timestamp()) == seen.at_ms // 1000 for seen, created_at in times)


def test_cut_lines_are_refused(today: list[Seen]) -> None:
    """What broke off on its way is kept as a refused document, and is never taken for a tweet."""
    cut = [json.loads(seen.line) for seen in today if b'{"refused":' in seen.line]

    assert cut
    for document in cut:
        with pytest.raises(BadTweet, match="refused by an earlier import"):
            recognise(document)


def test_hashtags_stand_where_entities_say(today: list[Seen]) -> None:
    """Entities point at their hashtag in the text, counted in code points."""
    for tweet in map(told, tweets(today)):
        text = tweet.get("full_text") or tweet["text"]
        for entity in tweet.get("entities", {}).get("hashtags", []):
            start, end = entity.get("indices") or (entity["start"], entity["end"])
            assert text[start:end] == f"#{entity.get('tag') or entity['text']}"


def test_v1_text_is_cut_and_kept_whole_beside(today: list[Seen]) -> None:
    """No v1.1 text is longer than 140; what is cut is whole in `extended_tweet`."""
    shown = [tweet for tweet in tweets(today) if "data" not in tweet]
    extended = [tweet for tweet in shown if tweet["truncated"]]

    assert extended
    assert all(len(tweet["text"]) <= 140 for tweet in shown)
    assert all(len(tweet["extended_tweet"]["full_text"]) > 140 for tweet in extended)


def test_ids_are_unique_but_for_second_deliveries(today: list[Seen]) -> None:
    """An id comes back only with the very same bytes."""
    lines = {document.line for document in today if document.is_tweet}
    ids = {(tweet.get("data") or tweet)["id"] for tweet in tweets(today)}

    assert len(ids) == len(lines) < len(tweets(today))


def test_each_minute_has_a_tweet_but_for_the_gap(today: list[Seen]) -> None:
    """The collector saw every minute of the day, save a gap of some twenty."""
    minutes = {document.at_ms // 60_000 for document in today}
    gap = day_plan(SEED, DAY).gap

    assert len(minutes) == 1440 - gap.minutes
    assert 20 <= gap.minutes <= 30
    assert not any(datetime.fromtimestamp(minute * 60, UTC) in gap for minute in minutes)


def test_one_day_in_fourteen_has_a_long_gap() -> None:
    """Any fourteen days hold one on which the collector rested for hours."""
    gaps = [day_plan(SEED, DAY - timedelta(days=days)).gap.minutes for days in range(14)]

    assert sum(minutes >= 180 for minutes in gaps) == 1


@pytest.mark.parametrize("days_ago", [0, 1, 4])
def test_riser_and_newcomer_rise_and_fall(days_ago: int) -> None:
    """Each day one tag rises many times over, one is new, and the day after both fall."""
    day = DAY - timedelta(days=days_ago)
    before, on, after = (uses(day_documents(day + timedelta(days=step))) for step in (-1, 0, 1))
    plan = day_plan(SEED, day)
    riser, newcomer = plan.riser.casefold(), plan.newcomer.casefold()

    assert on[riser] >= 45
    assert on[riser] >= 5 * before[riser]
    assert on[riser] >= 2.5 * after[riser]
    assert (before[newcomer], on[newcomer] >= 35) == (0, True)
    assert day_plan(SEED, day + timedelta(days=1)).faller == plan.riser


def test_riser_is_the_work_of_many(today: list[Seen]) -> None:
    """A real riser has many authors; the pushed tag beside it has few originals' authors."""
    riser = day_plan(SEED, DAY).riser
    authors = {author_of(tweet) for tweet in tweets(today) if riser in tags(tweet)}

    assert len(authors) >= 30


def test_a_day_has_the_size_and_mix_of_a_real_one(today: list[Seen], yesterday: list[Seen]) -> None:
    """Some two thousand tweets a day in many languages and both shapes, with notices and bad lines."""
    documents = [json.loads(document.line) for document in (*today, *yesterday)]
    kinds = Counter(next(iter(document)) for document in documents)
    languages = {(document.get("data") or document).get("lang") for document in documents} - {None}

    assert 4000 <= sum(document.is_tweet for document in (*today, *yesterday)) <= 5200
    assert len(languages) == 14
    assert min(kinds[kind] for kind in ("created_at", "data", "delete", "limit", "refused")) >= 1
    assert 0.08 < kinds["delete"] / len(documents) < 0.18


def test_spellings_and_scripts_vary(today: list[Seen]) -> None:
    """Some tags come in several spellings, and eight scripts are met."""
    spelled = {tag for tweet in tweets(today) for tag in tags(tweet)}

    assert len(spelled) > len({tag.casefold() for tag in spelled}) + 10
    for first, last in ("az", "את", "اي", "कह", "กฮ", "ぁん", "가힣", "ая"):
        assert any(first <= tag[0].casefold() <= last for tag in spelled), (first, last)


def test_feed_tweet_is_the_same_within_a_second() -> None:
    """The feed gives a new tweet each second, and the same one within it."""
    first = demo_tweet(SEED, NOON)

    assert demo_tweet(SEED, NOON + timedelta(milliseconds=999)) == first
    assert demo_tweet(SEED, NOON + timedelta(seconds=1)) != first


def test_window_is_whole_days_and_the_running_one() -> None:
    """The demo begins at midnight UTC so many days ago and ends at the moment asked for."""
    window = demo_window(14, NOON + timedelta(minutes=5))

    assert window.start == datetime(2026, 11, 6, tzinfo=UTC)
    assert window.end == NOON + timedelta(minutes=5)
