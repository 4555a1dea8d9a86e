"""Makes a day's `counts`, a row a hashtag, from what any engine answers; a table, or a Parquet object.

The answers go through files: a day may have a million hashtags, and none of them becomes a Python object
but its name.
"""

# ruff: noqa: S608 the words are ours, and values go through literal()
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb

from report.adapters.duckdb_dialect import literal
from report.columns import COUNTS, duckdb_type
from report.counts import folding_from, name_spellings
from report.engine import Questions
from report.facts import BOTH, Facts, ask_facts

_POPULAR, _TOGETHER, _COMPANIONS = 1000, 2, 5
_ROWS_IN_GROUP = 16_384
_COLUMNS: Mapping[str, str] = {
    "names": "spelling VARCHAR, tag VARCHAR, key VARCHAR",
    "spellings": "spelling VARCHAR, tweets BIGINT",
    "hashtags": "tag VARCHAR, tweets BIGINT, authors BIGINT, busiest BIGINT, first_seen TIMESTAMP,"
    " last_seen TIMESTAMP",
    "tag_quarters": "tag VARCHAR, quarter TIMESTAMP, tweets BIGINT",
    "companions": "tag VARCHAR, companion VARCHAR, tweets BIGINT",
}


def ask_counts(questions: Questions, folder: Path) -> Facts:
    """Write all answers a day's counts are made of below `folder`; return the day's facts."""
    names = name_spellings(questions)
    with (folder / "names.json").open("w", encoding="utf-8") as file:
        for spelling, tag, key in names:
            file.write(json.dumps({"spelling": spelling, "tag": tag, "key": key}) + "\n")
    folding = folding_from(names)
    for rules in BOTH:
        known: dict[str, str | int | float] = {"folding": folding, "retweets": rules.parameter}
        for name in ("spellings", "hashtags", "tag_quarters"):
            questions.save(name, known, _file(folder, name, rules.parameter))
    several: dict[str, str | int | float] = {"folding": folding, "popular": _POPULAR, "together": _TOGETHER}
    questions.save("companions", several, _file(folder, "companions"))
    return ask_facts(questions)


def make_counts(connection: duckdb.DuckDBPyConnection, day: date, folder: Path) -> None:
    """Make the table `counts` from what `ask_counts` wrote; what is no sound hashtag has no name there."""
    connection.execute(f"CREATE TABLE counts ({_typed(COUNTS)})")
    connection.execute(
        f"INSERT INTO counts WITH names AS ({_read(folder, 'names')}), "
        + ", ".join(f"{name} AS ({text})" for name, text in _nested(folder).items())
        + f" SELECT {literal(day.isoformat())}::DATE, named.tag, named.key, every.tweets, every.authors,"
        " every.busiest, coalesce(own.tweets, 0), coalesce(own.authors, 0), coalesce(own.busiest, 0),"
        " date_trunc('minute', every.first_seen), date_trunc('minute', every.last_seen),"
        " spelt.spellings, spread.quarters, coalesce(together.companions, [])"
        f" FROM (SELECT DISTINCT tag, key FROM names) AS named"
        f" JOIN ({_read(folder, 'hashtags', 'with')}) AS every ON every.tag = named.tag"
        f" LEFT JOIN ({_read(folder, 'hashtags', 'without')}) AS own ON own.tag = named.tag"
        " LEFT JOIN spelt ON spelt.tag = named.tag LEFT JOIN spread ON spread.tag = named.tag"
        " LEFT JOIN together ON together.tag = named.tag"
    )


def write_counts(connection: duckdb.DuckDBPyConnection, said: Mapping[str, str], path: Path) -> None:
    """Write the table `counts` as Parquet with what is `said` of it: the same bytes for the same of both."""
    known = ", ".join(f"{name}: {literal(value)}" for name, value in said.items())
    connection.execute(
        f"COPY (SELECT * FROM counts ORDER BY key) TO {literal(str(path))}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_IN_GROUP}, KV_METADATA {{{known}}})"
    )


def read_said(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Return what `write_counts` said of the file."""
    rows = connection.execute(f"SELECT key, value FROM parquet_kv_metadata({literal(str(path))})").fetchall()
    return {key.decode(): value.decode() for key, value in rows}


def _nested(folder: Path) -> dict[str, str]:
    """The lists a hashtag's row holds, as queries by hashtag; each in an order without doubt."""
    both = (
        "SELECT {keys}, coalesce(every.tweets, 0) AS tweets, coalesce(own.tweets, 0) AS originals"
        " FROM ({every}) AS every LEFT JOIN ({own}) AS own ON {same}"
    )
    spellings = both.format(
        keys="every.spelling",
        every=_read(folder, "spellings", "with"),
        own=_read(folder, "spellings", "without"),
        same="own.spelling = every.spelling",
    )
    quarters = both.format(
        keys="every.tag, every.quarter",
        every=_read(folder, "tag_quarters", "with"),
        own=_read(folder, "tag_quarters", "without"),
        same="own.tag = every.tag AND own.quarter = every.quarter",
    )
    return {
        "spelt": "SELECT names.tag, list({'spelling': spelling, 'tweets': tweets, 'originals': originals}"
        f" ORDER BY tweets DESC, spelling) AS spellings FROM ({spellings}) AS counted"
        " JOIN names USING (spelling) GROUP BY names.tag",
        "spread": "SELECT tag, list({'quarter': quarter, 'tweets': tweets, 'originals': originals}"
        f" ORDER BY quarter) AS quarters FROM ({quarters}) AS counted GROUP BY tag",
        "together": "SELECT tag, list({'tag': companion, 'tweets': tweets} ORDER BY tweets DESC, companion)"
        f"[:{_COMPANIONS}] AS companions FROM ({_read(folder, 'companions')}) AS pairs"
        " WHERE companion IN (SELECT tag FROM names) GROUP BY tag",
    }


def _typed(columns: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {duckdb_type(kind)}" for name, kind in COUNTS.items() if name in columns)


def _file(folder: Path, name: str, retweets: str = "") -> Path:
    return folder / (f"{name}-{retweets}.json" if retweets else f"{name}.json")


def _read(folder: Path, name: str, retweets: str = "") -> str:
    columns = ", ".join(
        f"{column}: {literal(kind)}" for column, kind in (one.split() for one in _COLUMNS[name].split(", "))
    )
    path = literal(str(_file(folder, name, retweets)))
    return f"SELECT * FROM read_json({path}, columns = {{{columns}}}, format = 'newline_delimited')"
