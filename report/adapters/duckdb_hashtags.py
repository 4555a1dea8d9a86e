"""Gathers from counted days what the histories of hashtags are made of, with DuckDB."""

# ruff: noqa: S608 the words are ours, and values go through literal()
from datetime import date
from zoneinfo import ZoneInfo

from report import artefacts
from report.adapters.duckdb_counts import read_said
from report.adapters.duckdb_dialect import filled, literal, spoken
from report.adapters.duckdb_kept import rows_of
from report.adapters.duckdb_workroom import Workroom
from report.counts import CountingRules
from report.engine import Row, history_text
from report.errors import EngineError, NotFound
from report.facts import Facts
from report.hashtag_histories import (
    ALWAYS,
    LEAST_TWEETS,
    MOST_USED,
    Counted,
    GatheredDay,
    Known,
    Lately,
    MuchUsed,
    Observed,
    Use,
)
from report.places import counted_day, known_day
from report.storage import Storage
from report.window import day_window

_WORKROOM = Workroom()
_SHOWN = 5


class DuckDBHashtags:
    """The `Counts` of one zone under one counting rule."""

    def __init__(
        self, storage: Storage, zone: ZoneInfo, rules: CountingRules, workroom: Workroom = _WORKROOM
    ) -> None:
        """Work in `storage`, within the limits of `workroom`."""
        self._storage, self._zone, self._rules, self._workroom = storage, zone, rules, workroom

    def gather(self, day: date) -> GatheredDay:
        """See `Counts.gather`."""
        with self._workroom.open("gather the hashtags' histories") as (folder, connection):
            path = folder / "counted.parquet"
            self._storage.download(counted_day(self._zone.key, day), path)
            minutes = self._observed_minutes(read_said(connection, path), day)
            # A view, so that the quarters of an hour, most of the file, are never read.
            connection.execute(f"CREATE VIEW counts AS SELECT * FROM read_parquet({literal(str(path))})")
            ranked = filled(spoken(history_text("ranked")[0]), [self._rules.parameter] * 3)
            connection.execute(f"CREATE TABLE ranked AS {ranked}")
            rows = rows_of(connection, "much_used", [ALWAYS, MOST_USED, LEAST_TWEETS])
        return GatheredDay(
            day,
            Observed(minutes, day_window(day, self._zone).minutes),
            tuple(_much_used(row, day, self._measure, {row["tag"] for row in rows}) for row in rows),
        )

    def known(self, day: date) -> dict[str, Known]:
        """See `Counts.known`; what was learnt by another counting rule is as good as nothing."""
        name = known_day(self._zone.key, day)
        with self._workroom.open("gather the hashtags' histories") as (folder, connection):
            path = folder / "state.parquet"
            try:
                facts = artefacts.fetch(self._storage, name, path).facts
            except NotFound:
                return {}
            if facts["parameters"]["retweets"] != self._rules.parameter:
                return {}
            connection.execute(f"CREATE TABLE state AS SELECT * FROM read_parquet({literal(str(path))})")
            rows = rows_of(connection, "remembered", [MOST_USED])
        return {row.pop("key"): Known(**row) for row in rows}

    @property
    def _measure(self) -> str:
        return "tweets" if self._rules.retweets else "originals"

    def _observed_minutes(self, said: dict[str, str], day: date) -> int:
        try:
            facts = Facts.from_json(said["facts"])
        except (KeyError, ValueError) as error:
            raise EngineError(
                f"the counts of {day} in {self._zone.key} are not ours: delete them and run"
                " `python -m report compact`"
            ) from error
        return int(facts.ask("tweet_count", {"retweets": self._rules.parameter})[0]["observed_minutes"])


def _much_used(row: Row, day: date, measure: str, kept: set[str]) -> MuchUsed:
    """A hashtag of the day; only companions that have a page themselves are named."""
    spellings = _most([(one["spelling"], one[measure]) for one in row["spellings"] if one[measure]])
    companions = _most([(one["tag"], one["tweets"]) for one in row["companions"] if one["tag"] in kept])
    use = Use(day, row["tweets"], row["authors"], row["place"])
    return MuchUsed(row["key"], row["tag"], use, Lately(spellings, companions))


def _most(counted: list[tuple[str, int]]) -> Counted:
    return tuple(sorted(counted, key=lambda one: (-one[1], one[0]))[:_SHOWN])
