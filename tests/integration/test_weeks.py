"""Rules for weeks: counted to the tweet and to the author, beside the week before, once."""

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from report import editions
from report.adapters.athena_engine import AthenaEngine, Workplace
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.duckdb_days import make_window
from report.adapters.duckdb_dialect import connect
from report.adapters.duckdb_engine import DuckDBEngine
from report.adapters.duckdb_history import DuckDBHistory
from report.adapters.duckdb_lake import DuckDBLake
from report.adapters.folder_sender import FolderSender
from report.building import build_edition
from report.compaction import Done
from report.counts import CountingRules
from report.engine import Engine
from report.errors import NotBegun
from report.periods import week_period
from report.places import raw_hour
from report.services import Services
from report.settings import Settings
from report.storage import Storage
from report.trends import Parameters
from report.window import Window
from tests.athena_fake import DuckDBAthena
from tests.builders import a_v1_document, lines
from tests.fakes import MemoryStorage

UTC_ZONE, TOKYO = ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 11, 16)
AFTER = datetime(2026, 11, 23, 5, tzinfo=UTC)


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """Return a moment of the `day`th day from Monday, 16 November 2026."""
    return datetime(MONDAY.year, MONDAY.month, MONDAY.day, hour, minute, tzinfo=UTC) + timedelta(days=day)


def put(storage: Storage, name: str, *tweets: tuple[datetime, int, str, int]) -> None:
    """Store tweets: (seen at, id, hashtag, author)."""
    for number, (seen, id, tag, author) in enumerate(tweets):
        document = a_v1_document(id=id, created_at=seen, hashtags=[tag], user={"id_str": str(author)})
        storage.put(f"{raw_hour(seen)}{name}-{number}.jsonl", lines(document))


def services_on(storage: Storage, zone: ZoneInfo = UTC_ZONE, engine: Engine | None = None) -> Services:
    chosen = engine or DuckDBEngine(storage)
    return Services(
        settings=Settings(timezone=zone),
        storage=storage,
        engine=lambda: chosen,
        history=lambda: DuckDBHistory(storage, lambda: chosen, zone, CountingRules(), Parameters()),
        sender=lambda: FolderSender(Path("nowhere")),
        source=lambda _: storage,
    )


def data_of(storage: Storage, period_id: str = "2026-W47") -> dict[str, object]:
    edition = editions.newest_of(storage, "trends", period_id)
    found: dict[str, object] = json.loads(storage.get(f"{edition.folder}data.json"))
    return found


def tags_of(storage: Storage) -> dict[str, tuple[int, int]]:
    """Return (tweets, authors) by hashtag."""
    found = data_of(storage)["tags"]
    assert isinstance(found, list)
    return {one["tag"]: (one["tweets"], one["authors"]) for one in found}


@pytest.mark.parametrize(
    ("is_compacted", "zone"),
    list(product([False, True], [UTC_ZONE, TOKYO])),
    ids=lambda value: getattr(value, "key", "compacted" if value else "raw"),
)
def test_a_weeks_authors_are_counted_once(is_compacted: bool, zone: ZoneInfo) -> None:
    """Authors of several days are one, by one pass over the week's tweets in Python too."""
    storage = MemoryStorage()
    seen = [(at(day, hour), day, hour) for day in range(-1, 8) for hour in (1, 9, 16, 23)]
    tweets = [
        (moment, 1000 + 24 * day + hour, ("budget", "food", "sea")[(day + hour) % 3], hour % 5 + day % 2)
        for moment, day, hour in seen
    ]
    put(storage, "import", *tweets)
    if is_compacted:
        lake, done = DuckDBLake(storage), Done()
        for one in lake.days(MONDAY - timedelta(days=2), AFTER + timedelta(days=7)):
            lake.compact_day(one, AFTER + timedelta(days=7), done)
    build_edition(services_on(storage, zone), "trends", "2026-W47", AFTER + timedelta(days=7))
    window = week_period(MONDAY, zone).window
    ids, authors = defaultdict(set), defaultdict(set)
    for moment, id, tag, author in tweets:
        if moment in window:
            ids[tag].add(id)
            authors[tag].add(author)

    assert tags_of(storage) == {tag: (len(ids[tag]), len(authors[tag])) for tag in ids}


def test_a_week_stands_beside_the_week_before() -> None:
    """Its ranks, tweets and changes; what was used then and is not now has fallen."""
    storage = MemoryStorage()
    told = (-7, "old", 40), (0, "new", 40), (-7, "budget", 20), (0, "budget", 20)
    for number, (week, tag, tweets) in enumerate(told):
        found = [
            (at(week + one % 7, minute=one), 1000 * (number + 1) + one, tag, one) for one in range(tweets)
        ]
        put(storage, f"{tag}{number}", *found)
    build_edition(services_on(storage), "trends", "2026-W47", AFTER)
    data = data_of(storage)

    assert isinstance(data["tags"], list)
    assert isinstance(data["fell"], list)
    first, second = data["tags"]
    assert (first["tag"], first["rank_before"], first["tweets_before"], first["change"]) == (
        "new",
        None,
        0,
        "real",
    )
    assert (second["tag"], second["rank_before"], second["tweets_before"]) == ("budget", 2, 20)
    assert [(one["tag"], one["tweets"], one["tweets_before"]) for one in data["fell"]] == [("old", 0, 40)]


def test_a_week_is_counted_once() -> None:
    """Built again, nothing is counted or written; the next week finds this one counted."""
    storage = MemoryStorage()
    put(storage, "import", (at(0), 1, "budget", 1), (at(-7), 2, "budget", 1))
    first = build_edition(services_on(storage), "trends", "2026-W47", AFTER)
    before = {info.key: info.modified_at for info in storage.list("")}
    again = build_edition(services_on(storage), "trends", "2026-W47", AFTER)

    assert (first.fresh, again.fresh) == (True, False)
    assert {info.key: info.modified_at for info in storage.list("")} == before
    build_edition(services_on(storage), "trends", "2026-W48", AFTER + timedelta(days=7))
    assert storage.head("weeks/UTC/2026-W47.parquet").modified_at == before["weeks/UTC/2026-W47.parquet"]


def test_late_tweets_make_a_week_anew() -> None:
    """Those of the week before too, since it is compared with that one."""
    storage = MemoryStorage()
    put(storage, "import", (at(0), 1, "budget", 1), (at(-7), 2, "budget", 1))
    build_edition(services_on(storage), "trends", "2026-W47", AFTER)
    put(storage, "late", (at(3), 3, "budget", 2))
    second = build_edition(services_on(storage), "trends", "2026-W47", AFTER).edition
    put(storage, "later", (at(-4), 4, "budget", 2))
    third = build_edition(services_on(storage), "trends", "2026-W47", AFTER).edition

    assert (second.revision, second.totals) == (2, {"tweets": 2, "authors": 2})
    assert third.revision == 3


def test_a_week_that_collecting_began_in_is_an_incomplete_one() -> None:
    """It has a report, which says how little was observed; the week before it has none."""
    storage = MemoryStorage()
    put(storage, "import", (at(4), 1, "budget", 1))
    edition = build_edition(services_on(storage), "trends", "2026-W47", AFTER).edition

    assert edition.coverage == 1 / 10_080
    assert storage.list_folders("weeks/") == ["UTC"]
    assert [info.key for info in storage.list("weeks/")] == ["weeks/UTC/2026-W47.parquet"]
    with pytest.raises(NotBegun, match="2026-W46 is before anything was collected"):
        build_edition(services_on(storage), "trends", "2026-W46", AFTER)


def test_a_silent_week_has_an_edition() -> None:
    """Nothing collected is said, not skipped."""
    storage = MemoryStorage()
    put(storage, "import", (at(-20), 1, "budget", 1))
    edition = build_edition(services_on(storage), "trends", "2026-W47", AFTER).edition

    assert (edition.is_empty, edition.day, edition.period) == (True, date(2026, 11, 22), "2026-W47")
    assert "Nothing was collected in the week of 16 to 22 November 2026." in edition.headline


def test_the_files_of_closed_days_are_read_as_one(tmp_path: Path) -> None:
    """A union takes memory for each of its days; a day that is not closed stands apart."""
    storage = MemoryStorage()
    put(storage, "import", *((at(day), day + 1, "budget", day) for day in range(5)))
    lake, done = DuckDBLake(storage), Done()
    for one in lake.days(MONDAY, at(4)):
        lake.compact_day(one, at(4), done)
    with connect({}) as connection:
        make_window(storage, connection, Window(at(0, 0), at(5, 0)), tmp_path)
        views = "SELECT sql FROM duckdb_views() WHERE view_name = 'tweets' AND schema_name = 'main'"
        (text,) = connection.execute(views).fetchone() or ("",)
        found = connection.execute("SELECT id FROM tweets ORDER BY seen_at").fetchall()

    assert text.count("read_parquet(") == 1
    assert text.count("day.parquet") == 4
    assert found == [(str(day + 1),) for day in range(5)]


def test_athena_counts_the_same_week(tmp_path: Path) -> None:
    """One SQL text: whoever answers, the week's edition has the same bytes."""
    stores = [DirectoryStorage(tmp_path / name, None, "http://localhost") for name in ("duckdb", "athena")]
    tweets = [(at(day, minute=day), day + 1, "budget", day % 3) for day in range(7)]
    for storage in stores:
        put(storage, "import", *tweets)
    paths = sorted((tmp_path / "athena").rglob("*.jsonl"))
    workplace = Workplace("primary", "twitter_trends")
    athena = AthenaEngine(DuckDBAthena(paths), stores[1], workplace, limit_bytes=10**9)
    built = [
        build_edition(services_on(storage, engine=engine), "trends", "2026-W47", AFTER)
        for storage, engine in zip(stores, (None, athena), strict=True)
    ]

    assert built[0] == built[1]
    assert tags_of(stores[1]) == {"budget": (7, 3)}


def test_counting_weeks_leaves_the_days_alone() -> None:
    """What reads the counts of days, Athena's table and the first day too, meets no week among them."""
    storage = MemoryStorage()
    put(storage, "import", (at(0), 1, "budget", 1))
    build_edition(services_on(storage), "trends", "2026-W47", AFTER)

    assert list(storage.list("counts/")) == []
