"""Brings UTC days into DuckDB: what compaction made of them, and the raw objects it has not seen yet."""

# ruff: noqa: S608 the words are ours, and values go through literal()
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from report.adapters.duckdb_dialect import literal
from report.adapters.duckdb_fetch import fetch_raw
from report.adapters.duckdb_parts import Files, make_part, make_tweets, read_record, tweets_of
from report.compaction import Listed, Record, Seen, days_of, list_day, unread
from report.errors import EngineError
from report.storage import ObjectInfo, Storage
from report.window import Window

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Brought:
    """A day of which the compacted files are here, and the raw objects that are in none of them."""

    listed: Listed
    stored: tuple[Path, ...]
    records: tuple[Record, ...]
    fresh: tuple[ObjectInfo, ...]

    @property
    def name(self) -> str:
        """What the day's part is called."""
        return f"d{self.listed.day:%Y%m%d}"

    @property
    def is_done(self) -> bool:
        """Whether the day's object holds all there is of it."""
        return self.listed.whole is not None and not self.fresh

    @property
    def signature(self) -> str:
        """What the next day's record says once it was held against this one; "" if there is no object."""
        return self.records[0].signature if self.listed.whole else ""


def make_window(
    storage: Storage,
    connection: duckdb.DuckDBPyConnection,
    window: Window,
    folder: Path,
    left_out: tuple[str, ...] = (),
) -> None:
    """Make `tweets` and `documents` as `Engine.open` promises; raise `NotFound` if a file went meanwhile.

    Columns that are `left_out` may be empty.
    """
    days = days_of(window)
    listed = list_day(storage, days[0] - _DAY)
    before: Brought | None = None
    is_made, brought, plain = False, [], {}
    for day in days:
        now = bring_day(storage, connection, day, folder)
        if before is None and not was_held(now, listed):
            before = bring_listed(storage, connection, listed, folder)
        earlier = None
        if before and needs_earlier(now, before):
            if not is_made:
                make_part(connection, before.name, files_of(storage, before, folder, left_out))
            earlier = before.name
        files = files_of(storage, now, folder, left_out)
        make_part(connection, now.name, files)
        if file := make_tweets(connection, now.name, files, earlier):
            plain[now.name] = file
        brought.append(now)
        before, is_made = now, True
    _make_views(connection, brought, window, plain)


def bring_day(storage: Storage, connection: duckdb.DuckDBPyConnection, day: date, folder: Path) -> Brought:
    """Bring the day's compacted objects below `folder`, and tell which raw objects are not in them."""
    return bring_listed(storage, connection, list_day(storage, day), folder)


def bring_listed(
    storage: Storage, connection: duckdb.DuckDBPyConnection, listed: Listed, folder: Path
) -> Brought:
    """Bring what was listed of a day, as `bring_day` does."""
    stored, records = bring_compacted(storage, connection, listed.stored, folder)
    return Brought(listed, stored, records, tuple(unread(listed.raw, records)))


def bring_compacted(
    storage: Storage, connection: duckdb.DuckDBPyConnection, infos: Sequence[ObjectInfo], folder: Path
) -> tuple[tuple[Path, ...], tuple[Record, ...]]:
    """Bring compacted objects below `folder`; return where they lie, and their records."""
    paths, records = [], []
    for info in infos:
        path = folder / info.key
        path.parent.mkdir(parents=True, exist_ok=True)
        storage.download(info.key, path)
        paths.append(path)
        records.append(_record(connection, info.key, path))
    return tuple(paths), tuple(records)


def files_of(storage: Storage, day: Brought, folder: Path, left_out: tuple[str, ...] = ()) -> Files:
    """Bring the day's fresh raw objects too."""
    return Files(day.stored, day.records, tuple(fetch_raw(storage, list(day.fresh), folder)), left_out)


def needs_earlier(day: Brought, before: Brought) -> bool:
    """Tell whether ids must be looked up in the day before: not if the day's object was, in all there is."""
    if not before.stored and not before.fresh:
        return False
    held = day.is_done and (before.is_done and day.records[0].earlier == before.signature)
    return bool(day.stored or day.fresh) and not held


def was_held(day: Brought, before: Listed) -> bool:
    """Tell by a listing alone that the day's object was held against all there is of the day before.

    It spares fetching that day's object. Where raw objects have gone it can't tell, and says no.
    """
    return day.is_done and day.records[0].earlier == before.signature


def _record(connection: duckdb.DuckDBPyConnection, key: str, path: Path) -> Record:
    try:
        return read_record(connection, path)
    except (duckdb.Error, KeyError, ValueError) as error:
        raise EngineError(
            f"{key} was not written by our compaction; delete it and run `python -m report compact`"
        ) from error


def _make_views(
    connection: duckdb.DuckDBPyConnection, days: Sequence[Brought], window: Window, plain: Mapping[str, Path]
) -> None:
    """Make the window's views; of the parts named in `plain` a file has just the tweets."""
    inside = " AND ".join(
        f"seen_at {sign} TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'"
        for sign, moment in ((">=", window.start), ("<", window.end))
    )
    parts = [day.name for day in days]
    tweets = tweets_of(list(plain.values()), [part for part in parts if part not in plain], inside)
    live = [f"SELECT kind, notice_kind, seen_at FROM {part}.documents WHERE {inside}" for part in parts]
    connection.execute(f"CREATE VIEW tweets AS {tweets}")
    connection.execute(f"CREATE TABLE counted AS {_counted(days, window)}")
    each = "SELECT kind, notice_kind, seen_at FROM (SELECT *, unnest(range(documents)) FROM counted)"
    connection.execute(f"CREATE VIEW documents AS {' UNION ALL '.join([*live, each])}")


def _counted(days: Sequence[Brought], window: Window) -> str:
    """The documents compaction has counted already, as a query: to the minute, as windows begin and end."""
    counts: Counter[Seen] = Counter()
    for record in (record for day in days for record in day.records):
        counts.update(record.seen)
    rows = [
        f"(TIMESTAMP {literal(minute)}, {literal(kind)}, nullif({literal(notice)}, ''), {int(count)})"
        for (minute, kind, notice), count in counts.items()
        if datetime.fromisoformat(f"{minute}+00:00") in window
    ]
    nothing = "(NULL::TIMESTAMP, NULL::VARCHAR, NULL::VARCHAR, 0)"
    said = "said (seen_at, kind, notice_kind, documents)"
    return f"SELECT * FROM (VALUES {', '.join([nothing, *rows])}) AS {said}"
