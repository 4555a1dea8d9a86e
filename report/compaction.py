"""What compaction has to do: which raw objects no compacted object holds yet, and which days are behind.

raw/dt=2026-11-20/hour=13/…            never changed, never removed by us
recent/dt=2026-11-20/hour=13.parquet   a closed hour of a day that is open; goes when the day closes
tweets/dt=2026-11-20/day.parquet       a closed UTC day

A compacted object says of itself what it was made from (`Record`), so it is replaced in one write,
and whoever reads it can tell which raw objects are still to be added.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from report.places import raw_day, recent_day, whole_day
from report.storage import ObjectInfo, Storage
from report.window import Window
from report.words import count_of

LONGEST_RUN = timedelta(hours=1)
_RAW = re.compile(
    r"raw/dt=\d{4}-\d{2}-\d{2}/hour=(?P<hour>[01]\d|2[0-3])/.*\.jsonl?(?:\.gz|\.zst)?", re.ASCII
)
_RECENT = re.compile(r"recent/dt=\d{4}-\d{2}-\d{2}/hour=(?P<hour>[01]\d|2[0-3])\.parquet", re.ASCII)
_WHOLE = re.compile(r"tweets/dt=(?P<day>\d{4}-\d{2}-\d{2})/day\.parquet", re.ASCII)
_KEY_BYTES, _ETAG_BYTES = 8, 4

Seen = tuple[str, str, str]
"""The UTC minute documents were seen in (ISO), their kind, and of notices which; "" for the others."""


@dataclass(frozen=True)
class Record:
    """What a compacted object says of itself.

    `sources` has a digest of each raw object's key, with one of its etag; `seen` counts all documents,
    duplicates too; `echoes` are the ids left out because the day before had sighted them; `earlier` is
    the `signature` of the day before when they were looked for.
    """

    sources: Mapping[str, str]
    seen: Mapping[Seen, int]
    echoes: frozenset[str] = frozenset()
    earlier: str = ""

    @property
    def signature(self) -> str:
        """A digest of which raw objects are in it."""
        return _signature(self.sources)

    def to_metadata(self) -> dict[str, str]:
        """Return the record as words, the same for equal records."""
        packed = b"".join(bytes.fromhex(key + etag) for key, etag in sorted(self.sources.items()))
        return {
            "sources": base64.b64encode(packed).decode(),
            "seen": json.dumps([[*seen, count] for seen, count in sorted(self.seen.items())]),
            "echoes": " ".join(sorted(self.echoes)),
            "earlier": self.earlier,
        }

    @classmethod
    def from_metadata(cls, said: Mapping[str, str]) -> "Record":
        """Return what `to_metadata` wrote; raise `KeyError` or `ValueError` for what it did not."""
        packed = base64.b64decode(said["sources"])
        step = _KEY_BYTES + _ETAG_BYTES
        cuts = [packed[at : at + step] for at in range(0, len(packed), step)]
        return cls(
            sources={cut[:_KEY_BYTES].hex(): cut[_KEY_BYTES:].hex() for cut in cuts},
            seen={(minute, kind, notice): count for minute, kind, notice, count in json.loads(said["seen"])},
            echoes=frozenset(said["echoes"].split()),
            earlier=said["earlier"],
        )


@dataclass(frozen=True)
class Listed:
    """What storage holds of one UTC day: its raw objects, and what was made of them."""

    day: date
    raw: tuple[ObjectInfo, ...]
    recent: tuple[ObjectInfo, ...]
    whole: ObjectInfo | None

    @property
    def signature(self) -> str:
        """The `signature` of a record of all the raw objects there are."""
        return _signature(digest_of(info.key) for info in self.raw)

    @property
    def stored(self) -> tuple[ObjectInfo, ...]:
        """The compacted objects that count: once there is the day's, the hours' are leftovers."""
        return (self.whole,) if self.whole else self.recent

    def raw_of(self, hour: datetime) -> list[ObjectInfo]:
        """Return the raw objects under this UTC hour."""
        return [info for info in self.raw if _hour(_RAW, info) == hour.hour]

    def recent_of(self, hour: datetime) -> ObjectInfo | None:
        """Return the compacted object of this UTC hour, if there is one."""
        return next((info for info in self.recent if _hour(_RECENT, info) == hour.hour), None)


@dataclass
class Done:
    """What compacting came to.

    `refused` documents are told of under the keys `told`; `lost` objects another wrote first; `replaced`
    raw keys stay as they were read.
    """

    hours: int = 0
    days: int = 0
    raw_objects: int = 0
    refused: int = 0
    lost: int = 0
    told: set[str] = field(default_factory=set)
    replaced: list[str] = field(default_factory=list)

    def said(self) -> str:
        """Return all that is to be told of it."""
        said = [
            f"compacted {count_of(self.hours, 'hour')} and {count_of(self.days, 'day')} "
            f"from {count_of(self.raw_objects, 'raw object')}",
            f"{count_of(self.refused, 'document')} refused{self._where()}" if self.refused else "",
            f"{self.lost} left to another run" if self.lost else "",
            f"{count_of(len(self.replaced), 'raw object')} changed since compacted, and not read again; "
            f"the first: {self.replaced[0]}"
            if self.replaced
            else "",
        ]
        return "; ".join(filter(None, said))

    def _where(self) -> str:
        more = f" and {len(self.told) - 1} more" if len(self.told) > 1 else ""
        return f", see {min(self.told)}{more}" if self.told else ""


def list_day(storage: Storage, day: date) -> Listed:
    """Return what storage holds of a UTC day.

    The raw objects are listed first: whatever vanishes meanwhile is in the day's object by then.
    """
    raw = tuple(info for info in storage.list(raw_day(day)) if _RAW.fullmatch(info.key))
    recent = tuple(info for info in storage.list(recent_day(day)) if _RECENT.fullmatch(info.key))
    whole = next((info for info in storage.list(whole_day(day)) if info.key == whole_day(day)), None)
    return Listed(day, raw, recent, whole)


def digests(info: ObjectInfo) -> tuple[str, str]:
    """Return short digests of an object's key and of its etag."""
    return digest_of(info.key), sha256(info.etag.encode()).hexdigest()[: 2 * _ETAG_BYTES]


def digest_of(key: str) -> str:
    """Return the short digest a raw object's key goes by."""
    return sha256(key.encode()).hexdigest()[: 2 * _KEY_BYTES]


def _signature(digests: Iterable[str]) -> str:
    return sha256("".join(sorted(digests)).encode()).hexdigest()[:32]


def unread(raw: Iterable[ObjectInfo], records: Iterable[Record]) -> list[ObjectInfo]:
    """Return the raw objects that are in none of the records: a raw object is known by its key."""
    known = {key for record in records for key in record.sources}
    return [info for info in raw if digests(info)[0] not in known]


def replaced(raw: Iterable[ObjectInfo], records: Iterable[Record]) -> list[ObjectInfo]:
    """Return the raw objects that are no longer what they were when they were compacted."""
    known = {key: etag for record in records for key, etag in record.sources.items()}
    return [info for info in raw if known.get(digests(info)[0], digests(info)[1]) != digests(info)[1]]


def joined(
    records: Iterable[Record],
    fresh: Iterable[ObjectInfo],
    seen: Mapping[Seen, int],
    echoes: Iterable[str] = (),
    earlier: str = "",
) -> Record:
    """Return the record of what is made from compacted objects and fresh raw ones, which held `seen`."""
    sources = dict(map(digests, fresh))
    counted = Counter(seen)
    kept = set(echoes)
    for record in records:
        sources |= record.sources
        counted.update(record.seen)
        kept |= record.echoes
    return Record(sources, dict(counted), frozenset(kept), earlier)


def days_of(window: Window) -> list[date]:
    """Return the UTC days that share a moment with the window, oldest first."""
    return sorted({hour.date() for hour in window.hours()})


def closed_hours(listed: Listed, until: datetime) -> list[datetime]:
    """Return the UTC hours with raw objects that are over at `until`, oldest first."""
    midnight = datetime.combine(listed.day, time.min, UTC)
    starts = {midnight + timedelta(hours=_hour(_RAW, info)) for info in listed.raw}
    return sorted(start for start in starts if start + timedelta(hours=1) <= until)


def is_closed(day: date, until: datetime) -> bool:
    """Tell whether a UTC day is over at `until`."""
    return datetime.combine(day, time.min, UTC) + timedelta(days=1) <= until


def days_to_look_at(
    folders: Iterable[str], wholes: Iterable[ObjectInfo], since: date, until: datetime
) -> list[date]:
    """Return the UTC days under raw/ that may need compacting, oldest first.

    `folders` are the names below raw/, `wholes` the compacted days. A day before `since` is looked at if
    it has no object yet, or if the day before it was written later than it.
    """
    written = {date.fromisoformat(m["day"]): i for i in wholes if (m := _WHOLE.fullmatch(i.key))}
    days = sorted(day for name in folders if (day := _day(name)) and _begun(day, until))
    return [
        day for day in days if day >= since or _is_behind(written.get(day), written.get(day - timedelta(1)))
    ]


def is_settled(listed: Listed, before: ObjectInfo | None) -> bool:
    """Tell, by the clock of storage alone, that nothing can be missing in the day's object.

    So a day at rest is not fetched again to read its record. `before` is the object of the day before.
    """
    if listed.whole is None or listed.recent or _is_behind(listed.whole, before):
        return False
    safe = listed.whole.modified_at - LONGEST_RUN
    return all(info.modified_at < safe for info in listed.raw)


def _is_behind(whole: ObjectInfo | None, before: ObjectInfo | None) -> bool:
    return whole is None or (before is not None and before.modified_at >= whole.modified_at)


def _begun(day: date, until: datetime) -> bool:
    return datetime.combine(day, time.min, UTC) < until


def _day(folder: str) -> date | None:
    try:
        return (
            date.fromisoformat(folder.removeprefix("dt=")) if re.fullmatch(r"dt=[\d-]{10}", folder) else None
        )
    except ValueError:
        return None


def _hour(pattern: re.Pattern[str], info: ObjectInfo) -> int:
    match = pattern.fullmatch(info.key)
    assert match is not None
    return int(match["hour"])
