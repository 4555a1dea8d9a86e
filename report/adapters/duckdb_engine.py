"""Answers questions about raw documents with DuckDB, inside this process.

The window's objects are brought to a scratch folder and read once, into a table; every question
is then asked of that table. Nothing outlives the window's context.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from report.adapters.duckdb_dialect import (
    GATHERED,
    Settings,
    connect,
    literal,
    named_lines,
    raw_tweets,
    spoken,
)
from report.engine import Questions, Row, question
from report.errors import EngineError
from report.places import raw_hour
from report.storage import ObjectInfo, Storage
from report.tweets.containers import is_json, lines
from report.window import Window

MIB = 1 << 20
_SMALL_BYTES = MIB
_PLAIN = (".json", ".jsonl")
_NAME = re.compile(r"(?:^|/)(?P<slot>\d{8}T\d{6}Z-)?[^/]*?(?P<ending>\.jsonl?(?:\.gz|\.zst)?)$", re.ASCII)


class DuckDBEngine:
    """An `Engine` that needs nothing but this machine."""

    def __init__(
        self,
        storage: Storage,
        *,
        memory_limit_bytes: int = 224 * MIB,
        threads: int = 2,
        scratch: Path | None = None,
    ) -> None:
        """Read from `storage`; files go below `scratch`, or where the system keeps such things."""
        self._storage = storage
        self._settings: Settings = {
            "memory_limit": f"{memory_limit_bytes}B",
            "threads": threads,
            "preserve_insertion_order": False,  # costs memory, and no question relies on it
        }
        self._scratch = scratch

    @contextmanager
    def open(self, window: Window) -> Iterator[Questions]:
        """See `Engine.open`."""
        with tempfile.TemporaryDirectory(prefix="trends-", dir=self._scratch) as name:
            folder = Path(name)
            files = list(_fetch(self._storage, window, folder))
            with connect({**self._settings, "temp_directory": str(folder / "spill")}) as connection:
                with _translated("read the window's documents"):
                    _make_documents(connection, files or [_nothing(folder)], window)
                    _make_tweets(connection)
                yield _Answers(connection)


class _Answers:
    """The `Questions` of one open window."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def ask(self, name: str, parameters: Mapping[str, str | int | float] | None = None) -> list[Row]:
        text, names = question(name)
        values = [literal((parameters or {})[wanted]) for wanted in names]
        with _translated(f"answer {name!r}"):
            # Binding from Python makes DuckDB load pandas, which takes longer than most answers.
            self._connection.execute(f"PREPARE asked AS {spoken(text)}")
            bound = f"({', '.join(values)})" if values else ""
            cursor = self._connection.execute(f"EXECUTE asked{bound}")
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, map(_aware, row), strict=True)) for row in cursor.fetchall()]


def _fetch(storage: Storage, window: Window, folder: Path) -> Iterator[Path]:
    """Bring the objects of the window's hours below `folder`; yield where each lies."""
    for hour in window.hours():
        found = [info for info in storage.list(raw_hour(hour)) if _NAME.search(info.key)]
        if found:
            target = folder / raw_hour(hour)
            target.mkdir(parents=True)
            yield from _fetch_hour(storage, found, target)


def _fetch_hour(storage: Storage, found: list[ObjectInfo], target: Path) -> Iterator[Path]:
    small = [info.key for info in found if info.size <= _SMALL_BYTES]
    plain = [key for key in small if key.endswith(_PLAIN)]
    if plain:
        yield _gather(storage, plain, target / GATHERED)
    for number, (key, body) in enumerate(storage.get_many(key for key in small if not key.endswith(_PLAIN))):
        place = target / _local_name(key, f"small{number}")
        place.write_bytes(body)
        yield place
    for number, info in enumerate(info for info in found if info.size > _SMALL_BYTES):
        place = target / _local_name(info.key, f"large{number}")
        storage.download(info.key, place)
        yield place


def _gather(storage: Storage, keys: list[str], target: Path) -> Path:
    """Bring many small objects into one file: DuckDB takes a millisecond for each file it opens."""
    with target.open("wb") as file:
        for key, body in storage.get_many(keys):
            file.writelines(named_lines(key, body))
    return target


def _local_name(key: str, name: str) -> str:
    """Return a name safe from DuckDB's patterns that keeps what counts: the slot and the ending."""
    match = _NAME.search(key)
    assert match is not None
    return f"{match['slot'] or ''}{name}{match['ending']}"


def _nothing(folder: Path) -> Path:
    path = folder / "nothing.jsonl"
    path.touch()
    return path


def _make_documents(connection: duckdb.DuckDBPyConnection, files: list[Path], window: Window) -> None:
    """Make the table `documents`; files DuckDB can't read are mended first, then all is read again."""
    try:
        _read_documents(connection, files, window)
    except duckdb.Error:
        broken = [file for file in files if not _readable(connection, file)]
        if not broken:
            raise
        _read_documents(connection, [_mended(file) if file in broken else file for file in files], window)


def _mended(file: Path) -> Path:
    """Write a file again, each line that is no JSON as an empty object, which counts as refused."""
    target = file.with_name(f"{file.name.partition('.')[0]}-mended.json")
    with file.open("rb") as source, target.open("wb") as sink:
        for _, line in lines(source):
            sink.write((line if isinstance(line, bytes) and is_json(line) else b"{}") + b"\n")
    return target


def _read_documents(connection: duckdb.DuckDBPyConnection, files: list[Path], window: Window) -> None:
    connection.execute(f"CREATE OR REPLACE VIEW raw_tweets AS {raw_tweets(files)}")
    text = spoken(question("documents")[0])
    seen = " AND ".join(
        f"seen_at {sign} TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'"
        for sign, moment in ((">=", window.start), ("<", window.end))
    )
    connection.execute(f"CREATE TABLE documents AS SELECT * FROM ({text}) WHERE {seen}")  # noqa: S608 our own words


def _readable(connection: duckdb.DuckDBPyConnection, file: Path) -> bool:
    try:
        connection.execute(f"SELECT count(*) FROM ({raw_tweets([file])})")  # noqa: S608 our own words
    except duckdb.Error:
        return False
    return True


def _make_tweets(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `tweets` from `documents` without a second copy: only ids that come twice are looked into."""
    kept = "id, seen_at, created_at, lang, author_id, text, hashtags, is_retweet, media_urls"
    for statement in (
        "CREATE TABLE repeated AS"
        " SELECT id FROM documents WHERE kind = 'tweet' GROUP BY id HAVING count(*) > 1",
        "CREATE SCHEMA twice",
        "CREATE VIEW twice.documents AS"
        " SELECT * FROM main.documents WHERE id IN (SELECT id FROM main.repeated)",
        "USE twice",
        f"CREATE TABLE main.chosen AS {spoken(question('tweets')[0])}",
        "USE main",
        f"CREATE VIEW tweets AS SELECT {kept} FROM documents"  # noqa: S608 our own words
        f" WHERE kind = 'tweet' AND id NOT IN (SELECT id FROM repeated) UNION ALL SELECT {kept} FROM chosen",
    ):
        connection.execute(statement)


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise EngineError(f"DuckDB could not {what}: {error}") from error
