"""Rules for counts/ and state/: counted once, the same whatever happened on the way, exact to the tweet."""

import threading
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report import artefacts
from report.adapters.athena_engine import AthenaEngine, Workplace
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.duckdb_engine import DuckDBEngine
from report.adapters.duckdb_history import DuckDBHistory
from report.adapters.duckdb_lake import DuckDBLake
from report.adapters.s3_storage import S3Storage
from report.compaction import Done
from report.counts import CountingRules, count_day
from report.engine import Engine
from report.errors import BadArtefact
from report.history import CountedDay, Settled
from report.places import counted_day, known_day, raw_hour
from report.storage import OCTETS, Storage
from report.trends import Label, Parameters
from report.values import Period
from report.window import Window, day_window
from tests.athena_fake import DuckDBAthena
from tests.builders import a_notice, a_v1_document, lines
from tests.fakes import MemoryStorage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UTC_ZONE, PARIS = ZoneInfo("UTC"), ZoneInfo("Europe/Paris")
FIRST = date(2026, 11, 1)
WITH, WITHOUT = CountingRules(retweets=True), CountingRules(retweets=False)


def a_day(number: int) -> date:
    return FIRST + timedelta(days=number)


def moment(day: int, minute: int) -> datetime:
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day, minutes=minute)


def collect(storage: Storage, name: str, day: int, *tweets: tuple[int, int, str, int]) -> None:
    """Put tweets under one hour of a day: (id, minute of the day, hashtags, author); "!" is a retweet."""
    by_hour: dict[datetime, list[object]] = {}
    for id, minute, tags, author in tweets:
        seen = moment(day, minute)
        words = tags.replace("!", "").split()
        document = a_v1_document(
            id=10**18 + id,
            created_at=seen,
            hashtags=words,
            user={"id_str": str(author)},
            retweeted_status=a_v1_document(hashtags=words) if "!" in tags else None,
        )
        by_hour.setdefault(seen.replace(minute=0), []).append(document)
    for hour, documents in by_hour.items():
        storage.put(f"{raw_hour(hour)}{name}.jsonl", lines(*documents, a_notice()) + b'{"cut\n')


def collect_days(storage: Storage, days: range, tags: str = "budget", tweets: int = 12) -> None:
    for day in days:
        found = ((1000 * day + one, 100 * one, tags, one) for one in range(tweets))
        collect(storage, "import", day, *found)


def history(
    storage: Storage,
    zone: ZoneInfo = UTC_ZONE,
    rules: CountingRules = WITH,
    parameters: Parameters | None = None,
    engine: Engine | None = None,
) -> DuckDBHistory:
    chosen = engine or DuckDBEngine(storage)
    return DuckDBHistory(storage, lambda: chosen, zone, rules, parameters or Parameters())


def settle_all(
    storage: Storage, last: int, zone: ZoneInfo = UTC_ZONE, parameters: Parameters | None = None
) -> Settled:
    made, settled = history(storage, zone, parameters=parameters), Settled()
    for day in made.days(a_day(last), None):
        made.settle_day(day, settled)
    return settled


@cache
def _settled_days(days: int) -> MemoryStorage:
    storage = settled_days(days - 1) if days > 1 else MemoryStorage()
    collect_days(storage, range(days - 1, days))
    settle_all(storage, days - 1)
    return storage


def settled_days(days: int) -> MemoryStorage:
    """Return a storage of so many days, each settled when it was over: a copy, as settling takes a while."""
    storage = MemoryStorage()
    storage._kept = dict(_settled_days(days)._kept)
    return storage


def looked(storage: Storage, day: int, zone: ZoneInfo = UTC_ZONE, rules: CountingRules = WITH) -> CountedDay:
    return history(storage, zone, rules).look(Period(a_day(day), zone, day_window(a_day(day), zone)))


def kept(storage: Storage) -> dict[str, bytes]:
    return {i.key: storage.get(i.key) for place in ("counts/", "state/") for i in storage.list(place)}


# ---- exact -------------------------------------------------------------------------------------------


SPELLINGS = ("Job", "job", "IT", "café", "日本", "ﷺ", "two words", "job\0", 'qu"ote', "a\\b")
tweets = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.integers(0, 1439),
        st.lists(st.sampled_from(SPELLINGS), max_size=3, unique=True),
        st.integers(1, 5),
        st.booleans(),
    ),
    max_size=30,
)


@given(found=tweets, rules=st.sampled_from([WITH, WITHOUT]), is_compacted=st.booleans())
@settings(max_examples=15)
def test_counted_is_what_one_pass_over_the_tweets_counts(
    found: list[tuple[int, int, list[str], int, bool]], rules: CountingRules, is_compacted: bool
) -> None:
    """Hashtags, authors, spellings, hours, languages, totals: with retweets or without, in a zone."""
    storage = MemoryStorage()
    for number, (id, minute, tags, author, is_retweet) in enumerate(found):
        document = a_v1_document(
            id=id,
            created_at=moment(0, minute),
            hashtags=tags,
            user={"id_str": str(author)},
            retweeted_status=a_v1_document(hashtags=tags) if is_retweet else None,
        )
        storage.put(f"{raw_hour(moment(0, minute))}{number}.jsonl", lines(document, a_notice()))
    storage.put(f"{raw_hour(moment(0, 1))}last.jsonl", lines(a_notice()))
    if is_compacted:
        DuckDBLake(storage).compact_day(FIRST, moment(2, 0), Done())
    settle_all(storage, 0, PARIS)

    period = Period(FIRST, PARIS, day_window(FIRST, PARIS))
    with DuckDBEngine(storage).open(period.window) as questions:
        expected = count_day(questions, period, rules)
    day = history(storage, PARIS, rules).look(period)
    ranked = [one for one in day.trends if one.place]
    assert day.counts.totals == expected.totals
    assert (day.counts.hours, day.counts.languages) == (expected.hours, expected.languages)
    assert {(one.key, one.tweets, one.authors, one.busiest) for one in ranked} == {
        (one.key, one.tweets, one.authors, one.busiest) for one in expected.tags
    }
    assert [one.place for one in ranked] == list(range(1, len(ranked) + 1))
    assert {one.key: sum(count for _, count in one.quarters) for one in day.courses} == {
        one.key: one.tweets for one in ranked[:10]
    }
    spelt = {one.key: {word for word, _ in one.spellings} for one in day.courses}
    assert all(set(one.spellings) >= spelt[one.key] for one in expected.tags if one.key in spelt)


def test_companions_are_the_hashtags_of_the_same_tweets() -> None:
    """Pairs of at least two tweets, the most frequent first; a hashtag is not its own companion."""
    storage = MemoryStorage()
    pairs = ["a b", "a b c", "A c", "a b", "d a"]
    collect(storage, "x", 0, *((number, number, tags, 1) for number, tags in enumerate(pairs)))
    settle_all(storage, 0)

    by_tag = {one.key: one.companions for one in looked(storage, 0).courses}
    assert by_tag["a"] == (("b", 3), ("c", 2))
    assert by_tag["d"] == ()


def test_athena_counts_what_duckdb_counts(tmp_path: Path) -> None:
    """Which engine counted cannot be told from what was counted."""
    stores = (MemoryStorage(), MemoryStorage())
    for storage in stores:
        collect(storage, "x", 0, (1, 5, "Café a", 1), (2, 6, "café b!", 2), (3, 900, "a", 2))
    for info in stores[1].list("raw/"):
        path = tmp_path / info.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stores[1].get(info.key))
    workplace = Workplace("primary", "twitter_trends")
    athena = AthenaEngine(
        DuckDBAthena(sorted(tmp_path.rglob("*.jsonl"))), stores[1], workplace, limit_bytes=10**9
    )
    history(stores[0]).settle(FIRST)
    history(stores[1], engine=athena).settle(FIRST)

    assert kept(stores[0]) == kept(stores[1])


# ---- once, whatever happens --------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


class Mortal(MemoryStorage):
    """A storage whose writer dies right before a certain write, which is right after the one before it."""

    def __init__(self, lives: int = -1) -> None:
        super().__init__()
        self.lives = lives

    def again(self, lives: int = -1) -> "Mortal":
        """Return a copy with lives of its own."""
        other = Mortal(lives)
        other._kept = dict(self._kept)
        return other

    def put_if_absent(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        self._live_on()
        super().put_if_absent(key, body, content_type)

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        self._live_on()
        super().put_if_match(key, body, etag, content_type)

    def upload(self, path: Path, key: str, content_type: str = OCTETS) -> None:
        self._live_on()
        super().upload(path, key, content_type)

    def delete(self, key: str) -> None:
        self._live_on()
        super().delete(key)

    def _live_on(self) -> None:
        self.lives -= 1
        if self.lives == 0:
            raise Killed


@pytest.mark.parametrize("late", [False, True], ids=["first run", "late tweets"])
def test_killed_at_any_write_a_rerun_ends_in_the_same_bytes(late: bool) -> None:
    """Wherever it dies, running again makes what an undisturbed run makes."""
    begun = Mortal()
    if late:
        begun._kept = settled_days(2)._kept
        collect(begun, "late", 0, (77, 3, "late budget", 9))
    else:
        collect_days(begun, range(2))
    calm = begun.again()
    settle_all(calm, 1)
    writes = -1 - calm.lives

    assert writes == 2 * 3
    for lives in range(1, writes + 1):
        storage = begun.again(lives)
        with pytest.raises(Killed):
            settle_all(storage, 1)
        settle_all(storage, 1)
        assert kept(storage).items() >= kept(calm).items(), lives


def test_a_second_run_does_nothing() -> None:
    """What is right is left alone, to the etag."""
    storage = settled_days(3)
    before = kept(storage)
    again = settle_all(storage, 2)

    assert (again.counted, again.folded) == ([], [])
    assert kept(storage) == before


def test_late_tweets_open_their_day_again_and_what_follows_from_it() -> None:
    """The days before stay as they are; the counts of the days after too, but not what is known there."""
    storage, at_once = settled_days(5), MemoryStorage()
    collect_days(at_once, range(5))
    for one in (storage, at_once):
        collect(one, "late", 2, (77, 3, "late", 9))
    again = settle_all(storage, 4)
    settle_all(at_once, 4)

    # the day after is looked at too: the late tweet might have been sighted there as well
    assert again.counted == [a_day(2), a_day(3)]
    assert again.folded == [a_day(2), a_day(3), a_day(4)]
    assert kept(storage).items() >= kept(at_once).items()


def test_two_side_by_side_end_in_the_same_bytes() -> None:
    """Racing hosts leave what one alone leaves."""
    storage, alone = MemoryStorage(), settled_days(3)
    collect_days(storage, range(3))
    runs = [threading.Thread(target=settle_all, args=(storage, 2)) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    settle_all(storage, 2)

    assert kept(storage).items() >= kept(alone).items()


def test_it_works_on_s3_as_in_a_folder(s3: "S3Client", bucket: str, tmp_path: Path) -> None:
    """The same is kept under the same keys, but for the checksum of what names etags."""
    stores: list[Storage] = [S3Storage(s3, bucket, "team/"), DirectoryStorage(tmp_path)]
    for storage in stores:
        collect_days(storage, range(2))
        settle_all(storage, 1, PARIS)
        collect(storage, "late", 0, (77, 3, "late", 9))
        settle_all(storage, 1, PARIS)

    on_s3, in_folder = (looked(storage, 1, PARIS) for storage in stores)
    assert on_s3 == in_folder
    assert all(kept(storage) for storage in stores)


NEW_YORK = ZoneInfo("America/New_York")


def test_tweets_of_the_day_after_do_not_open_a_closed_day() -> None:
    """A local day ends within a UTC day: what is seen later in that UTC day changes nothing of it."""
    storage = MemoryStorage()
    collect(storage, "x", 1, (1, 600, "food", 1))
    settle_all(storage, 1, NEW_YORK)
    before = kept(storage)
    collect(storage, "y", 2, (2, 20 * 60, "food", 1))
    again = settle_all(storage, 1, NEW_YORK)

    assert (again.counted, again.folded) == ([], [])
    assert kept(storage) == before


def test_hours_that_were_archived_open_no_day() -> None:
    """A lifecycle rule takes raw objects away by their age: what was counted stays counted."""
    storage = MemoryStorage()
    collect_days(storage, range(4))
    settle_all(storage, 3, PARIS)
    before = kept(storage)
    for info in list(storage.list("raw/dt=2026-11-01/")):
        storage.delete(info.key)
    again = settle_all(storage, 3, PARIS)

    assert (again.counted, again.folded) == ([], [])
    assert kept(storage) == before


def test_a_state_names_the_counts_it_was_made_from() -> None:
    """Where another run's counts were quicker, what is made of them is made again once they are replaced."""
    storage = MemoryStorage()
    collect_days(storage, range(1))
    history(storage).settle(a_day(0))
    other = storage.get(counted_day("UTC", FIRST))
    collect(storage, "late", 0, (77, 3, "late", 9))
    history(storage).settle(a_day(0))
    whole = kept(storage)
    storage.put(counted_day("UTC", FIRST), other)
    storage.delete(f"{known_day('UTC', FIRST)}.json")
    history(storage).settle(a_day(0))

    assert kept(storage).items() >= whole.items()


def test_a_build_of_an_old_day_leaves_no_hole() -> None:
    """What lies between it and what is known already is settled with the next run."""
    storage = MemoryStorage()
    collect_days(storage, range(12), tweets=2)
    for day in history(storage).days(a_day(11), 3):
        history(storage).settle_day(day, Settled())
    history(storage).settle(a_day(5))
    made = history(storage)
    for day in made.days(a_day(11), 5):
        made.settle_day(day, Settled())

    known = [f"{known_day('UTC', a_day(day))}.json" for day in range(5, 12)]
    assert {info.key for info in storage.list("state/")} >= set(known)
    assert artefacts.known(storage, known_day("UTC", a_day(11))).facts["training"]["first"] == "2026-11-01"


def test_days_after_a_late_one_are_folded_by_its_build() -> None:
    """Whoever settles an old day settles what came from it."""
    storage, at_once = settled_days(5), MemoryStorage()
    collect_days(at_once, range(5))
    for one in (storage, at_once):
        collect(one, "late", 1, (77, 3, "late budget", 9))
    settled = history(storage).settle(a_day(1))
    settle_all(at_once, 4)

    assert settled.folded == [a_day(day) for day in range(1, 5)]
    assert looked(storage, 4) == looked(at_once, 4)


def test_a_state_that_is_gone_is_made_again() -> None:
    """A missing file is seen without reading it."""
    storage = settled_days(2)
    whole = kept(storage)
    storage.delete(artefacts.known(storage, known_day("UTC", FIRST)).key)
    settle_all(storage, 1)

    assert kept(storage) == whole


def test_foreign_files_beside_the_state_are_passed_over() -> None:
    """Somebody's notes stop no report."""
    storage = MemoryStorage()
    collect_days(storage, range(2))
    storage.put("state/UTC/notes.json", b"{}")

    assert history(storage).settle(a_day(1)).folded == [a_day(0), a_day(1)]


def test_other_rules_are_learnt_from_a_fortnight() -> None:
    """After COUNT_RETWEETS changed, one day known is not taken for all there is."""
    storage = settled_days(4)
    settled = history(storage, rules=WITHOUT).settle(a_day(3))

    assert settled.folded == [a_day(day) for day in range(4)]


def test_raw_is_not_needed_once_it_is_counted() -> None:
    """A lifecycle rule may take away raw objects: the report reads counts and state alone."""
    storage = settled_days(3)
    before = looked(storage, 2)
    for info in list(storage.list("raw/")):
        storage.delete(info.key)

    assert looked(storage, 2) == before


# ---- refused -----------------------------------------------------------------------------------------


def test_a_state_with_a_wrong_checksum_is_refused() -> None:
    """A changed model never reaches a report; the error says which file and what to do."""
    storage = settled_days(2)
    key = artefacts.known(storage, known_day("UTC", FIRST)).key
    storage.put(key, storage.get(key)[:-9] + b"AAAAAPAR1")

    with pytest.raises(BadArtefact, match="SHA-256"):
        looked(storage, 1)


def test_a_state_of_other_parameters_is_made_anew() -> None:
    """Another half-life, another estimate: from the counts, which stay."""
    storage = settled_days(3)
    again = settle_all(storage, 2, parameters=Parameters(half_life_days=3))

    assert again.counted == []
    assert again.folded == [a_day(0), a_day(1), a_day(2)]


def test_counts_that_cannot_be_read_are_counted_anew() -> None:
    """A cut file is replaced, since the tweets are there."""
    storage = settled_days(2)
    whole = kept(storage)
    storage.put(counted_day("UTC", FIRST), b"PAR1 cut")
    again = settle_all(storage, 1)

    assert again.counted == [FIRST]
    assert kept(storage) == whole


# ---- what is known -----------------------------------------------------------------------------------


def test_another_zone_is_counted_apart() -> None:
    """Each zone has days of its own; 23:30 UTC is the next day's half past midnight in Paris."""
    storage = MemoryStorage()
    collect(storage, "x", 0, (1, 23 * 60 + 30, "night", 1))
    settle_all(storage, 1)
    settle_all(storage, 1, PARIS)

    assert [looked(storage, day).counts.totals.tweets for day in (0, 1)] == [1, 0]
    assert [looked(storage, day, PARIS).counts.totals.tweets for day in (0, 1)] == [0, 1]


def test_an_unobserved_day_teaches_nothing() -> None:
    """Neither a fall nor an absence: what was expected before is expected after."""
    storage = settled_days(8)
    collect_days(storage, range(9, 10))
    settle_all(storage, 9)
    (one,) = looked(storage, 9).trends

    assert one.memory is not None
    assert (one.memory.days_seen, one.memory.days_unseen) == (8, 0)
    assert one.label is Label.STEADY
    assert looked(storage, 8).trends == ()


def test_what_was_away_is_back() -> None:
    """A hashtag not seen on a week's observed days is back, and how long it was away is told."""
    storage = MemoryStorage()
    collect_days(storage, range(1), "comet")
    collect_days(storage, range(1, 9), "budget")
    collect_days(storage, range(9, 10), "comet budget")
    settle_all(storage, 9)
    words = {one.tag: one.words for one in looked(storage, 9).trends}

    assert words == {"comet": "back after 8 days", "budget": "steady"}


def test_the_top_ten_is_remembered() -> None:
    """First seen, days in the top ten, best place and when, last time there."""
    storage = settled_days(3)
    collect_days(storage, range(3, 4), "other", 5)
    settle_all(storage, 3)
    memory = next(one.memory for one in looked(storage, 3).trends if one.tag == "budget")

    assert memory is not None
    assert (memory.first_day, memory.last_day, memory.last_in_top) == (a_day(0), a_day(2), a_day(2))
    assert (memory.days_in_top, memory.best_place, memory.best_day) == (3, 1, a_day(0))


def test_today_so_far_is_set_beside_as_much_of_yesterday() -> None:
    """The live tail is counted from the tweets; nothing is said to fall before the day is over."""
    storage = settled_days(8)
    collect(storage, "x", 8, (9001, 5, "budget", 1), (9002, 6, "comet", 1))
    day = history(storage).look(
        Period(a_day(8), UTC_ZONE, Window(moment(8, 0), moment(8, 600)), is_open=True)
    )
    by_tag = {one.tag: one for one in day.trends}

    assert day.counts.totals.tweets == 2
    assert by_tag["budget"].change.before == 6  # those until 10:00: every hundredth minute has one
    assert {one.label for one in day.trends} <= {Label.STEADY, Label.UNKNOWN}


def test_a_report_looks_back_two_weeks_where_nothing_is_known() -> None:
    """The first report need not wait for years of history; a rebuild counts them all."""
    storage = MemoryStorage()
    collect_days(storage, range(20), tweets=1)
    settled = history(storage).settle(a_day(19))

    assert settled.counted == [a_day(day) for day in range(5, 20)]
    assert history(storage).days(a_day(19), None)[0] == a_day(0)


def test_days_between_what_is_known_and_the_day_are_not_left_out() -> None:
    """After a long pause every day in between is counted, so that nothing known is lost."""
    storage = MemoryStorage()
    collect_days(storage, range(0, 20, 19), tweets=1)
    history(storage).settle(a_day(1))
    settled = history(storage).settle(a_day(19))

    assert settled.folded == [a_day(day) for day in range(2, 20)]


def test_after_a_long_silence_a_report_begins_anew() -> None:
    """Years between an old import and today need not be counted one by one: nothing of it still weighs."""
    storage = MemoryStorage()
    collect_days(storage, range(0, 101, 100), tweets=1)
    history(storage).settle(a_day(1))
    silent = history(storage).settle(a_day(90))
    settled = history(storage).settle(a_day(100))

    assert (silent.folded, settled.folded) == ([a_day(90)], [a_day(100)])
