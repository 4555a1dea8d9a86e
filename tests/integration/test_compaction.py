"""Rules for compaction: whatever happens on the way, it gives what one pass over raw gives."""

import gzip
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from report.adapters.directory_storage import DirectoryStorage
from report.adapters.duckdb_engine import DuckDBEngine
from report.adapters.duckdb_lake import DuckDBLake
from report.adapters.s3_storage import S3Storage
from report.compaction import Done
from report.counts import CountingRules, DayCounts, count_day
from report.places import raw_hour, recent_hour, refused_of_day, whole_day
from report.refusals import Refusals
from report.storage import Storage
from report.values import Period
from report.window import day_window
from tests.builders import a_notice, a_v1_document, lines
from tests.fakes import MemoryStorage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FIRST = date(2026, 11, 19)
DAYS = [FIRST + timedelta(days=number) for number in range(3)]
MIDNIGHT = datetime(2026, 11, 19, tzinfo=UTC)
END = MIDNIGHT + timedelta(days=3)


class Arrival(NamedTuple):
    """A raw object: in which hour since `MIDNIGHT`, which tweets (id, minutes into the hour), what else."""

    hour: int
    tweets: list[tuple[int, int]]
    notices: int
    cut_lines: int


def arrive(storage: Storage, arrivals: list[Arrival], first: int = 0) -> None:
    for number, arrival in enumerate(arrivals, first):
        hour = MIDNIGHT + timedelta(hours=arrival.hour)
        tweets = [
            a_v1_document(
                id=10**18 + id,
                created_at=hour + timedelta(minutes=minute),
                hashtags=[f"tag{id % 3}"],
                user={"id_str": str(id % 4)},
                text=f"from {number}",
            )
            for id, minute in arrival.tweets
        ]
        body = lines(*tweets, *map(a_notice, range(arrival.notices))) + b'{"cut\n' * arrival.cut_lines
        storage.put(f"{raw_hour(hour)}{number}.jsonl", body)


def compact(storage: Storage, until: datetime = END, held_bytes: int = 1 << 20) -> Done:
    done, lake = Done(), DuckDBLake(storage, held_bytes=held_bytes)
    for day in lake.days(FIRST, until):
        lake.compact_day(day, until, done)
    return done


def counted(storage: Storage, zones: tuple[str, ...] = ("UTC", "Asia/Kolkata")) -> list[DayCounts]:
    counts = []
    for zone in map(ZoneInfo, zones):
        for day in DAYS:
            period = Period(day, zone, day_window(day, zone))
            with DuckDBEngine(storage).open(period.window) as questions:
                counts.append(count_day(questions, period, CountingRules()))
    return counts


def made(storage: Storage) -> dict[str, bytes]:
    return {i.key: storage.get(i.key) for place in ("recent/", "tweets/") for i in storage.list(place)}


THREE_WAVES = (
    [
        Arrival(0, [(1, 5), (2, 6), (1, 7)], 1, 1),
        Arrival(23, [(3, 59), (1, 2)], 0, 0),
        Arrival(24, [(3, 0)], 1, 0),
    ],
    [Arrival(0, [(4, 1)], 2, 0), Arrival(25, [(4, 9), (5, 9)], 0, 1)],
    [Arrival(49, [(5, 1), (6, 2)], 0, 0), Arrival(2, [(7, 0), (5, 3)], 0, 0)],
)
STOPS = (MIDNIGHT + timedelta(hours=25), MIDNIGHT + timedelta(hours=50), END)


def test_two_side_by_side_end_in_the_same_bytes() -> None:
    """Of two runs at once one writes each object; the other's work is left out."""
    storage, alone = MemoryStorage(), MemoryStorage()
    for one in (storage, alone):
        arrive(one, [*THREE_WAVES[0], *THREE_WAVES[2]])
    runs = [threading.Thread(target=compact, args=(storage,)) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    compact(storage)
    compact(alone)

    assert made(storage) == made(alone)


def test_a_tweet_counts_at_its_first_sighting_over_two_days() -> None:
    """A replay counts neither on the same day nor on the next, compacted or not."""
    storage = MemoryStorage()
    arrive(
        storage,
        [
            Arrival(1, [(1, 0), (1, 1)], 0, 0),
            Arrival(25, [(1, 0), (2, 0)], 0, 0),
            Arrival(49, [(1, 0)], 0, 0),
        ],
    )
    live = [counts.totals.tweets for counts in counted(storage, ("UTC",))]
    compact(storage)

    assert live == [counts.totals.tweets for counts in counted(storage, ("UTC",))] == [1, 1, 0]


def test_hours_of_an_open_day_are_compacted_and_go_with_it() -> None:
    """A closed hour stands by itself until its day closes."""
    storage = MemoryStorage()
    arrive(storage, [Arrival(1, [(1, 0)], 0, 0), Arrival(2, [(2, 0)], 0, 0)])

    compact(storage, MIDNIGHT + timedelta(hours=2))
    assert list(made(storage)) == [recent_hour(MIDNIGHT + timedelta(hours=1))]
    compact(storage)
    assert list(made(storage)) == [whole_day(FIRST)]


def test_what_is_compacted_is_not_read_again() -> None:
    """A second run does nothing, and nothing of raw is needed any more for what is compacted."""
    storage = MemoryStorage()
    arrive(storage, THREE_WAVES[0])
    compact(storage)
    before = counted(storage)

    again = compact(storage)
    for info in list(storage.list("raw/")):
        storage.delete(info.key)

    assert (again.days, again.hours, again.raw_objects) == (0, 0, 0)
    assert counted(storage) == before


def test_a_changed_raw_object_is_named() -> None:
    """What was replaced after it was compacted is not read again, and said."""
    storage = MemoryStorage()
    arrive(storage, [Arrival(1, [(1, 0)], 0, 0)])
    compact(storage)
    arrive(storage, [Arrival(1, [(2, 0)], 0, 0)])

    assert "1 raw object changed" in compact(storage).said()


def cut_between_tweets() -> list[bytes]:
    """Return a tweet cut at every place, each cut followed by another whole tweet."""
    whole = lines(a_v1_document(hashtags=["a", "b"], media=[1, 2])).strip()
    tweets = (lines(a_v1_document(id=10**18 + cut, created_at=MIDNIGHT)) for cut in range(1, len(whole)))
    return [line for cut, tweet in enumerate(tweets, 1) for line in (whole[:cut] + b"\n", tweet)]


def totals_of(storage: Storage) -> tuple[int, int]:
    """Return the tweets and the refused documents of the first day."""
    totals = counted(storage, ("UTC",))[0].totals
    return totals.tweets, totals.refused


@pytest.mark.parametrize(
    "name", ["{}.json", "all.jsonl.gz"], ids=["an object a line", "a line of one object"]
)
def test_a_cut_line_costs_only_itself(name: str) -> None:
    """Wherever a line is cut, and however lines lie in objects, the line after it is read."""
    storage, found = MemoryStorage(), cut_between_tweets()
    if name == "{}.json":
        for number, line in enumerate(found):
            storage.put(f"{raw_hour(MIDNIGHT)}{number:04}.json", line)
    else:
        storage.put(f"{raw_hour(MIDNIGHT)}{name}", gzip.compress(b"".join(found)))

    each_kind = len(found) // 2
    assert totals_of(storage) == (each_kind, each_kind)
    compact(storage)
    assert totals_of(storage) == (each_kind, each_kind)


@pytest.mark.parametrize("tweets", [1, 5000], ids=["small", "large"])
def test_a_byte_order_mark_costs_nothing(tweets: int) -> None:
    """The first tweet of a file counts, mark or not."""
    storage = MemoryStorage()
    body = lines(*(a_v1_document(id=10**18 + number, created_at=MIDNIGHT) for number in range(tweets)))
    storage.put(f"{raw_hour(MIDNIGHT)}20261119T233000Z-a.jsonl", b"\xef\xbb\xbf" + body)

    assert totals_of(storage) == (tweets, 0)


def test_what_is_refused_is_told_beside_the_day() -> None:
    """Each raw object with bad input is named, small, compressed, large or not UTF-8, and how much of it."""
    storage, hour = MemoryStorage(), raw_hour(MIDNIGHT)
    good = lines(a_v1_document(created_at=MIDNIGHT))
    storage.put(f"{hour}20261119T000100Z-one.json", b'{"cut')
    storage.put(f"{hour}array.json", b"[]")
    storage.put(f"{hour}good.jsonl", good)
    storage.put(f"{hour}large.jsonl", good * 5000 + b"\xff\n")
    storage.put(f"{hour}mixed.jsonl", good + b"{\n" + b'{"trends": []}\n' + b"{\n{\n")
    storage.put(f"{hour}small.jsonl.gz", gzip.compress(good + b"{\n"))
    storage.put(f"{raw_hour(MIDNIGHT + timedelta(hours=1))}wrong.jsonl", good + b'{"id": "\xff"}\n')
    done = compact(storage)

    told = Refusals.from_json(storage.get(refused_of_day(FIRST)))
    found = {
        key.partition("hour=")[2]: (refused.documents, [reason.line for reason in refused.first])
        for key, refused in told.objects.items()
    }
    assert found == {
        "00/20261119T000100Z-one.json": (1, [1]),
        "00/array.json": (1, [1]),
        "00/large.jsonl": (1, [5001]),
        "00/mixed.jsonl": (4, [2, 3, 4]),
        "00/small.jsonl.gz": (1, [2]),
        "01/wrong.jsonl": (1, [2]),
    }
    assert f"9 documents refused, see {refused_of_day(FIRST)}" in done.said()


class Watched(MemoryStorage):
    """A storage that remembers which files were fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.downloads: list[str] = []

    def download(self, key: str, path: Path) -> None:
        self.downloads.append(key)
        super().download(key, path)


@pytest.mark.parametrize(
    ("late", "fetched"),
    [
        pytest.param([], [1], id="nothing came since"),
        pytest.param([Arrival(2, [(5, 0)], 0, 0)], [1, 0], id="a tweet came late for the day before"),
    ],
)
def test_the_day_before_is_fetched_only_if_it_has_grown(late: list[Arrival], fetched: list[int]) -> None:
    """A day that was held against all there is of the day before needs its own object alone."""
    storage = Watched()
    arrive(storage, THREE_WAVES[0])
    compact(storage)
    arrive(storage, late, 10)
    storage.downloads.clear()

    with DuckDBEngine(storage).open(day_window(DAYS[1], ZoneInfo("UTC"))):
        assert storage.downloads == [whole_day(DAYS[number]) for number in fetched]


class Overtaken(MemoryStorage):
    """A storage where another run writes the day while ours still reads."""

    def get_many(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        self.put(whole_day(FIRST), b"another's")
        return super().get_many(keys)


def test_a_large_file_is_left_to_who_was_first() -> None:
    """What changed since it was read is not overwritten."""
    storage = Overtaken()
    arrive(storage, [Arrival(1, [(1, 0)], 0, 0)])

    assert compact(storage, held_bytes=0).lost == 1
    assert storage.get(whole_day(FIRST)) == b"another's"


@pytest.mark.parametrize("held_bytes", [1 << 20, 0], ids=["files held in memory", "files uploaded"])
def test_compaction_works_on_s3(s3: "S3Client", bucket: str, held_bytes: int) -> None:
    """The same on S3: writes on the condition of the etags its listings give, or after a look at them."""
    compact_in_waves(S3Storage(s3, bucket, "team/"), held_bytes)


def test_large_files_are_uploaded_to_a_folder(tmp_path: Path) -> None:
    """The same where no file may be held in memory, written first or in the place of another."""
    compact_in_waves(DirectoryStorage(tmp_path), held_bytes=0)


def compact_in_waves(storage: Storage, held_bytes: int) -> None:
    for number, (arrivals, until) in enumerate(zip(THREE_WAVES, STOPS, strict=True)):
        arrive(storage, arrivals, 10 * number)
        assert not compact(storage, until, held_bytes).lost

    assert counted(storage, ("UTC",)) == counted_in_memory()


def counted_in_memory() -> list[DayCounts]:
    storage = MemoryStorage()
    for number, arrivals in enumerate(THREE_WAVES):
        arrive(storage, arrivals, 10 * number)
    return counted(storage, ("UTC",))
