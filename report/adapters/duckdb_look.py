"""Looks at a day beside what was known before it: reads counts and state, and of an open day the tweets."""

from collections.abc import Mapping
from datetime import UTC, date
from pathlib import Path

import duckdb

from report.adapters.duckdb_counts import ask_counts, make_counts
from report.adapters.duckdb_kept import TOP, Kept, make_counts_from, rows_of
from report.counts import DayCounts, count_all_but_tags
from report.engine import Engine, Row
from report.errors import EngineError
from report.facts import Facts
from report.history import VERSION, CountedDay, Course, day_before, first_day
from report.trends import DAY_MINUTES, Judge, Trend
from report.values import Period
from report.window import day_window

IN_DATA = 100
_NOTHING = {"tweets": 0, "retweets": 0, "counted": 0, "authors": 0, "observed_minutes": 0}


def look_at(
    kept: Kept, engine: Engine, period: Period, connection: duckdb.DuckDBPyConnection, folder: Path
) -> CountedDay:
    """See `History.look`."""
    before = _make_earlier(kept, period, connection, folder)
    if period.is_open:
        counts = _count_open(kept, engine, period, connection, folder)
    else:
        counts = make_day(kept, period.day, connection, folder)
    known, training = kept.before(period.day)
    kept.make_ranked(connection, "ranked")
    kept.make_state(connection, known, folder)
    minutes = counts.totals.observed_minutes
    judge = Judge(
        kept.parameters,
        training,
        counts.totals.counted,
        minutes,
        before.totals.observed_minutes,
        period.is_open,
    )
    trends = judge.trends(_candidates(kept, connection, minutes))
    courses = courses_of(kept, connection, trends)
    first, observed = (training.first, training.observed) if training else (None, 0)
    return CountedDay(counts, before, trends, courses, first, observed, kept.parameters)


def make_day(kept: Kept, day: date, connection: duckdb.DuckDBPyConnection, folder: Path) -> DayCounts:
    """Make the table `counts` of a counted day; return all else that was counted; raise `EngineError`."""
    path = folder / "counted.parquet"
    _, said = kept.bring_counts(connection, day, path)
    return make_day_from(kept, day, connection, said, path)


def make_day_from(
    kept: Kept, day: date, connection: duckdb.DuckDBPyConnection, said: Mapping[str, str], path: Path
) -> DayCounts:
    """The same from a day's file that is here already, with what it says of itself, if there is one."""
    if said.get("version") != str(VERSION) and (said or first_day(kept.storage, kept.zone)):
        raise EngineError(f"{day} is not counted in {kept.zone.key}: run `python -m report compact`")
    make_counts_from(connection, path if said else None)
    period = Period(day, kept.zone, day_window(day, kept.zone))
    return count_all_but_tags(facts_said(said), period, kept.rules)


def _count_open(
    kept: Kept, engine: Engine, period: Period, connection: duckdb.DuckDBPyConnection, folder: Path
) -> DayCounts:
    with engine.open(period.window) as questions:
        answers = ask_counts(connection, questions, folder)
    make_counts(connection, period.day, answers)
    return count_all_but_tags(answers.facts, period, kept.rules)


def _make_earlier(
    kept: Kept, period: Period, connection: duckdb.DuckDBPyConnection, folder: Path
) -> DayCounts:
    """Make the table `earlier`: the ranks of the day before, or of as much of it as has passed today."""
    before, path = day_before(period), folder / "earlier.parquet"
    _, said = kept.bring_counts(connection, before.day, path)
    facts = facts_said(said)
    make_counts_from(connection, path if said else None)
    if period.is_open:
        facts = facts.until(before.window.end)
        kept.make_ranked(connection, "earlier", f"{before.window.end:%Y-%m-%d %H:%M:%S}")
    else:
        kept.make_ranked(connection, "earlier")
    connection.execute("DROP TABLE counts")
    return count_all_but_tags(facts, before, kept.rules)


def facts_said(said: Mapping[str, str]) -> Facts:
    """Return the facts a file of counts says of itself; of one that is not there, that nothing was seen."""
    return Facts.from_json(said["facts"]) if said else Facts.of({"tweet_count": [_NOTHING]})


def _candidates(kept: Kept, connection: duckdb.DuckDBPyConnection, minutes: int) -> list[Row]:
    least = kept.parameters.least_tweets
    values = [minutes / DAY_MINUTES, IN_DATA, least, kept.parameters.least_authors, least]
    return rows_of(connection, "candidates", values)


def courses_of(
    kept: Kept, connection: duckdb.DuckDBPyConnection, trends: tuple[Trend, ...]
) -> tuple[Course, ...]:
    """Return how the first ten went, from the table `counts`."""
    keys = [one.key for one in trends[:TOP] if one.place]
    by_key = {row["key"]: row for row in rows_of(connection, "details", ["\x1e".join(keys)])}
    measure = "tweets" if kept.rules.retweets else "originals"
    return tuple(_course(by_key[key], measure) for key in keys)


def _course(row: Row, measure: str) -> Course:
    quarters = ((one["quarter"].replace(tzinfo=UTC), one[measure]) for one in row["quarters"])
    spellings = sorted(((one["spelling"], one[measure]) for one in row["spellings"]), key=_most_first)
    return Course(
        key=row["key"],
        tag=row["tag"],
        spellings=tuple(one for one in spellings if one[1]),
        quarters=tuple(one for one in quarters if one[1]),
        companions=tuple((one["tag"], one["tweets"]) for one in row["companions"]),
    )


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]
