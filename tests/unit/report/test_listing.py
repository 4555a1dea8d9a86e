"""Rules for listings of storage."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, islice
from zoneinfo import ZoneInfo

from report.listing import json_lines, table_lines
from report.storage import Folder, ObjectInfo

PARIS = ZoneInfo("Europe/Paris")


def an_object(key: str, size: int = 1_234_567) -> ObjectInfo:
    return ObjectInfo(key, size, '"e"', datetime(2026, 11, 20, 4, tzinfo=UTC))


def endless() -> Iterator[ObjectInfo]:
    return (an_object(f"raw/{number:09}") for number in count())


def test_a_table_has_sizes_times_and_totals() -> None:
    """Each object has its time in the zone, its size twice, and its key; the totals come last."""
    lines = list(table_lines([Folder("raw/"), an_object("x"), an_object("y", 1)], PARIS))

    assert lines == [
        "modified, Europe/Paris           size              bytes  key",
        "                               folder                     raw/",
        "2026-11-20 05:00:00 +0100     1.2 MiB          1,234,567  x",
        "2026-11-20 05:00:00 +0100         1 B                  1  y",
        "2 objects beside 1 folder, 1.2 MiB (1,234,568 bytes)",
    ]


def test_json_is_one_document() -> None:
    """Entries and totals are one JSON document, which says the key exactly."""
    text = "\n".join(json_lines([Folder("é/"), an_object("a\x9b")], PARIS))

    assert text.isascii()
    assert json.loads(text) == {
        "entries": [
            {"folder": "é/"},
            {"key": "a\x9b", "bytes": 1_234_567, "modified": "2026-11-20T05:00:00+01:00", "etag": '"e"'},
        ],
        "objects": 1,
        "folders": 1,
        "bytes": 1_234_567,
    }
    assert json.loads("".join(json_lines([], PARIS)))["entries"] == []


def test_a_listing_begins_before_it_has_ended() -> None:
    """Lines come as objects do: a listing without end is shown all the same."""
    assert len(list(islice(table_lines(endless(), PARIS), 100))) == 100
    assert len(list(islice(json_lines(endless(), PARIS), 100))) == 100


def test_a_key_cannot_steer_the_terminal() -> None:
    """Keys and folders of others are shown with escapes."""
    lines = list(table_lines([Folder("\u202e/"), an_object("\x9b31m")], PARIS))

    assert all(line.isprintable() for line in lines)
