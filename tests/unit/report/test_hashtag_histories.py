"""Rules for the histories of hashtags: what a shard holds follows from the counted days."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.hashtag_histories import (
    KEPT_DAYS,
    SHARDS,
    GatheredDay,
    Known,
    Lately,
    Newest,
    Shard,
    first_kept,
    link_to,
    merge,
    page_of,
    shard_of,
    split,
    sum_lately,
)
from report.hashtag_shards import index_from_json, shard_from_json, shard_to_json
from tests.hashtag_builders import LAST, a_gathered_day, ago

EMPTY = Shard(retweets=True)
NOTHING_KNOWN = Newest(first_kept(LAST), {}, {})


@pytest.mark.parametrize(
    ("tag", "path"),
    [
        pytest.param("Budget", "/tags/budget", id="any case"),
        pytest.param("ＢＵＤＧＥＴ", "/tags/budget", id="any width"),
        pytest.param("café", "/tags/caf%C3%A9", id="accents are kept"),
        pytest.param("音楽", "/tags/%E9%9F%B3%E6%A5%BD", id="any script"),
        pytest.param("a/../b?c#d%", "/tags/a%2F..%2Fb%3Fc%23d%25", id="signs of addresses"),
    ],
)
def test_all_spellings_share_a_page(tag: str, path: str) -> None:
    """A hashtag's page is named by what its spellings fold to."""
    assert page_of(tag) == path


@pytest.mark.parametrize("tag", ["data.json", "#twice", "..", ".", " padded"])
def test_what_no_address_can_say_is_not_linked(tag: str) -> None:
    """Browsers and our own addresses read these otherwise: a link would lead elsewhere."""
    assert link_to(tag) == ""
    assert link_to("json") == "/tags/json"


def test_shards_share_the_hashtags_evenly() -> None:
    """Each shard has about its part of many hashtags, and a key always the same one."""
    numbers = [shard_of(f"tag{number}") for number in range(6400)]

    assert set(numbers) == set(range(SHARDS))
    assert max(map(numbers.count, range(SHARDS))) < 200
    assert shard_of("budget") == 10


def test_a_day_is_taken_in_and_replaced() -> None:
    """A day counted anew stands in the place of what was told of it before, of every hashtag."""
    once = merge(EMPTY, [a_gathered_day(ago(1), a=5, b=4), a_gathered_day(LAST, a=3)], NOTHING_KNOWN)
    again = merge(once, [a_gathered_day(ago(1), a=6, c=9)], NOTHING_KNOWN)

    told = {
        key: [(use.day, use.tweets, use.place) for use in one.uses] for key, one in again.hashtags.items()
    }
    assert told == {"a": [(ago(1), 6, 2), (LAST, 3, 1)], "c": [(ago(1), 9, 1)]}


def test_a_year_is_kept() -> None:
    """What is older than 366 days is left out, and a hashtag with it that was not used since."""
    assert first_kept(LAST) == ago(KEPT_DAYS - 1)
    shard = merge(
        EMPTY, [a_gathered_day(LAST - timedelta(days=365), a=5, b=5), a_gathered_day(a=1)], NOTHING_KNOWN
    )
    later = merge(shard, [], Newest(ago(364), {}, {}))

    assert (len(shard.observed), len(later.observed)) == (2, 1)
    assert list(later.hashtags) == ["a"]


def test_the_best_is_what_is_known_or_what_the_days_show() -> None:
    """Knowledge reaches further back than the days; days speak where a hashtag was forgotten."""
    known = Known("Budget", ago(500), 1, ago(480), 30)
    days = [a_gathered_day(ago(2), budget=5, other=9), a_gathered_day(ago(1), budget=5, other=9)]
    young = Known("New", ago(1), 700, ago(1), 0)
    days.append(a_gathered_day(LAST, new=5))
    shard = merge(EMPTY, days, Newest(ago(365), {}, {"budget": known, "new": young}))

    assert shard.hashtags["budget"].known == known
    assert shard.hashtags["other"].known == Known("other", ago(2), 1, ago(2), 2)
    assert shard.hashtags["new"].known == Known("New", ago(1), 1, LAST, 1)


def test_spellings_and_companions_are_summed_over_the_days() -> None:
    """Most first, a few of each; a companion has the name of the last day."""
    first = Lately((("budget", 3), ("Budget", 2)), (("tax", 2), ("vat", 2)))
    second = Lately((("Budget", 2),), (("Tax", 5),))
    found = sum_lately([a_gathered_day(LAST, second, budget=1), a_gathered_day(ago(1), first, budget=1)])

    assert found == {"budget": Lately((("Budget", 4), ("budget", 3)), (("Tax", 7), ("vat", 2)))}


tags = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9))
gathered = st.dictionaries(st.integers(0, 400), tags, max_size=8)


@given(gathered, st.randoms())
def test_the_order_of_the_days_does_not_matter(found: dict[int, dict[str, int]], chance: object) -> None:
    """One by one, in any order and twice over, or at once: the same bytes."""
    days = [a_gathered_day(ago(back), **tweets) for back, tweets in found.items()]
    at_once = merge(EMPTY, days, NOTHING_KNOWN)
    one_by_one = EMPTY
    twice = [*days, *days]
    chance.shuffle(twice)  # type: ignore[attr-defined]
    for day in twice:
        one_by_one = merge(one_by_one, [day], NOTHING_KNOWN)

    assert shard_to_json(one_by_one) == shard_to_json(at_once)
    assert shard_from_json(shard_to_json(at_once)) == at_once


@given(gathered)
def test_splitting_loses_nothing(found: dict[int, dict[str, int]]) -> None:
    """Each hashtag of each day is in one share, and each share knows of every day."""
    days = [a_gathered_day(ago(back), **tweets) for back, tweets in found.items()]
    shares = split(days)

    assert [len(share) for share in shares] == [len(days)] * SHARDS
    for number, day in enumerate(days):
        parts = [share[number].hashtags for share in shares]
        assert sorted(one.key for part in parts for one in part) == sorted(one.key for one in day.hashtags)


def test_one_hashtag_can_be_read_alone() -> None:
    """A page needs one of a shard's hashtags, and the days of all."""
    body = shard_to_json(merge(EMPTY, [a_gathered_day(a=5, b=4)], NOTHING_KNOWN))

    assert list(shard_from_json(body, only="b").hashtags) == ["b"]
    assert shard_from_json(body, only="z").observed.keys() == {LAST}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"version": 2}', b'{"version": 1, "days": {}}', b"null"]
)
def test_what_is_not_ours_is_refused(body: bytes) -> None:
    """Cut, foreign or of another version: an error, never a shard with holes."""
    for read in (shard_from_json, index_from_json):
        with pytest.raises((ValueError, LookupError, TypeError)):
            read(body)


def test_another_version_is_refused() -> None:
    """What a later or an earlier version wrote is not guessed at."""
    body = shard_to_json(merge(EMPTY, [a_gathered_day(a=5)], NOTHING_KNOWN))

    with pytest.raises(ValueError, match="version 7"):
        shard_from_json(body.replace(b'"version":1', b'"version":7'))


def test_a_shard_is_small() -> None:
    """A day of a hashtag takes some twenty bytes."""
    days: list[GatheredDay] = [
        a_gathered_day(ago(back), **{f"tag{number}": 5000 - number for number in range(300)})
        for back in range(100)
    ]

    assert len(shard_to_json(merge(EMPTY, days, NOTHING_KNOWN))) < 22 * 300 * 100
