"""A listing of storage as lines, made one by one: millions of objects take no more room than ten."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from report.storage import Folder, ObjectInfo
from report.terminal import both_sizes, human_size, printable, shown_time
from report.words import count_of


@dataclass
class Totals:
    """What a listing came to so far; sizes are in bytes, and of objects alone."""

    objects: int = 0
    folders: int = 0
    size: int = 0

    def add(self, one: ObjectInfo | Folder) -> None:
        """Count one more."""
        if isinstance(one, Folder):
            self.folders += 1
        else:
            self.objects += 1
            self.size += one.size

    def said(self) -> str:
        """Return it in words."""
        beside = f" beside {count_of(self.folders, 'folder')}" if self.folders else ""
        return f"{count_of(self.objects, 'object')}{beside}, {both_sizes(self.size)}"


def table_lines(found: Iterable[ObjectInfo | Folder], zone: ZoneInfo) -> Iterator[str]:
    """Yield a line for each, with times in `zone`, below a heading and above the totals."""
    totals = Totals()
    yield _row(f"modified, {zone.key}", "size", "bytes", "key")
    for one in found:
        totals.add(one)
        if isinstance(one, Folder):
            yield _row("", "folder", "", printable(one.key))
        else:
            when = shown_time(one.modified_at, zone)
            yield _row(when, human_size(one.size), f"{one.size:,}", printable(one.key))
    yield totals.said()


def json_lines(found: Iterable[ObjectInfo | Folder], zone: ZoneInfo) -> Iterator[str]:
    """Yield the lines of one JSON document, in ASCII: what was found, in "entries", and the totals."""
    totals, before = Totals(), ""
    yield '{"entries": ['
    for one in found:
        totals.add(one)
        yield before + json.dumps(_entry(one, zone))
        before = ","
    yield f'], "objects": {totals.objects}, "folders": {totals.folders}, "bytes": {totals.size}}}'


def _row(when: str, human: str, exact: str, key: str) -> str:
    return f"{when:<25}  {human:>10}  {exact:>17}  {key}"


def _entry(one: ObjectInfo | Folder, zone: ZoneInfo) -> dict[str, Any]:
    if isinstance(one, Folder):
        return {"folder": one.key}
    modified = one.modified_at.astimezone(zone).isoformat()
    return {"key": one.key, "bytes": one.size, "modified": modified, "etag": one.etag}
