"""Looks at a week beside the week before; both are counted from the tweets.

Authors do not add up from days: who writes on each of them is one author of the week.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from report.adapters.duckdb_counting import Stretch
from report.adapters.duckdb_kept import Kept, make_counts_from, rows_of
from report.adapters.duckdb_look import courses_of, facts_said
from report.counts import DayCounts, count_all_but_tags
from report.errors import EngineError
from report.history import VERSION, Counted, Sources, first_day, week_before
from report.places import counted_week
from report.values import Period
from report.weeks import LOOKED_AT, judged


def week_stretches(kept: Kept, week: Period) -> Iterator[Stretch]:
    """Yield what is to be counted: the week before, if anything was collected by then, and the week."""
    first, sources = first_day(kept.storage, kept.zone), Sources(kept.storage)
    for one in (week_before(week), week):
        if first and first <= one.day:
            key = counted_week(kept.zone.key, one.id)
            yield Stretch(key, one.day, one.window, sources.of(one.window))


def look_at_week(kept: Kept, week: Period, connection: duckdb.DuckDBPyConnection, folder: Path) -> Counted:
    """See `History.look_at_week`."""
    before = _make(kept, week_before(week), connection, folder)
    kept.make_ranked(connection, "earlier")
    connection.execute("DROP TABLE counts")
    counts = _make(kept, week, connection, folder)
    kept.make_ranked(connection, "ranked")
    minutes = before.totals.observed_minutes, counts.totals.observed_minutes
    trends = judged(rows_of(connection, "week", [LOOKED_AT, LOOKED_AT]), *minutes, kept.parameters)
    return Counted(counts, before, trends, courses_of(kept, connection, trends))


def _make(kept: Kept, week: Period, connection: duckdb.DuckDBPyConnection, folder: Path) -> DayCounts:
    """Make the table `counts` of a week; return all else that was counted; raise `EngineError`."""
    path = folder / f"{week.id}.parquet"
    stands, said = kept.bring(connection, counted_week(kept.zone.key, week.id), path)
    if stands and said.get("version") != str(VERSION):
        raise EngineError(f"{week.id} is not counted in {kept.zone.key}: build it again")
    make_counts_from(connection, path if said else None)
    return count_all_but_tags(facts_said(said), week, kept.rules)
