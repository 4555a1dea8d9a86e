"""Ways of making one Parquet file of a day's raw tweets: ours, and DuckDB by itself."""

# ruff: noqa: S608 the words are ours
import os
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.answers import Told
from benchmarks.corpus import raw_files
from benchmarks.day import SETTINGS, read_columns
from benchmarks.tweets import DAY

_ROWS_IN_GROUP = 65_536


def ours(folder: Path) -> Callable[[], Told]:
    """Compact the closed day, as cron does: all rules, the record of what it was made from, sorted."""
    from report.adapters.directory_storage import DirectoryStorage
    from report.adapters.duckdb_lake import DuckDBLake
    from report.adapters.duckdb_workroom import Workroom
    from report.compaction import Done
    from report.places import whole_day

    place = _Place(folder)
    for file in raw_files(folder):
        linked = place.folder / file.relative_to(folder)
        linked.parent.mkdir(parents=True)
        os.link(file, linked)
    midnight = datetime.combine(DAY, time.min, UTC) + timedelta(days=1)
    storage = DirectoryStorage(place.folder, None, "")
    DuckDBLake(storage, Workroom(scratch=place.folder)).compact_day(DAY, midnight, Done())
    return place.told(place.folder / whole_day(DAY))


def bare(folder: Path) -> Callable[[], Told]:
    """Have DuckDB write the same rows: our SQL texts, one after the other, into one file."""
    from report.adapters.duckdb_dialect import connect, raw_tweets, spoken
    from report.engine import question

    place = _Place(folder)
    with connect(SETTINGS) as connection:
        connection.execute(f"CREATE VIEW raw_tweets AS {raw_tweets(raw_files(folder))}")
        connection.execute(f"CREATE VIEW documents AS {spoken(question('documents')[0])}")
        return place.written(connection, f"{spoken(question('tweets')[0])} ORDER BY seen_at, id")


def loose(folder: Path) -> Callable[[], Told]:
    """Have DuckDB write what stands on top, each id once, without any other rule."""
    place = _Place(folder)
    rows = (
        'SELECT DISTINCT ON (id_str) id_str AS id, created_at, lang, "user".id_str AS author_id, text,'
        " list_transform(entities.hashtags, lambda h: h.text) AS hashtags,"
        " retweeted_status IS NOT NULL AS is_retweet,"
        " list_transform(entities.media, lambda m: m.media_url_https) AS media_urls"
        f" FROM {read_columns(folder)} WHERE id_str IS NOT NULL"
    )
    with duckdb.connect(config=SETTINGS) as connection:
        return place.written(connection, f"SELECT * FROM ({rows}) ORDER BY id")


class _Place:
    """A folder of a run's own, on the disk of the tweets; it goes once the run has told its answer."""

    def __init__(self, tweets: Path) -> None:
        self._temporary = TemporaryDirectory(dir=tweets.parent, prefix="compacting-")
        self.folder = Path(self._temporary.name)

    def written(self, connection: duckdb.DuckDBPyConnection, rows: str) -> Callable[[], Told]:
        """Write the rows of a query as our compaction does."""
        path = self.folder / "day.parquet"
        connection.execute(
            f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_IN_GROUP})"
        )
        return self.told(path)

    def told(self, path: Path) -> Callable[[], Told]:
        """Return what tells, afterwards, which rows were written and how large they are."""

        def tell() -> Told:
            with duckdb.connect() as connection, self._temporary:
                read = f"read_parquet('{path}', hive_partitioning = false)"
                rows = connection.execute(f"SELECT count(*), bit_xor(hash(r)) FROM {read} AS r").fetchall()[0]
                return Told(list(rows), f"{path.stat().st_size / 1e6:.0f} MB written")

        return tell
