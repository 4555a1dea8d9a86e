"""Makes DuckDB understand what is written for Athena.

Athena's words that DuckDB lacks are macros. One needs more: Trino's `transform` takes a lambda, which
no macro can, so its name is changed to DuckDB's as the text goes by. docs/decisions tells the rest.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import duckdb

from report.columns import RAW_TWEETS, duckdb_type
from report.errors import EngineError

Settings = Mapping[str, str | bool | int | float | list[str]]

LONGEST_LINE_BYTES = 2 << 20
GATHERED = "gathered.jsonl"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CUT_BEFORE_A_VALUE = (b":", b"[", b",")  # DuckDB takes the next line for the value, and both are lost

_MARK = re.compile(r"--[^\n]*|'[^']*'|\"[^\"]*\"|\?")

_DIALECT = (
    "SET integer_division = true",  # 7 / 2 is 3
    "CREATE MACRO regexp_like(words, pattern) AS regexp_matches(words, pattern)",
    "CREATE MACRO element_at(items, place) AS items[place]",
    # DuckDB's own does not keep the order.
    "CREATE MACRO array_distinct(items) AS CASE WHEN len(items) < 2 THEN items"
    " ELSE list_filter(items, lambda item, place: list_position(items, item) = place) END",
    "CREATE MACRO date_add(unit, amount, moment) AS CASE unit"
    " WHEN 'millisecond' THEN moment + to_milliseconds(amount)"
    " ELSE error('date_add knows milliseconds only') END",
)


def connect(settings: Settings | None = None) -> duckdb.DuckDBPyConnection:
    """Return a new database in memory that understands Athena's SQL, once `spoken`."""
    connection = duckdb.connect(config=dict(settings or {}))
    for statement in _DIALECT:
        connection.execute(statement)
    return connection


def spoken(text: str) -> str:
    """Return a text written for Athena as DuckDB wants it: the same but for the name of `transform`."""
    return re.sub(r"\btransform\(", "list_transform(", text)


def named_lines(path: str, body: bytes) -> Iterator[bytes]:
    """Yield an object's lines for a file named `GATHERED`, each telling where it came from.

    The name is the first field, and DuckDB believes the first: a tweet can't give itself another.
    """
    name = b'{"$path":' + json.dumps(path).encode()
    for line in body.removeprefix(BYTE_ORDER_MARK).splitlines():
        inside = line.strip().removeprefix(b"{")
        if inside and inside != line.strip() and not inside.endswith(CUT_BEFORE_A_VALUE):
            yield name + (b"" if inside.lstrip() == b"}" else b",") + inside + b"\n"
        elif line.strip():
            yield name + b"}\n"  # no object, or a cut one: it counts as refused


def raw_tweets(files: Iterable[Path]) -> str:
    """Return the rows of raw files as a query: the columns of `raw_tweets`, and `"$path"`.

    A line that is no JSON gives a row of nulls. The paths must hold no sign of a pattern.
    """
    gathered: list[Path] = []
    alone: list[Path] = []
    for file in files:
        (gathered if file.name.startswith(GATHERED.partition(".")[0]) else alone).append(file)
    columns = {name: duckdb_type(kind) for name, kind in RAW_TWEETS.items()}
    parts = []
    if alone:
        named = _read(alone, columns)
        parts.append(f'SELECT * EXCLUDE (filename), filename AS "$path" FROM {named}')  # noqa: S608 our own words
    if gathered:
        named = _read(gathered, {**columns, "$path": "VARCHAR"})
        kept = '* EXCLUDE ("$path", filename), coalesce("$path", filename) AS "$path"'
        parts.append(f"SELECT {kept} FROM {named}")  # noqa: S608 our own words
    return " UNION ALL ".join(parts)


def _read(files: list[Path], columns: Mapping[str, str]) -> str:
    paths = ", ".join(_quoted(str(path)) for path in files)
    typed = ", ".join(f'"{name}": {_quoted(kind)}' for name, kind in columns.items())
    return (
        f"read_json([{paths}], columns = {{{typed}}}, format = 'newline_delimited', ignore_errors = true,"
        f" filename = true, hive_partitioning = false, maximum_object_size = {LONGEST_LINE_BYTES})"
    )


def filled(text: str, values: Iterable[str | int | float]) -> str:
    """Return a text with a literal in the place of each `?`: COPY and CREATE take no parameters."""
    waiting = map(literal, values)
    return _MARK.sub(lambda mark: next(waiting) if mark[0] == "?" else mark[0], text)


def literal(value: str | int | float) -> str:
    """Return a value as SQL says it; raise `EngineError` for text that SQL cannot hold."""
    if not isinstance(value, str):
        return repr(value)
    if "\0" in value:
        raise EngineError(f"a question's parameter cannot hold a NUL: {value!r}")
    return _quoted(value)


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
