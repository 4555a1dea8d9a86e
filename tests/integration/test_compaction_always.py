"""Rules for compaction that hold whatever happens on the way.

Each example costs a few compactions. So that hundreds fit, DuckDB is opened once, files lie in memory, and
a plain query stands for documents.sql, whose own rules are tested elsewhere and which takes longest.
`COMPACTION_EXAMPLES=2000` tries more.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from report.adapters import duckdb_dialect
from report.adapters.duckdb_days import make_window
from report.adapters.duckdb_lake import DuckDBLake
from report.adapters.duckdb_workroom import Workroom
from report.compaction import Done
from report.engine import question
from report.places import raw_hour
from report.storage import OCTETS, ObjectInfo
from report.window import Window, day_window
from tests.builders import a_notice, a_v1_document, lines
from tests.fakes import MemoryStorage

EXAMPLES = int(os.environ.get("COMPACTION_EXAMPLES", "100"))
SCRATCH = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
MIDNIGHT = datetime(2026, 11, 19, tzinfo=UTC)
FIRST = MIDNIGHT.date()
END = MIDNIGHT + timedelta(days=3)
WINDOWS = [
    Window(MIDNIGHT, END),
    *(day_window(FIRST + timedelta(days=day), ZoneInfo("UTC")) for day in range(3)),
    day_window(FIRST + timedelta(days=1), ZoneInfo("Asia/Kolkata")),
]

PLAIN_DOCUMENTS = """
SELECT
    CASE
        WHEN id_str IS NOT NULL THEN 'tweet'
        WHEN "delete" IS NOT NULL THEN 'notice'
        ELSE 'refused'
    END AS kind,
    CASE WHEN "delete" IS NOT NULL THEN 'delete' END AS notice_kind,
    id_str AS id,
    coalesce(
        strptime(created_at, '%a %b %d %H:%M:%S +0000 %Y'),
        strptime(regexp_extract("$path", 'dt=(.*)/[^/]*$', 1), '%Y-%m-%d/hour=%H')
    ) AS seen_at,
    strptime(created_at, '%a %b %d %H:%M:%S +0000 %Y') AS created_at,
    lang,
    "user".id_str AS author_id,
    text,
    [tag.text for tag in entities.hashtags] AS hashtags,
    CASE WHEN id_str IS NOT NULL THEN false END AS is_retweet,
    CASE WHEN id_str IS NOT NULL THEN []::VARCHAR[] END AS media_urls,
    CASE WHEN id_str IS NULL AND "delete" IS NULL THEN "$path" END AS refused_in,
    false AS refused_by_import
FROM raw_tweets
"""


class Arrival(NamedTuple):
    """A raw object: in which hour since `MIDNIGHT`, which tweets (id, minutes into the hour), what else."""

    hour: int
    tweets: list[tuple[int, int]]
    notices: int
    cut_lines: int


class Step(NamedTuple):
    """What arrives, after how many minutes what was over at which hour is compacted, and what happens then.

    At the so-manieth moment of the run it is killed, another host runs, or `meanwhile` arrives.
    """

    arrivals: list[Arrival]
    minutes: int
    until: int
    happens: str
    moment: int
    meanwhile: list[Arrival]


class Killed(BaseException):
    """The process ends here."""


class Eventful(MemoryStorage):
    """A storage with a clock, and moments when something happens: before any call, and after each write."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MIDNIGHT
        self.moments_left = 0
        self.only_writes = False
        self.moments = 0
        self.happens: Callable[[], None] = lambda: None

    def head(self, key: str) -> ObjectInfo:
        found = super().head(key)
        return ObjectInfo(key, found.size, found.etag, self._entry(key)[2])

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        self._moment(not self.only_writes)
        return iter(tuple(super().list(prefix)))

    def get_many(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        self._moment(not self.only_writes)
        return super().get_many(keys)

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        self._moment(not self.only_writes)
        return super().get_with_etag(key)

    def download(self, key: str, path: Path) -> None:
        self._moment(not self.only_writes)
        super().download(key, path)

    def put_if_absent(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        self._moment()
        super().put_if_absent(key, body, content_type)
        self._moment()

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        self._moment()
        super().put_if_match(key, body, etag, content_type)
        self._moment()

    def delete(self, key: str) -> None:
        self._moment()
        super().delete(key)
        self._moment()

    def _write(self, key: str, body: bytes, content_type: str) -> None:
        self._kept[key] = (body, content_type, self.now)

    def _moment(self, counts: bool = True) -> None:
        self.moments_left -= counts
        self.moments += counts
        if counts and self.moments_left == 0:
            self.happens()


@dataclass
class World:
    """A storage, and all that has arrived in it."""

    storage: Eventful = field(default_factory=Eventful)
    arrived: list[Arrival] = field(default_factory=list)

    def arrive(self, arrivals: Iterable[Arrival]) -> None:
        for arrival in arrivals:
            key = f"{raw_hour(MIDNIGHT + timedelta(hours=arrival.hour))}{len(self.arrived)}.jsonl"
            self.storage.put(key, body_of(len(self.arrived), arrival))
            self.arrived.append(arrival)

    def take(self, step: Step) -> None:
        """Let the step happen, whoever is killed in it."""
        self.arrive(step.arrivals)
        self.storage.now += timedelta(minutes=step.minutes)
        until = MIDNIGHT + timedelta(hours=step.until)
        self.storage.happens = {
            "killed": kill,
            "another runs": lambda: compact(self.storage, until),
            "more arrives": lambda: self.arrive(step.meanwhile),
        }[step.happens]
        self.storage.moments_left = step.moment
        with suppress(Killed):
            compact(self.storage, until)
        event(f"{step.happens}: {self.storage.moments_left <= 0}")
        self.storage.moments_left = 0


def kill() -> None:
    raise Killed


def body_of(number: int, arrival: Arrival) -> bytes:
    hour = MIDNIGHT + timedelta(hours=arrival.hour)
    tweets = [
        a_v1_document(
            id=10**18 + id,
            created_at=hour + timedelta(minutes=minute),
            hashtags=[f"tag{id}"],
            text=f"from {number}",
        )
        for id, minute in arrival.tweets
    ]
    return lines(*tweets, *map(a_notice, range(arrival.notices))) + b'{"cut\n' * arrival.cut_lines


def compact(storage: Eventful, until: datetime = END) -> None:
    lake = DuckDBLake(storage, Workroom(scratch=SCRATCH))
    for day in lake.days(FIRST, until):
        lake.compact_day(day, until, Done())


class Counted(NamedTuple):
    """What a window holds: its tweets, and its documents by kind and minute."""

    tweets: list[tuple[Any, ...]]
    documents: dict[tuple[datetime, str], int]


def read(storage: Eventful, window: Window) -> Counted:
    with duckdb_dialect.connect() as connection, tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        make_window(storage, connection, window, Path(folder))
        tweets = connection.execute("SELECT id, seen_at, text, hashtags FROM tweets ORDER BY id, seen_at")
        rows = [(id, at.replace(tzinfo=UTC), *rest) for id, at, *rest in tweets.fetchall()]
        documents = connection.execute(
            "SELECT date_trunc('minute', seen_at), kind, count(*) FROM documents GROUP BY ALL"
        )
        counts = {(at.replace(tzinfo=UTC), kind): count for at, kind, count in documents.fetchall()}
        return Counted(rows, counts)


def one_pass(arrived: list[Arrival], window: Window) -> Counted:
    """Count without compaction or database: a tweet at its first sighting, unless the day before had it."""
    sighted: dict[date, list[tuple[str, datetime, str, list[str]]]] = {}
    documents: Counter[tuple[datetime, str]] = Counter()
    days = {hour.date() for hour in window.hours()}
    for number, arrival in enumerate(arrived):
        hour = MIDNIGHT + timedelta(hours=arrival.hour)
        rows = sighted.setdefault(hour.date(), [])
        for id, minute in arrival.tweets:
            rows.append((str(10**18 + id), hour + timedelta(minutes=minute), f"from {number}", [f"tag{id}"]))
        if hour.date() in days:
            documents.update((seen_at, "tweet") for _, seen_at, *_ in rows[len(rows) - len(arrival.tweets) :])
            documents.update({(hour, "notice"): arrival.notices, (hour, "refused"): arrival.cut_lines})
    tweets = []
    for day in days:
        before = {id for id, *_ in sighted.get(day - timedelta(days=1), [])}
        first = {row[0]: row for row in sorted(sighted.get(day, []), reverse=True)}
        tweets += [row for id, row in first.items() if id not in before and row[1] in window]
    inside = {seen: count for seen, count in documents.items() if count and seen[0] in window}
    return Counted(sorted(tweets), inside)


def made(storage: Eventful) -> dict[str, bytes]:
    return {i.key: storage.get(i.key) for place in ("recent/", "tweets/") for i in storage.list(place)}


def lean_question(name: str) -> tuple[str, tuple[str, ...]]:
    return (PLAIN_DOCUMENTS, ()) if name == "documents" else question(name)


@pytest.fixture(scope="module")
def _lean() -> Iterator[None]:
    """Open DuckDB once for each who has it open at a time, and hand it on emptied."""
    idle: list[duckdb.DuckDBPyConnection] = []
    connect = duckdb_dialect.connect

    @contextmanager
    def lent(_: object = None) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = idle.pop() if idle else connect({"threads": 1})
        try:
            yield connection
        finally:
            empty(connection)
            idle.append(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("report.adapters.duckdb_dialect.connect", lent)
        patch.setattr("report.adapters.duckdb_workroom.connect", lent)
        patch.setattr("report.adapters.duckdb_parts.question", lean_question)
        yield
    for connection in idle:
        connection.close()


def empty(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("USE memory.main")
    kept = connection.execute(
        "SELECT 'SCHEMA ' || schema_name FROM duckdb_schemas() WHERE NOT internal AND schema_name <> 'main'"
        " UNION ALL SELECT 'VIEW ' || view_name FROM duckdb_views()"
        " WHERE NOT internal AND schema_name = 'main'"
        " UNION ALL SELECT 'TABLE ' || table_name FROM duckdb_tables() WHERE schema_name = 'main'"
    ).fetchall()
    connection.execute("".join(f"DROP {name} CASCADE;" for (name,) in kept))


ARRIVALS = st.lists(
    st.builds(
        Arrival,
        hour=st.sampled_from([0, 1, 23, 24, 48]),
        tweets=st.lists(st.tuples(st.integers(0, 5), st.integers(-70, 130)), max_size=4),
        notices=st.integers(0, 1),
        cut_lines=st.integers(0, 2),
    ),
    max_size=2,
)
STEPS = st.lists(
    st.builds(
        Step,
        arrivals=ARRIVALS,
        minutes=st.sampled_from([1, 50, 200]),
        until=st.sampled_from([0, 1, 2, 24, 25, 26, 48, 49, 72]),
        happens=st.sampled_from(["killed", "another runs", "more arrives"]),
        moment=st.integers(1, 20),
        meanwhile=ARRIVALS,
    ),
    min_size=1,
    max_size=2,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, ARRIVALS, st.sampled_from(WINDOWS))
@pytest.mark.usefixtures("_lean")
def test_compacted_and_live_is_one_pass(steps: list[Step], tail: list[Arrival], window: Window) -> None:
    """Split, doubled, late, killed, repeated, side by side: the counts of one pass, the bytes of one run."""
    world = World()
    for step in steps:
        world.take(step)
    world.arrive(tail)

    assert read(world.storage, window) == one_pass(world.arrived, window)
    world.storage.now += timedelta(hours=3)
    compact(world.storage)
    assert read(world.storage, window) == one_pass(world.arrived, window)
    at_once = World()
    at_once.arrive(world.arrived)
    compact(at_once.storage)
    assert made(world.storage) == made(at_once.storage)


Waves = tuple[tuple[list[Arrival], int], ...]
WAVES: Waves = (
    ([Arrival(0, [(1, 5), (2, 6), (1, 7)], 1, 1), Arrival(23, [(3, 59), (1, 2)], 0, 0)], 24),
    ([Arrival(0, [(4, 1)], 1, 0), Arrival(24, [(3, 0)], 1, 0), Arrival(25, [(5, 9)], 0, 2)], 26),
    ([Arrival(49, [(5, 1), (6, 2)], 0, 0), Arrival(2, [(7, 0), (5, 3)], 0, 1)], 72),
)
FEW_WAVES: Waves = (
    ([Arrival(0, [(1, 5), (2, 6), (1, 7)], 0, 0)], 1),
    ([Arrival(0, [(4, 1)], 0, 1), Arrival(24, [(1, 0)], 1, 0)], 25),
)


def in_waves(
    waves: Waves, moment: int, happens: Callable[[], None] | None = None
) -> tuple[dict[str, bytes], int]:
    """Compact after each wave of arrivals; at the so-manieth moment of all something happens, once.

    It is another run, unless said otherwise; then only writes have moments. Return what was made in the
    end, and how many moments there were until all was compacted once.
    """
    world = World()
    storage = world.storage
    storage.happens = happens or (lambda: compact(storage))
    storage.moments_left, storage.only_writes = moment, bool(happens)
    for arrivals, until in waves:
        world.arrive(arrivals)
        with suppress(Killed):
            compact(storage, MIDNIGHT + timedelta(hours=until))
    moments, storage.moments_left = storage.moments, 0
    compact(storage)
    return made(storage), moments


@pytest.mark.usefixtures("_lean")
def test_killed_before_or_after_any_write_a_rerun_ends_in_the_same_bytes() -> None:
    """Wherever it dies, running again makes what an undisturbed run makes."""
    calm, moments = in_waves(WAVES, 0, kill)

    assert moments >= 24
    for moment in range(1, moments + 1):
        assert in_waves(WAVES, moment, kill)[0] == calm, moment


@pytest.mark.usefixtures("_lean")
def test_overtaken_at_any_moment_it_ends_in_the_same_bytes() -> None:
    """Whatever another host takes away or writes first, both go on, and nothing is made twice or lost."""
    calm, moments = in_waves(FEW_WAVES, 0)

    assert moments >= 30
    for moment in range(1, moments + 1):
        assert in_waves(FEW_WAVES, moment)[0] == calm, moment
