"""Rules for keeping the shards up: the same whatever happened on the way, and nothing done twice."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.errors import BadArtefact
from report.hashtag_histories import SHARDS, Index, shard_of
from report.hashtag_keeping import Keeper
from report.hashtag_shards import index_from_json, index_to_json, shard_from_json
from report.places import hashtag_index, hashtag_shard
from report.storage import OCTETS
from tests.fakes import MemoryStorage
from tests.hashtag_builders import LAST, MadeUpCounts, ago

INDEX = hashtag_index("UTC")


class Killed(BaseException):
    """The process ends here."""


class Mortal(MemoryStorage):
    """A storage whose writer may die at a certain write, before or after it, and that notes its reads."""

    def __init__(self) -> None:
        super().__init__()
        self.lives, self.after = -1, False
        self.writes: list[str] = []
        self.reads: list[str] = []

    def get(self, key: str) -> bytes:
        self.reads.append(key)
        return super().get(key)

    def put(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        with self._write_of_the_last(key):
            super().put(key, body, content_type)

    def delete(self, key: str) -> None:
        with self._write_of_the_last(key):
            super().delete(key)

    @contextmanager
    def _write_of_the_last(self, key: str) -> Iterator[None]:
        self.lives -= 1
        if self.lives == 0 and not self.after:
            raise Killed
        self.writes.append(key)
        yield
        if self.lives == 0:
            raise Killed


def keeper_of(counts: MadeUpCounts, retweets: bool = True) -> Keeper:
    return Keeper(counts.storage, "UTC", retweets, counts)


def shards(storage: MemoryStorage) -> dict[str, bytes]:
    return {info.key: storage.get(info.key) for info in storage.list("hashtags/") if info.key != INDEX}


def tags_of(storage: MemoryStorage, *, key: str) -> list[int]:
    shard = shard_from_json(storage.get(hashtag_shard("UTC", shard_of(key))), only=key)
    return [use.tweets for history in shard.hashtags.values() for use in history.uses]


@pytest.fixture
def storage() -> Mortal:
    return Mortal()


@pytest.fixture
def counts(storage: Mortal) -> MadeUpCounts:
    """Return three counted days."""
    made = MadeUpCounts(storage)
    for back in range(3):
        made.count(ago(back), {"budget": 5 + back, "tax": 3})
    return made


steps = st.lists(
    st.tuples(
        st.dictionaries(
            st.integers(0, 9), st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 9)), max_size=4
        ),
        st.sampled_from([-1, 1, 2, 5, 64, 65, 66, 67, 90]),
        st.booleans(),
    ),
    max_size=4,
)


@settings(max_examples=20, deadline=None)
@given(steps)
def test_whatever_happened_the_shards_are_those_of_one_run(
    found: list[tuple[dict[int, dict[str, int]], int, bool]],
) -> None:
    """Days in any order, counted anew, runs killed at any write: the bytes of one run over all days."""
    storage = Mortal()
    counts = MadeUpCounts(storage)
    for days, lives, after in [*found, ({}, -1, False)]:
        for back, tweets in days.items():
            counts.count(ago(back * 60), tweets)
        storage.lives, storage.after = lives, after
        with suppress(Killed):
            keeper_of(counts).keep_up()
        storage.lives = -1

    once = MemoryStorage()
    at_once = MadeUpCounts(once)
    for day, counted in counts.days.items():
        at_once.count(day, counted)
    keeper_of(at_once).keep_up()
    assert shards(storage) == shards(once)


@pytest.mark.parametrize("lives", [1, 30, 65, 66, 67, 100, 130, 131])
@pytest.mark.parametrize("after", [False, True])
def test_a_long_first_run_goes_on_where_it_was_killed(storage: Mortal, lives: int, after: bool) -> None:
    """Days are taken in by turns: those before the kill are in the index, the rest come with the next run."""
    once = MemoryStorage()
    counts, at_once = MadeUpCounts(storage), MadeUpCounts(once)
    for made in (counts, at_once):
        for back in range(40):
            made.count(ago(back), {f"tag{number}": number + back for number in range(1, 4)})
    storage.lives, storage.after = lives, after
    with suppress(Killed):
        keeper_of(counts).keep_up()
    storage.lives = -1
    keeper_of(counts).keep_up()
    keeper_of(at_once).keep_up()

    assert shards(storage) == shards(once)


def test_a_rule_tried_for_a_moment_leaves_nothing(storage: Mortal, counts: MadeUpCounts) -> None:
    """A run under another rule, killed half-way, leaves no index that takes its shards for the old ones."""
    keeper_of(counts).keep_up()
    right = shards(storage)
    storage.lives = 30
    with suppress(Killed):
        keeper_of(counts, retweets=False).keep_up()
    storage.lives = -1
    keeper_of(counts).keep_up()

    assert shards(storage) == right


def test_what_is_newly_known_is_told(storage: Mortal, counts: MadeUpCounts) -> None:
    """Where the state was folded anew and no counts changed, the shards follow."""
    keeper_of(counts).keep_up()
    said = storage.get(f"state/UTC/{LAST}.json").decode()
    digest = json.loads(said)["sha256"]
    storage.put(f"state/UTC/{LAST}.json", said.replace(digest, digest[::-1]).encode())
    storage.writes.clear()

    assert keeper_of(counts).keep_up() == []
    assert storage.writes == [INDEX]


def test_what_is_older_than_a_year_is_let_go(storage: Mortal) -> None:
    """Neither index nor shards grow past a year, and old days are not taken in again and again."""
    counts = MadeUpCounts(storage)
    counts.count(ago(380), {"old": 5})
    counts.count(ago(370), {"old": 5})
    keeper_of(counts).keep_up()
    counts.count(LAST, {"budget": 5})

    assert keeper_of(counts).keep_up() == [LAST]
    assert keeper_of(counts).keep_up() == []
    assert list(index_from_json(storage.get(INDEX)).days) == [LAST]
    assert tags_of(storage, key="old") == []


def test_where_nothing_changed_no_shard_is_read(storage: Mortal, counts: MadeUpCounts) -> None:
    """The second run reads the index and the newest day's manifest, and writes nothing."""
    assert keeper_of(counts).keep_up() == [ago(2), ago(1), LAST]
    storage.reads.clear()
    storage.writes.clear()
    counts.gathered.clear()

    assert keeper_of(counts).keep_up() == []
    assert storage.reads == [INDEX, f"state/UTC/{LAST}.json"]
    assert (storage.writes, counts.gathered) == ([], [])


def test_a_long_history_is_not_gathered_again(storage: Mortal) -> None:
    """A new day costs itself and the newest week, however many days there are."""
    counts = MadeUpCounts(storage)
    for back in range(100, 0, -1):
        counts.count(ago(back), {"budget": back})
    keeper_of(counts).keep_up()
    counts.gathered.clear()
    counts.count(LAST, {"budget": 1})
    counts.count(ago(50), {"budget": 1})

    assert keeper_of(counts).keep_up() == [ago(50), LAST]
    assert sorted(counts.gathered) == [ago(50), *(ago(back) for back in range(6, -1, -1))]


def test_a_shard_that_stays_the_same_is_not_written(storage: Mortal, counts: MadeUpCounts) -> None:
    """A day counted anew with the same hashtags changes no bytes, so only the index is written."""
    keeper_of(counts).keep_up()
    storage.delete(INDEX)
    keeper_of(counts).keep_up()
    storage.put(INDEX, index_to_json(Index(True, {}, "")))
    storage.writes.clear()
    keeper_of(counts).keep_up()

    assert storage.writes == [INDEX]


def test_every_shard_stands_from_the_first_day(storage: Mortal, counts: MadeUpCounts) -> None:
    """A shard without hashtags says so, and which days it knows."""
    keeper_of(counts).keep_up()

    assert len(shards(storage)) == SHARDS
    assert {len(shard_from_json(body).observed) for body in shards(storage).values()} == {3}


def test_another_counting_rule_makes_all_anew(storage: Mortal, counts: MadeUpCounts) -> None:
    """Numbers with and without retweets never stand beside each other."""
    keeper_of(counts).keep_up()
    counts.days = {day: {"budget": 1} for day in counts.days}

    assert keeper_of(counts, retweets=False).keep_up() == [ago(2), ago(1), LAST]
    assert tags_of(storage, key="budget") == [1, 1, 1]
    assert tags_of(storage, key="tax") == []


def test_a_rebuild_mends_what_was_lost(storage: Mortal, counts: MadeUpCounts) -> None:
    """A shard that is gone or spoilt comes back; until then a run names it."""
    keeper_of(counts).keep_up()
    right = shards(storage)
    spoilt = hashtag_shard("UTC", 7)
    storage.put(spoilt, b"{")
    counts.count(LAST, {"budget": 6, "tax": 3})

    with pytest.raises(BadArtefact, match=rf"{spoilt} is no shard of ours .*--rebuild"):
        keeper_of(counts).keep_up()
    counts.count(LAST, {"budget": 5, "tax": 3})
    keeper_of(counts).keep_up(rebuild=True)
    assert shards(storage) == right


def test_the_index_names_the_newest_day_s_first_hashtags(storage: Mortal, counts: MadeUpCounts) -> None:
    """What the list of hashtags shows needs no shard."""
    keeper_of(counts).keep_up()

    assert index_from_json(storage.get(INDEX)).newest == (("budget", 5), ("tax", 3))


def test_without_counts_there_is_nothing_to_do(storage: Mortal) -> None:
    """Before the first counted day nothing is written; foreign objects among the counts are no days."""
    storage.put("counts/UTC/notes.txt", b"")
    storage.writes.clear()

    assert keeper_of(MadeUpCounts(storage)).keep_up() == []
    assert storage.writes == []
