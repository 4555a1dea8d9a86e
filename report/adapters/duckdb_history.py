"""Counts closed days into `counts/` and folds them into `state/`, with DuckDB; reads both for a report."""

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from report import artefacts
from report.adapters.duckdb_counting import PARQUET, Stretch, count_stretch
from report.adapters.duckdb_dialect import filled, literal, spoken
from report.adapters.duckdb_kept import KEPT_DAYS, TOP, Kept, training_said
from report.adapters.duckdb_look import look_at, make_day_from
from report.adapters.duckdb_week import look_at_week, week_stretches
from report.adapters.duckdb_workroom import Workroom
from report.counts import CountingRules
from report.engine import Engine, history_text
from report.history import (
    Counted,
    CountedDay,
    Settled,
    Sources,
    days_between,
    first_day,
    last_day_before,
)
from report.places import counted_day, known_day
from report.storage import Storage
from report.trends import DAY_MINUTES, Parameters, Training, step
from report.values import Period
from report.window import day_window

FIRST_DAYS = 14
"""So far back a report looks where nothing is known yet; `compact --rebuild` goes back to the start."""

LONGEST_GAP = timedelta(days=60)
"""After so long a silence little of what was known still weighs: a report begins anew, as in `FIRST_DAYS`."""

_WORKROOM = Workroom()
_DAY = timedelta(days=1)


class DuckDBHistory:
    """A `History` of one zone under one counting rule; tweets are counted by whichever engine there is."""

    def __init__(
        self,
        storage: Storage,
        engine: Callable[[], Engine],
        zone: ZoneInfo,
        rules: CountingRules,
        parameters: Parameters,
        workroom: Workroom = _WORKROOM,
    ) -> None:
        """Work in `storage`, within the limits of `workroom`."""
        self._kept = Kept(storage, zone, rules, parameters)
        self._engine = engine
        self._workroom = workroom

    def settle(self, day: date) -> Settled:
        """See `History.settle`."""
        settled, sources = Settled(), Sources(self._kept.storage)
        for one in self.days(day, 1 if self._kept.before(day)[0] else FIRST_DAYS):
            self.settle_day(one, settled, sources)
        self._follow(day, settled)
        return settled

    def _follow(self, day: date, settled: Settled) -> None:
        """Fold the days after one that was folded anew, as far as they are known: they came from it."""
        after = day + _DAY
        while settled.folded and settled.folded[-1] == day and self._kept.known(after):
            with self._workroom.open("count") as (folder, connection):
                if not self._fold(connection, after, folder):
                    return
            settled.folded.append(after)
            day, after = after, after + _DAY

    def look(self, period: Period) -> CountedDay:
        """See `History.look`."""
        with self._workroom.open("count") as (folder, connection):
            return look_at(self._kept, self._engine(), period, connection, folder)

    def settle_week(self, week: Period) -> None:
        """See `History.settle_week`."""
        for stretch in week_stretches(self._kept, week):
            with self._workroom.open("count") as (folder, connection):
                count_stretch(self._kept, self._engine(), stretch, connection, folder)

    def look_at_week(self, week: Period) -> Counted:
        """See `History.look_at_week`."""
        with self._workroom.open("count") as (folder, connection):
            return look_at_week(self._kept, week, connection, folder)

    def days(self, last: date, back: int | None) -> list[date]:
        """Return the days to be made right for `last` to be so; all there are if `back` is None.

        Where earlier days are known already, none is left out between them and `last`, unless that is more
        than `LONGEST_GAP`; where none are, the first is one that something was collected on.
        """
        zone = self._kept.zone
        first = first_day(self._kept.storage, zone)
        if first is None or first > last:
            return []
        if back is None:
            return list(days_between(first, last, zone))
        start = last - timedelta(days=back)
        if not self._kept.known(last_day_before(start, zone)):
            newest = self._kept.newest(start)
            if newest and last - newest <= LONGEST_GAP:
                start = min(start, newest + _DAY)
            else:
                start = min(first_day(self._kept.storage, zone, start) or last, last)
        return list(days_between(max(first, start), last, zone))

    def settle_day(self, day: date, settled: Settled, sources: Sources | None = None) -> None:
        """Make one day right, whose day before is."""
        sources = sources or Sources(self._kept.storage)
        window = day_window(day, self._kept.zone)
        stretch = Stretch(counted_day(self._kept.zone.key, day), day, window, sources.of(window))
        with self._workroom.open("count") as (folder, connection):
            if count_stretch(self._kept, self._engine(), stretch, connection, folder):
                settled.counted.append(day)
        with self._workroom.open("count") as (folder, connection):
            if self._fold(connection, day, folder):
                settled.folded.append(day)

    def _fold(self, connection: duckdb.DuckDBPyConnection, day: date, folder: Path) -> bool:
        """Make what is known up to a day; False where it is right. It names the very files it came from."""
        before, training = self._kept.before(day)
        path = folder / "counted.parquet"
        counted, said = self._kept.bring_counts(connection, day, path)
        facts: dict[str, Any] = {
            "parameters": self._kept.folded_with,
            "counts": _sha256(path) if counted else "",
            "before": before.sha256 if before else "",
        }
        stands = self._kept.known(day)
        if stands and facts.items() <= stands.facts.items() and artefacts.stands(self._kept.storage, stands):
            return False
        counts = make_day_from(self._kept, day, connection, said, path)
        minutes = counts.totals.observed_minutes
        self._kept.make_ranked(connection, "ranked")
        self._kept.make_state(connection, before, folder)
        path = folder / "state.parquet"
        self._write_state(connection, day, minutes, training, path)
        after = (training or Training(day, day, 0, 0.0)).after(day, minutes, self._kept.parameters.kept)
        name = known_day(self._kept.zone.key, day)
        artefacts.save(self._kept.storage, name, path, PARQUET, facts | {"training": training_said(after)})
        return True

    def _write_state(
        self,
        connection: duckdb.DuckDBPyConnection,
        day: date,
        minutes: int,
        training: Training | None,
        path: Path,
    ) -> None:
        moved = step(training, minutes, self._kept.parameters.kept)
        scale = DAY_MINUTES / minutes if minutes else 0.0
        values: list[str | int | float] = [moved, scale, day.isoformat(), int(minutes > 0), TOP, KEPT_DAYS]
        text = filled(spoken(history_text("fold")[0]), values)
        connection.execute(f"COPY ({text}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
