"""Makes a day's `counts`, a row a hashtag, from what any engine answers; a table, or a Parquet object.

The answers go through files: a day may have a million hashtags, of which only the names become Python
objects, to be folded.
"""

# ruff: noqa: S608 the words are ours, and values go through literal()
import json
from collections.abc import Mapping
from dataclasses import dataclass
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
_ROWS_AT_A_TIME = 250_000
"""Of quarters of an hour: lists are gathered in memory, which must hold them."""

_NAMES_AT_A_TIME = 10_000
_SPELLINGS = "spelling VARCHAR, tweets BIGINT"
_QUARTERS = "tag VARCHAR, quarter TIMESTAMP, tweets BIGINT, originals BIGINT"
_PAIRS = "tag VARCHAR, companion VARCHAR, tweets BIGINT"
_NAMES = "spelling VARCHAR, tag VARCHAR, key VARCHAR"
_HASHTAGS = (
    "tag VARCHAR, tweets BIGINT, authors BIGINT, busiest BIGINT, first_seen TIMESTAMP, last_seen TIMESTAMP"
)


@dataclass(frozen=True)
class Answers:
    """A day's answers: its facts, and queries that read the rest from files; `own` leaves retweets out."""

    facts: Facts
    names: str
    spellings: str
    own_spellings: str
    hashtags: str
    own_hashtags: str
    quarters: str
    companions: str


def ask_counts(connection: duckdb.DuckDBPyConnection, questions: Questions, folder: Path) -> Answers:
    """Write all answers a day's counts are made of below `folder`; `connection` reads them there."""
    spellings, own_spellings = (
        _read(questions.save("spellings", {"retweets": rules.parameter}, folder), _SPELLINGS)
        for rules in BOTH
    )
    names = folder / "names.json"
    known: dict[str, str | int | float] = {"folding": _write_names(connection, spellings, names)}
    several = {**known, "popular": _POPULAR, "together": _TOGETHER}
    hashtags, own_hashtags = (
        _read(questions.save("hashtags", {**known, "retweets": rules.parameter}, folder), _HASHTAGS)
        for rules in BOTH
    )
    return Answers(
        facts=ask_facts(questions),
        names=_read(names, _NAMES),
        spellings=spellings,
        own_spellings=own_spellings,
        hashtags=hashtags,
        own_hashtags=own_hashtags,
        quarters=_read(questions.save("tag_quarters", known, folder), _QUARTERS),
        companions=_read(questions.save("companions", several, folder), _PAIRS),
    )


def make_counts(connection: duckdb.DuckDBPyConnection, day: date, answers: Answers) -> None:
    """Make the table `counts`; what is no sound hashtag has no name, and so no row."""
    columns = ", ".join(f"{name} {duckdb_type(kind)}" for name, kind in COUNTS.items())
    connection.execute(f"CREATE TABLE counts ({columns})")
    rows = connection.execute(f"SELECT count(*) FROM ({answers.quarters})").fetchone()
    parts = 1 + (rows[0] if rows else 0) // _ROWS_AT_A_TIME
    for part in range(parts):
        connection.execute(f"INSERT INTO counts {_part(answers, day, f'hash(tag) % {parts} = {part}')}")


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


def _part(answers: Answers, day: date, chosen: str) -> str:
    """The rows of the hashtags that are `chosen`; each list in an order without doubt."""
    lists = {
        "names": f"SELECT * FROM ({answers.names}) WHERE {chosen}",
        "spelt": "SELECT names.tag, list({'rank': -every.tweets, 'spelling': spelling, 'originals':"
        " coalesce(own.tweets, 0)}) AS found FROM names JOIN"
        f" ({answers.spellings}) AS every USING (spelling)"
        f" LEFT JOIN ({answers.own_spellings}) AS own USING (spelling) GROUP BY names.tag",
        "spread": "SELECT tag, list({'quarter': quarter, 'tweets': tweets, 'originals': originals}) AS found"
        f" FROM ({answers.quarters}) WHERE {chosen} GROUP BY tag",
        "together": "SELECT tag, list({'rank': -tweets, 'tag': companion}) AS found"
        f" FROM ({answers.companions}) WHERE {chosen} AND companion IN"
        f" (SELECT tag FROM ({answers.names})) GROUP BY tag",
    }
    return (
        f"WITH {', '.join(f'{name} AS ({text})' for name, text in lists.items())}"
        f" SELECT {literal(day.isoformat())}::DATE, named.tag, named.key,"
        " every.tweets, every.authors, every.busiest,"
        " coalesce(own.tweets, 0), coalesce(own.authors, 0), coalesce(own.busiest, 0),"
        " date_trunc('minute', every.first_seen), date_trunc('minute', every.last_seen),"
        " list_transform(list_sort(spelt.found), lambda one:"
        " {'spelling': one.spelling, 'tweets': -one.rank, 'originals': one.originals}),"
        " list_sort(spread.found),"
        " coalesce(list_transform(list_sort(together.found), lambda one:"
        f" {{'tag': one.tag, 'tweets': -one.rank}})[:{_COMPANIONS}], [])"
        " FROM (SELECT DISTINCT tag, key FROM names) AS named"
        f" JOIN ({answers.hashtags}) AS every ON every.tag = named.tag"
        f" LEFT JOIN ({answers.own_hashtags}) AS own ON own.tag = named.tag"
        " LEFT JOIN spelt ON spelt.tag = named.tag LEFT JOIN spread ON spread.tag = named.tag"
        " LEFT JOIN together ON together.tag = named.tag"
    )


def _write_names(connection: duckdb.DuckDBPyConnection, spellings: str, path: Path) -> str:
    """Write what each spelling's hashtag and key are; return the folding they make."""
    found = connection.execute(f"SELECT spelling FROM ({spellings}) ORDER BY tweets DESC, spelling")
    batches = iter(lambda: found.fetchmany(_NAMES_AT_A_TIME), [])
    pairs = []
    with path.open("w", encoding="utf-8") as file:
        for spelling, tag, key in name_spellings(word for batch in batches for (word,) in batch):
            file.write(json.dumps({"spelling": spelling, "tag": tag, "key": key}) + "\n")
            if spelling != tag:
                pairs.append((spelling, tag))
    return folding_from(pairs)


def _read(path: Path, columns: str) -> str:
    if path.suffix == ".parquet":
        return f"SELECT * FROM read_parquet({literal(str(path))})"
    typed = ", ".join(f"{name}: {literal(kind)}" for name, kind in map(str.split, columns.split(", ")))
    known = f"columns = {{{typed}}}, format = 'newline_delimited'"
    return f"SELECT * FROM read_json({literal(str(path))}, {known})"
