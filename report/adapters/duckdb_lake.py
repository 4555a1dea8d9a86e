"""Compacts raw objects into Parquet with DuckDB: a closed hour, then a closed UTC day, into one object."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from report.adapters.duckdb_days import Brought, bring_compacted, bring_day, files_of
from report.adapters.duckdb_fetch import fetch_raw
from report.adapters.duckdb_parts import Files, echoed_in, make_part, make_tweets, seen_in, write_part
from report.adapters.duckdb_refused import refused_in
from report.adapters.duckdb_workroom import Workroom
from report.adapters.replacing import HELD_BYTES, replace_object
from report.compaction import (
    LONGEST_RUN,
    Done,
    Listed,
    Record,
    closed_hours,
    days_to_look_at,
    is_closed,
    is_settled,
    joined,
    list_day,
    replaced,
    unread,
)
from report.errors import AlreadyExists, NotFound
from report.places import recent_hour, refused_of_day, whole_day
from report.refusals import Refusals, note_refusals
from report.storage import ObjectInfo, Storage

PARQUET = "application/vnd.apache.parquet"
_WORKROOM = Workroom()
_DAY = timedelta(days=1)


class DuckDBLake:
    """Makes `recent/` and `tweets/` of `raw/`; any run may be repeated, late, cut short or doubled."""

    def __init__(
        self, storage: Storage, workroom: Workroom = _WORKROOM, *, held_bytes: int = HELD_BYTES
    ) -> None:
        """Work in `storage`; a compacted file of more than `held_bytes` is never held in memory."""
        self._storage = storage
        self._workroom = workroom
        self._held_bytes = held_bytes

    def days(self, since: date, until: datetime) -> list[date]:
        """Return the UTC days that may have something to do, oldest first."""
        folders = self._storage.list_folders("raw/")
        return days_to_look_at(folders, self._storage.list("tweets/"), since, until)

    def compact_day(self, day: date, until: datetime, done: Done) -> None:
        """Compact what is closed of a UTC day at `until`, and count it in `done`; earlier days come first.

        Begin again if another run closed the day meanwhile, which takes its hours away.
        """
        for last in (False, False, True):
            try:
                self._compact_closed(day, until, done)
                return
            except NotFound:
                if last:
                    raise

    def _compact_closed(self, day: date, until: datetime, done: Done) -> None:
        listed = list_day(self._storage, day)
        if not is_closed(day, until):
            for hour in closed_hours(listed, until):
                self._compact_hour(listed, hour, done)
        elif not is_settled(listed, list_day(self._storage, day - _DAY).whole):
            self._compact_whole(day, done)

    def _compact_hour(self, listed: Listed, hour: datetime, done: Done) -> None:
        stands, raw = listed.recent_of(hour), listed.raw_of(hour)
        if stands and all(info.modified_at < stands.modified_at - LONGEST_RUN for info in raw):
            return
        with self._workroom.open("compact") as (folder, connection):
            stored, records = bring_compacted(self._storage, connection, [stands] if stands else [], folder)
            done.replaced += [info.key for info in replaced(raw, records)]
            fresh = unread(raw, records)
            if not fresh:
                return
            files = Files(stored, records, tuple(fetch_raw(self._storage, fresh, folder)))
            make_part(connection, "hour", files)
            make_tweets(connection, "hour", files, None)
            record = joined(records, fresh, seen_in(connection, "hour"))
            write_part(connection, "hour", record, folder / "hour.parquet")
            self._tell(refused_in(self._storage, connection, "hour", fresh, files.raw), listed.day, done)
            if self._replace(recent_hour(hour), folder / "hour.parquet", stands, done):
                _count(done, records, record, fresh)
                done.hours += 1

    def _compact_whole(self, day: date, done: Done) -> None:
        with self._workroom.open("compact") as (folder, connection):
            now = bring_day(self._storage, connection, day, folder)
            before = bring_day(self._storage, connection, day - _DAY, folder)
            done.replaced += [info.key for info in replaced(now.listed.raw, now.records)]
            if not now.is_done or now.records[0].earlier != before.signature:
                self._write_whole(connection, now, before, folder, done)
        self._tidy(day)

    def _write_whole(
        self,
        connection: duckdb.DuckDBPyConnection,
        now: Brought,
        before: Brought,
        folder: Path,
        done: Done,
    ) -> None:
        make_part(connection, before.name, Files(before.stored, before.records, ()))
        files = files_of(self._storage, now, folder)
        make_part(connection, now.name, files)
        make_tweets(connection, now.name, files, before.name)
        seen, echoes = seen_in(connection, now.name), echoed_in(connection, now.name)
        record = joined(now.records, now.fresh, seen, echoes, before.signature)
        write_part(connection, now.name, record, folder / "day.parquet")
        refusals = refused_in(self._storage, connection, now.name, now.fresh, files.raw)
        self._tell(refusals, now.listed.day, done)
        if self._replace(whole_day(now.listed.day), folder / "day.parquet", now.listed.whole, done):
            _count(done, now.records, record, now.fresh)
            done.days += 1

    def _tell(self, refusals: Refusals, day: date, done: Done) -> None:
        """Tell what was refused before it counts as read: whoever is stopped in between tells it again."""
        if refusals.objects:
            note_refusals(self._storage, day, refusals)
            done.told.add(refused_of_day(day))

    def _replace(self, key: str, path: Path, stands: ObjectInfo | None, done: Done) -> bool:
        """Put the file in the place of what stood there; tell whether nobody else had done so meanwhile."""
        try:
            replace_object(self._storage, key, path, stands, PARQUET, self._held_bytes)
        except AlreadyExists:
            done.lost += 1
            return False
        return True

    def _tidy(self, day: date) -> None:
        """Remove the hours of a day, once the day's object stands."""
        listed = list_day(self._storage, day)
        for info in listed.recent if listed.whole else ():
            self._storage.delete(info.key)


def _count(done: Done, before: tuple[Record, ...], after: Record, fresh: Sequence[ObjectInfo]) -> None:
    done.raw_objects += len(fresh)
    done.refused += _refused(after) - sum(map(_refused, before))


def _refused(record: Record) -> int:
    return sum(count for (_, kind, _), count in record.seen.items() if kind == "refused")
