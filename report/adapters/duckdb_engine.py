"""Answers questions about raw documents with DuckDB, inside this process.

The window's objects are brought to a scratch folder and read once, into a table; every question
is then asked of that table. Nothing outlives the window's context.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from report.columns import RAW_TWEETS, duckdb_type
from report.engine import Questions, Row, question
from report.errors import EngineError
from report.places import raw_hour
from report.storage import ObjectInfo, Storage
from report.window import Window

_Settings = dict[str, str | bool | int | float | list[str]]

MIB = 1 << 20
_SMALL_BYTES = MIB
_LONGEST_LINE_BYTES = 4 * MIB
_NAME = re.compile(r"(?:^|/)(?P<slot>\d{8}T\d{6}Z-)?[^/]*?(?P<ending>\.jsonl?(?:\.gz|\.zst)?)$", re.ASCII)

# Athena's words that DuckDB lacks or means otherwise.
_DIALECT = (
    "SET integer_division = true",
    "CREATE MACRO regexp_like(words, pattern) AS regexp_matches(words, pattern)",
    "CREATE MACRO element_at(items, place) AS items[place]",
    # DuckDB's own does not keep the order.
    "CREATE MACRO array_distinct(items) AS CASE WHEN len(items) < 2 THEN items"
    " ELSE list_filter(items, lambda item, place: list_position(items, item) = place) END",
    "CREATE MACRO date_add(unit, amount, moment) AS CASE unit"
    " WHEN 'millisecond' THEN moment + to_milliseconds(amount)"
    " ELSE error('date_add knows milliseconds only') END",
)


class DuckDBEngine:
    """An `Engine` that needs nothing but this machine."""

    def __init__(
        self,
        storage: Storage,
        *,
        memory_limit_bytes: int = 256 * MIB,
        threads: int = 2,
        scratch: Path | None = None,
    ) -> None:
        """Read from `storage`; files go below `scratch`, or where the system keeps such things."""
        self._storage = storage
        self._settings: _Settings = {"memory_limit": f"{memory_limit_bytes}B", "threads": threads}
        self._scratch = scratch

    @contextmanager
    def open(self, window: Window) -> Iterator[Questions]:
        """See `Engine.open`."""
        with tempfile.TemporaryDirectory(prefix="trends-", dir=self._scratch) as name:
            folder = Path(name)
            files = list(_fetch(self._storage, window, folder))
            settings: _Settings = {**self._settings, "temp_directory": str(folder / "spill")}
            with duckdb.connect(config=settings) as connection, _translated("read the window's documents"):
                _prepare(connection, files or [_nothing(folder)], window)
                yield _Answers(connection)


class _Answers:
    """The `Questions` of one open window."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def ask(self, name: str, parameters: Mapping[str, str | int | float] | None = None) -> list[Row]:
        text, names = question(name)
        values = [(parameters or {})[wanted] for wanted in names]
        with _translated(f"answer {name!r}"):
            cursor = self._connection.execute(_spoken(text), values)
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, map(_aware, row), strict=True)) for row in cursor.fetchall()]


def _fetch(storage: Storage, window: Window, folder: Path) -> Iterator[Path]:
    """Bring the objects of the window's hours below `folder`; yield where each lies."""
    for hour in window.hours():
        target = folder / raw_hour(hour)
        found = {info.key: info for info in storage.list(raw_hour(hour)) if _NAME.search(info.key)}
        if not found:
            continue
        target.mkdir(parents=True)
        places = {key: target / _local_name(key, number) for number, key in enumerate(found)}
        yield from _fetch_hour(storage, found.values(), places)


def _fetch_hour(storage: Storage, found: Iterable[ObjectInfo], places: dict[str, Path]) -> Iterator[Path]:
    small = []
    for info in found:
        if info.size <= _SMALL_BYTES:
            small.append(info.key)
        else:
            storage.download(info.key, places[info.key])
            yield places[info.key]
    for key, body in storage.get_many(small):
        places[key].write_bytes(body)
        yield places[key]


def _local_name(key: str, number: int) -> str:
    """Return a name safe from DuckDB's patterns that keeps what counts: the slot and the ending."""
    match = _NAME.search(key)
    assert match is not None
    return f"{match['slot'] or ''}{number}{match['ending']}"


def _nothing(folder: Path) -> Path:
    path = folder / "nothing.jsonl"
    path.touch()
    return path


def _prepare(connection: duckdb.DuckDBPyConnection, files: list[Path], window: Window) -> None:
    for statement in _DIALECT:
        connection.execute(statement)
    connection.execute(_raw_tweets(files))
    seen = " AND ".join(
        f"seen_at {sign} TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'"
        for sign, moment in ((">=", window.start), ("<", window.end))
    )
    connection.execute(f"CREATE TABLE documents AS SELECT * FROM ({_text('documents')}) WHERE {seen}")  # noqa: S608 our own words
    connection.execute(f"CREATE TABLE tweets AS {_text('tweets')}")


def _raw_tweets(files: list[Path]) -> str:
    """Return the statement that makes the view `raw_tweets` of the files, as Athena's table is."""
    paths = ", ".join(_quoted(str(path)) for path in files)
    columns = ", ".join(f'"{name}": {_quoted(duckdb_type(kind))}' for name, kind in RAW_TWEETS.items())
    return (
        'CREATE VIEW raw_tweets AS SELECT * EXCLUDE (filename), filename AS "$path" FROM read_json('  # noqa: S608 ours
        f"[{paths}], columns = {{{columns}}}, format = 'newline_delimited', ignore_errors = true,"
        f" filename = true, hive_partitioning = false, maximum_object_size = {_LONGEST_LINE_BYTES})"
    )


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _text(name: str) -> str:
    return _spoken(question(name)[0])


def _spoken(text: str) -> str:
    """Return Athena's text with the one word changed that no macro can stand for, as it takes a lambda."""
    return re.sub(r"\btransform\(", "list_transform(", text)


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise EngineError(f"DuckDB could not {what}: {error}") from error
