"""Makes DuckDB understand what is written for Athena.

Athena's words that DuckDB lacks are macros. One needs more: Trino's `transform` takes a lambda, which
no macro can, so its name is changed to DuckDB's as the text goes by. docs/decisions tells the rest.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from report.columns import RAW_TWEETS, duckdb_type

Settings = Mapping[str, str | bool | int | float | list[str]]

LONGEST_LINE_BYTES = 4 << 20

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


def raw_tweets(files: Iterable[Path]) -> str:
    """Return the rows of raw files as a query: the columns of `raw_tweets`, and `"$path"`.

    A line that is no JSON gives a row of nulls. The paths must hold no sign of a pattern.
    """
    paths = ", ".join(_quoted(str(path)) for path in files)
    columns = ", ".join(f'"{name}": {_quoted(duckdb_type(kind))}' for name, kind in RAW_TWEETS.items())
    return (
        'SELECT * EXCLUDE (filename), filename AS "$path" FROM read_json('  # noqa: S608 our own words
        f"[{paths}], columns = {{{columns}}}, format = 'newline_delimited', ignore_errors = true,"
        f" filename = true, hive_partitioning = false, maximum_object_size = {LONGEST_LINE_BYTES})"
    )


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
