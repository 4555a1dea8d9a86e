"""Frozen editions: what a period's report was when it went out, file by file.

editions/<report>/<period>/r1/<file>           written once, never changed; periods as in report/periods.py
editions/<report>/<period>/r1/manifest.json    written last: an edition without one does not exist
editions/<report>/latest.json                  {"day", "period", "revision"} of the newest of a day or month
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from report.errors import AlreadyExists, NotFound
from report.periods import day_named, last_day_named, month_named
from report.storage import Storage

JSON = "application/json"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class File:
    """One file of an edition."""

    body: bytes
    content_type: str


@dataclass(frozen=True)
class FileInfo:
    """What the manifest says of a file; `sha256` is in hex."""

    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Edition:
    """A report as it was frozen. `revision` is 0 for a draft of the open day.

    `period` is the period's id, its only day's where none is given; `day` its last day. `coverage`,
    `is_empty`, `ranking` and `totals` are the report's own.
    """

    report: str
    title: str
    headline: str
    day: date
    zone: str
    revision: int
    folder: str
    files: Mapping[str, FileInfo]
    period: str = ""
    coverage: float | None = None
    is_empty: bool = False
    ranking: tuple[str, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.period:
            object.__setattr__(self, "period", self.day.isoformat())

    @property
    def can_be_newest(self) -> bool:
        """Whether it is of one whole day or month: no other can be the newest; no report has both."""
        return bool(day_named(self.period) or month_named(self.period)) and self.revision > 0

    @property
    def content(self) -> str:
        """What the edition says, as one hash: two editions with the same one hold the same bytes."""
        names = sorted(self.files)
        return sha256("\n".join(f"{name} {self.files[name].sha256}" for name in names).encode()).hexdigest()


def edition_folder(report: str, period_id: str, revision: int) -> str:
    """Return the folder of an edition's files, ending in "/"."""
    return f"editions/{report}/{period_id}/r{revision}/"


def freeze(storage: Storage, edition: Edition, files: Mapping[str, File]) -> None:
    """Write an edition's files, then its manifest; nothing that stands is ever written over.

    Killed half-way it leaves no edition, and running it again completes it. Raise `AlreadyExists`
    where the folder holds other bytes: the revision is spent, and the next number is to be tried.
    """
    for name in sorted(files):
        _write_once(storage, edition.folder + name, files[name])
    _write_once(storage, edition.folder + MANIFEST, File(manifest_of(edition), JSON))


def _write_once(storage: Storage, key: str, file: File) -> None:
    try:
        storage.put_if_absent(key, file.body, file.content_type)
    except AlreadyExists:
        if storage.get(key) != file.body:
            raise


def describe(files: Mapping[str, File]) -> dict[str, FileInfo]:
    """Return what a manifest says of these files."""
    return {
        name: FileInfo(file.content_type, len(file.body), sha256(file.body).hexdigest())
        for name, file in sorted(files.items())
    }


def announce(storage: Storage, edition: Edition) -> None:
    """Make this edition the newest, unless a newer one is; racing hosts end with the newest.

    Only an edition of a day or month can be: a week or a day so far is read by who follows a link to it.
    """
    if not edition.can_be_newest:
        return
    key = f"editions/{edition.report}/latest.json"
    while True:
        try:
            body, etag = storage.get_with_etag(key)
        except NotFound:
            body, etag = b"", ""
        standing = _position(body)
        if standing and standing[:2] >= (edition.day, edition.revision):
            return
        position = {"day": edition.day.isoformat(), "period": edition.period, "revision": edition.revision}
        pointer = json.dumps(position).encode()
        try:
            if etag:
                storage.put_if_match(key, pointer, etag, JSON)
            else:
                storage.put_if_absent(key, pointer, JSON)
        except AlreadyExists:
            continue
        return


def latest(storage: Storage, report: str) -> Edition:
    """Return the newest edition; raise `NotFound` where there is none yet."""
    position = _position(storage.get(f"editions/{report}/latest.json"))
    if position is None:
        raise NotFound(f"editions/{report}/latest.json cannot be read; the next build writes it anew")
    _, revision, period_id = position
    return load(storage, edition_folder(report, period_id, revision))


def newest_of(storage: Storage, report: str, period_id: str) -> Edition:
    """Return the period's last revision; raise `NotFound` where it has none."""
    revision = last_revision(storage, report, period_id)
    if not revision:
        raise NotFound(f"there is no {report} edition of {period_id}")
    return load(storage, edition_folder(report, period_id, revision))


def last_revision(storage: Storage, report: str, period_id: str) -> int:
    """Return the number of the period's last finished revision, 0 where there is none."""
    return max(_revisions(storage, report, period_id), default=0)


def _revisions(storage: Storage, report: str, period_id: str) -> list[int]:
    prefix = f"editions/{report}/{period_id}/"
    finished = [
        info.key.removeprefix(prefix).removesuffix(f"/{MANIFEST}")
        for info in storage.list(prefix)
        if info.key.endswith(f"/{MANIFEST}")
    ]
    return [int(name[1:]) for name in finished if name[1:].isdecimal()]


def archived(storage: Storage, report: str) -> list[str]:
    """Return the days, weeks and months that have an edition or the beginning of one, the last to end first.

    A week stands before its Sunday. Days so far are left out: each is part of a day; so is any other folder.
    """
    ends = ((last_day_named(name), name) for name in storage.list_folders(f"editions/{report}/"))
    return [name for last, name in sorted(((day, name) for day, name in ends if day), reverse=True)]


def load(storage: Storage, folder: str) -> Edition:
    """Return the edition in this folder; raise `NotFound`."""
    return _edition(json.loads(storage.get(folder + MANIFEST)), folder)


def manifest_of(edition: Edition) -> bytes:
    """Return the manifest's bytes: all but the folder, which is where it lies."""
    values = {**asdict(edition), "day": edition.day.isoformat()}
    del values["folder"]
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _edition(values: dict[str, Any], folder: str) -> Edition:
    files = {name: FileInfo(**info) for name, info in values.pop("files").items()}
    day, ranking = date.fromisoformat(values.pop("day")), tuple(values.pop("ranking", ()))
    return Edition(**values, day=day, folder=folder, files=files, ranking=ranking)


def _position(body: bytes) -> tuple[date, int, str] | None:
    """Where the newest is: its last day, revision and period, which is the day where it is not said."""
    try:
        pointer = json.loads(body)
        day = str(pointer["day"])
        return date.fromisoformat(day), int(pointer["revision"]), str(pointer.get("period", day))
    except (ValueError, LookupError, TypeError):
        return None
