"""Makes tables in DuckDB from the files of one UTC day or hour, called a part: compacted ones, and raw.

A part is a schema of its own: `documents` (the raw tail), `sighted` (each sighting of a tweet, as far
as compaction kept it), `ids` (all that were sighted) and `tweets` (each once, at its first sighting).
Ids are compared as numbers, of which a day's take a fraction of the memory that their digits would.
"""

# ruff: noqa: S608 the words are ours, and values go through literal()
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from report.adapters.duckdb_dialect import BYTE_ORDER_MARK, CUT_BEFORE_A_VALUE, literal, raw_tweets, spoken
from report.compaction import Record, Seen
from report.engine import question
from report.tweets.containers import is_json, lines

COLUMNS = "id, seen_at, created_at, lang, author_id, text, hashtags, is_retweet, media_urls"
ROWS_IN_GROUP = 65_536
_NUMBER = "CAST(id AS UBIGINT)"  # no two ids share one: documents.sql takes 1 to 19 digits, the first not 0
MENDED = "-mended"
_DOCUMENT = (
    "kind VARCHAR, notice_kind VARCHAR, id VARCHAR, seen_at TIMESTAMP, created_at TIMESTAMP, lang VARCHAR,"
    " author_id VARCHAR, text VARCHAR, hashtags VARCHAR[], is_retweet BOOLEAN, media_urls VARCHAR[],"
    " refused_in VARCHAR, refused_by_import BOOLEAN"
)
_TYPES = dict(column.split(" ") for column in _DOCUMENT.split(", "))
NOT_COUNTED = ("created_at", "text", "media_urls")
"""The columns no count asks for, and by which tweets.sql tells sightings apart last of all."""


@dataclass(frozen=True)
class Files:
    """The files of one part, on this machine: compacted ones with their records, and raw ones."""

    stored: tuple[Path, ...]
    records: tuple[Record, ...]
    raw: tuple[Path, ...]
    left_out: tuple[str, ...] = ()
    """Columns of the documents that nobody will ask for: they stay empty, which saves time and memory."""


def make_part(connection: duckdb.DuckDBPyConnection, name: str, files: Files) -> None:
    """Make all of the part but its tweets."""
    connection.execute(f"CREATE SCHEMA {name}")
    _make_documents(connection, name, files)
    ids = sorted(set().union(*(record.echoes for record in files.records)))
    values = ", ".join(f"({literal(id)})" for id in ids) or "(NULL)"
    for statement in (
        f"CREATE TABLE {name}.echoes AS SELECT id FROM (VALUES {values}) AS said (id) WHERE id IS NOT NULL",
        f"CREATE VIEW {name}.sighted AS SELECT {COLUMNS} FROM {name}.documents WHERE kind = 'tweet'"
        + "".join(f" UNION ALL SELECT {COLUMNS} FROM {_parquet(path)}" for path in files.stored),
        f"CREATE VIEW {name}.ids AS SELECT {_NUMBER} AS number FROM {name}.sighted"
        f" UNION ALL SELECT {_NUMBER} FROM {name}.echoes",
    ):
        connection.execute(statement)


def make_tweets(
    connection: duckdb.DuckDBPyConnection, name: str, files: Files, earlier: str | None
) -> Path | None:
    """Make `tweets` and `echoed`; `earlier` is the part of the day before, None for no look.

    No second copy is made of the rows: only ids that come twice are looked into. Return the one file whose
    rows are just the tweets, if there is such a file.
    """
    connection.execute(
        f"CREATE TABLE {name}.echoed AS SELECT DISTINCT id FROM {name}.sighted WHERE "
        + (f"{_NUMBER} IN (SELECT number FROM {earlier}.ids)" if earlier else "false")
    )
    alone = len(files.stored) == 1 and not files.raw
    connection.execute(
        f"CREATE TABLE {name}.repeated AS SELECT {_NUMBER} AS number FROM {name}.sighted"
        + (" WHERE false" if alone else " GROUP BY number HAVING count(*) > 1")
    )
    _choose(connection, name)
    dropped = f"SELECT number FROM {name}.repeated UNION ALL SELECT {_NUMBER} FROM {name}.echoed"
    some = connection.execute(f"SELECT count(*) > 0 FROM ({dropped})").fetchone() == (True,)
    where = f" WHERE {_NUMBER} NOT IN ({dropped})" if some else ""
    connection.execute(
        f"CREATE VIEW {name}.tweets AS SELECT {COLUMNS} FROM {name}.sighted{where}"
        f" UNION ALL SELECT {COLUMNS} FROM {name}.chosen"
    )
    return files.stored[0] if alone and not some else None


def _choose(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make `chosen`: of the sightings of each repeated id the one that counts, as tweets.sql says."""
    for statement in (
        f"CREATE SCHEMA {name}_twice",
        f"CREATE VIEW {name}_twice.documents AS SELECT *, 'tweet' AS kind FROM {name}.sighted"
        f" WHERE {_NUMBER} IN (SELECT number FROM {name}.repeated)"
        f" AND id NOT IN (SELECT id FROM {name}.echoed)",
        f"USE {name}_twice",
        f"CREATE TABLE {name}.chosen AS {spoken(question('tweets')[0])}",
        "USE main",
    ):
        connection.execute(statement)


def seen_in(connection: duckdb.DuckDBPyConnection, name: str) -> dict[Seen, int]:
    """Return how many raw documents of the part were seen in each UTC minute, by kind."""
    rows = connection.execute(
        "SELECT strftime(date_trunc('minute', seen_at), '%Y-%m-%dT%H:%M'), kind, coalesce(notice_kind, ''),"
        f" count(*) FROM {name}.documents GROUP BY ALL"
    ).fetchall()
    return {(minute, kind, notice): count for minute, kind, notice, count in rows}


def echoed_in(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    """Return the ids of the part that the day before had sighted."""
    return {id for (id,) in connection.execute(f"SELECT id FROM {name}.echoed").fetchall()}


def write_part(connection: duckdb.DuckDBPyConnection, name: str, record: Record, path: Path) -> None:
    """Write the part's tweets and its record as Parquet: the same bytes for the same of both."""
    said = ", ".join(f"{key}: {literal(value)}" for key, value in record.to_metadata().items())
    connection.execute(
        f"COPY (SELECT {COLUMNS} FROM {name}.tweets ORDER BY seen_at, id) TO {literal(str(path))}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_IN_GROUP}, KV_METADATA {{{said}}})"
    )


def read_record(connection: duckdb.DuckDBPyConnection, path: Path) -> Record:
    """Return the record of a compacted file; raise `KeyError` or `ValueError` if it has none."""
    rows = connection.execute(f"SELECT key, value FROM parquet_kv_metadata({literal(str(path))})").fetchall()
    return Record.from_metadata({key.decode(): value.decode() for key, value in rows})


def _parquet(*paths: Path) -> str:
    named = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{named}], hive_partitioning = false)"


def tweets_of(files: Sequence[Path], parts: Iterable[str], condition: str) -> str:
    """Return a query for the tweets of compacted files and of parts that are more than a file each.

    All files are read as one: DuckDB gathers each branch of a union by itself, and needs memory for each.
    """
    read = [f"SELECT {COLUMNS} FROM {_parquet(*files)}"] if files else []
    read += [f"SELECT {COLUMNS} FROM {part}.tweets" for part in parts]
    return " UNION ALL ".join(f"{one} WHERE {condition}" for one in read)


def _make_documents(connection: duckdb.DuckDBPyConnection, name: str, part: Files) -> None:
    """Make the part's documents; files DuckDB can't read rightly are mended, then all is read again."""
    files = list(part.raw)
    if not files:
        connection.execute(f"CREATE TABLE {name}.documents ({_DOCUMENT})")
        return
    try:
        _read_documents(connection, name, files, part.left_out)
    except duckdb.Error:
        broken = [file for file in files if not _readable(connection, file)]
        if not broken:
            raise
        files = [_mended(file) if file in broken else file for file in files]
        _read_documents(connection, name, files, part.left_out)
    if misread := _misread(connection, name, files):
        files = [_mended(file) if file in misread else file for file in files]
        _read_documents(connection, name, files, part.left_out)


def _misread(connection: duckdb.DuckDBPyConnection, name: str, files: list[Path]) -> list[Path]:
    """Return the files of which DuckDB refused what is a tweet: it stands behind a mark, or a cut line."""
    found = connection.execute(
        f"SELECT DISTINCT refused_in FROM {name}.documents WHERE kind = 'refused' AND NOT refused_by_import"
    )
    places = set(found.fetchall())
    return [file for file in files if (str(file),) in places and _misleads(file)]


def _misleads(file: Path) -> bool:
    """Tell whether the file begins with a byte order mark, or has a line cut where a value should come."""
    with file.open("rb") as source:
        if source.peek(3).startswith(BYTE_ORDER_MARK):
            return True
        return any(isinstance(line, bytes) and line.endswith(CUT_BEFORE_A_VALUE) for _, line in lines(source))


def _read_documents(
    connection: duckdb.DuckDBPyConnection, name: str, files: list[Path], left_out: Iterable[str]
) -> None:
    connection.execute(f"CREATE OR REPLACE VIEW raw_tweets AS {raw_tweets(files)}")
    text = spoken(question("documents")[0])
    empty = ", ".join(f"NULL::{_TYPES[column]} AS {column}" for column in left_out)
    chosen = f"* REPLACE ({empty})" if empty else "*"
    connection.execute(
        f"CREATE OR REPLACE TABLE {name}.documents AS SELECT {chosen} FROM ({text}) WHERE seen_at IS NOT NULL"
    )


def _mended(file: Path) -> Path:
    """Write a file again, each line that is no JSON as an empty object, which counts as refused."""
    ending = ".json" if file.suffix == ".json" else ".jsonl"  # only the former's slot says when it was seen
    target = file.with_name(f"{file.name.partition('.')[0]}{MENDED}{ending}")
    with file.open("rb") as source, target.open("wb") as sink:
        for _, line in lines(source):
            sink.write((line if isinstance(line, bytes) and is_json(line) else b"{}") + b"\n")
    return target


def _readable(connection: duckdb.DuckDBPyConnection, file: Path) -> bool:
    try:
        connection.execute(f"SELECT count(*) FROM ({raw_tweets([file])})")
    except duckdb.Error:
        return False
    return True
