"""Ways of counting a day of raw tweets that lie in files: ours, and others that give the same answer.

All but `bare` and `pandas` follow the same rules: the longer form of a tweet, a retweet's original,
both APIs, each id once, notices apart, spellings folded; and count tags by author, hours, languages.
"""

# ruff: noqa: S608 the words are ours
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.answers import day_answer
from benchmarks.corpus import raw_files
from benchmarks.tweets import DAY

SETTINGS: dict[str, str | bool | int | float | list[str]] = {"threads": 2, "preserve_insertion_order": False}


def ours(folder: Path) -> dict[str, Any]:
    """Count as a report is counted."""
    from report.adapters.directory_storage import DirectoryStorage
    from report.adapters.duckdb_engine import DuckDBEngine
    from report.counts import CountingRules, count_day
    from report.values import Period
    from report.window import day_window

    zone = ZoneInfo("UTC")
    period = Period(DAY, zone, day_window(DAY, zone))
    with DuckDBEngine(DirectoryStorage(folder, None, "")).open(period.window) as questions:
        counts = count_day(questions, period, CountingRules())
    totals = counts.totals
    return day_answer(
        totals={
            "tweets": totals.tweets,
            "retweets": totals.retweets,
            "authors": totals.authors,
            "duplicates": totals.duplicates,
            "notices": sum(totals.notices.values()),
            "minutes": totals.observed_minutes,
        },
        hours=[hour.tweets for hour in counts.hours],
        languages=dict(counts.languages),
        tags=[(tag.key, tag.tweets, tag.authors, tag.busiest) for tag in counts.tags],
    )


def bare(folder: Path) -> int:
    """Have DuckDB read the same columns and count what stands on top of them, without any rule."""
    return _bare(folder, "(" + " + ".join(f'("{name}" IS NOT NULL)::INT' for name in _columns()) + ")")


def narrow(folder: Path) -> int:
    """The same with only the four columns read that are counted."""
    return _bare(folder, "0")


def _columns() -> list[str]:
    from report.columns import RAW_TWEETS

    return list(RAW_TWEETS)


def _bare(folder: Path, touched: str) -> int:
    """Count; `touched` is an expression of the columns that must be read besides."""
    import duckdb

    with duckdb.connect(config=SETTINGS) as connection:
        connection.execute(
            f'CREATE TABLE seen AS SELECT "user".id_str AS author, lang, created_at[12:13] AS hour,'
            f" list_transform(entities.hashtags, lambda h: h.text) AS tags, {touched} AS touched"
            f" FROM {read_columns(folder)}"
        )
        for counted in ("lang", "hour", "author", "tag"):
            rows = "(SELECT unnest(tags) AS tag FROM seen)" if counted == "tag" else "seen"
            connection.execute(
                f"SELECT {counted}, count(*) FROM {rows} GROUP BY 1 ORDER BY 2 DESC"
            ).fetchmany(10)
        return int(connection.execute("SELECT count(*) FROM seen WHERE touched >= 0").fetchall()[0][0])


def read_columns(folder: Path) -> str:
    """Return DuckDB's own reader of the columns that ours reads, for FROM."""
    from report.adapters.duckdb_dialect import LONGEST_LINE_BYTES
    from report.columns import RAW_TWEETS, duckdb_type

    columns = {name: duckdb_type(kind) for name, kind in RAW_TWEETS.items()}
    return (
        f"read_json({list(map(str, raw_files(folder)))}, columns = {columns}, ignore_errors = true,"
        f" format = 'newline_delimited', maximum_object_size = {LONGEST_LINE_BYTES})"
    )
