"""Brings what is kept of counted days into DuckDB: a day's `counts`, its ranks, and the `state` before it."""

# ruff: noqa: S608 the words are ours, and values go through literal()
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from report import artefacts
from report.adapters.duckdb_counts import read_said
from report.adapters.duckdb_dialect import filled, literal, spoken
from report.artefacts import Artefact
from report.columns import COUNTS, duckdb_type
from report.counts import CountingRules
from report.engine import Row, history_text
from report.errors import NotFound
from report.history import VERSION, last_day_before
from report.places import counted_day, known_day
from report.storage import ObjectInfo, Storage
from report.trends import Parameters, Training

TOP = 10
KEPT_DAYS = 60
"""A hashtag that never was in the top ten is forgotten so many observed days after it was last seen."""

_NAMED = re.compile(r"(?P<day>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\.json", re.ASCII)
_STATE = (
    "key VARCHAR, tag VARCHAR, rate DOUBLE, variance DOUBLE, first_day DATE, last_day DATE, days_seen BIGINT,"
    " days_unseen BIGINT, days_in_top BIGINT, last_in_top DATE, best_place BIGINT, best_day DATE"
)


@dataclass(frozen=True)
class Kept:
    """What storage keeps of one zone's days, known under one counting rule with some parameters."""

    storage: Storage
    zone: ZoneInfo
    rules: CountingRules
    parameters: Parameters

    @property
    def folded_with(self) -> dict[str, str | float]:
        """What a state depends on besides the counts."""
        return {
            "version": VERSION,
            "half_life_days": self.parameters.half_life_days,
            "retweets": self.rules.parameter,
            "top": TOP,
            "kept_days": KEPT_DAYS,
        }

    def known(self, day: date) -> Artefact | None:
        """Return what is known up to a day, unread."""
        try:
            return artefacts.known(self.storage, known_day(self.zone.key, day))
        except NotFound:
            return None

    def before(self, day: date) -> tuple[Artefact | None, Training | None]:
        """Return what is known up to the day before; what other parameters made is as good as none."""
        known = self.known(last_day_before(day, self.zone))
        if known and known.facts.get("parameters") == self.folded_with:
            return known, _training(known)
        return None, None

    def newest(self, last: date) -> date | None:
        """Return the newest day up to `last` that is known."""
        prefix = f"state/{self.zone.key}/"
        found = (_NAMED.fullmatch(info.key[len(prefix) :]) for info in self.storage.list(prefix))
        days = (date.fromisoformat(match["day"]) for match in found if match)
        return max((day for day in days if day <= last), default=None)

    def bring_counts(
        self, connection: duckdb.DuckDBPyConnection, day: date, path: Path
    ) -> tuple[ObjectInfo | None, dict[str, str]]:
        """Bring a day's counts to `path`, and what they say of themselves; nothing where there are none."""
        return self.bring(connection, counted_day(self.zone.key, day), path)

    def bring(
        self, connection: duckdb.DuckDBPyConnection, key: str, path: Path
    ) -> tuple[ObjectInfo | None, dict[str, str]]:
        """Bring the counts kept under `key` to `path`, and what they say of themselves, if there are any."""
        try:
            info = self.storage.head(key)
            self.storage.download(key, path)
        except NotFound:
            return None, {}
        try:
            return info, read_said(connection, path)
        except duckdb.Error:
            return info, {}  # no Parquet, or cut: to be counted anew

    def make_state(self, connection: duckdb.DuckDBPyConnection, known: Artefact | None, folder: Path) -> None:
        """Make the table `state`, empty where nothing is known; raise `BadArtefact` for a changed file."""
        connection.execute(f"CREATE TABLE state ({_STATE})")
        if known:
            path = folder / "before.parquet"
            artefacts.fetch(self.storage, known.key.rpartition("-")[0], path)
            connection.execute(f"INSERT INTO state BY NAME SELECT * FROM read_parquet({literal(str(path))})")

    def make_ranked(self, connection: duckdb.DuckDBPyConnection, table: str, until: str = "") -> None:
        """Make a table of the ranks in `counts`; `until` (UTC): of the quarters that were over alone."""
        retweets = self.rules.parameter
        text, values = ("ranked_until", [retweets, until]) if until else ("ranked", [retweets] * 3)
        connection.execute(f"CREATE TABLE {table} AS {filled(spoken(history_text(text)[0]), values)}")


def make_counts_from(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Make the table `counts` from a day's file, or empty."""
    if path is None:
        columns = ", ".join(f"{name} {duckdb_type(kind)}" for name, kind in COUNTS.items())
        connection.execute(f"CREATE TABLE counts ({columns})")
    else:
        connection.execute(f"CREATE TABLE counts AS SELECT * FROM read_parquet({literal(str(path))})")


def rows_of(
    connection: duckdb.DuckDBPyConnection, name: str, values: Sequence[str | int | float]
) -> list[Row]:
    """Return the rows a text of `report/sql/history/` gives."""
    cursor = connection.execute(filled(spoken(history_text(name)[0]), values))
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def training_said(training: Training) -> dict[str, Any]:
    """Return the training as a manifest says it."""
    first, last = training.first.isoformat(), training.last.isoformat()
    return {"first": first, "last": last, "observed": training.observed, "weight": training.weight}


def _training(known: Artefact) -> Training:
    said = known.facts["training"]
    first, last = (date.fromisoformat(said[name]) for name in ("first", "last"))
    return Training(first, last, said["observed"], said["weight"])
