"""Writes the demo's hours into raw/, so that everything after the collector can be tried.

raw/dt=2026-11-20/hour=13/demo-1.jsonl.zst    the hour 13:00 to 14:00 UTC of the world with seed 1

An hour never changes once it is over, so what is there is left alone, but for the newest hour: that one
may have been running when it was written, and is written anew, up to the moment asked for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import zstandard

from collector.demo.hours import Seen, hour_documents
from report.errors import OwnTweets
from report.places import raw_hour
from report.storage import Storage
from report.window import Window

_LEVEL = 3
_TYPE = "application/zstd"
_DEMO = re.compile(r"/demo-[0-9]+\.jsonl\.zst$")


@dataclass(frozen=True)
class Written:
    """What a run wrote: tweets, in so many hours; `kept` hours were there already."""

    tweets: int
    hours: int
    kept: int


def demo_window(days: int, until: datetime) -> Window:
    """Return `days` whole UTC days and the running one up to `until`, which must be aware."""
    end = until.astimezone(UTC)
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(midnight - timedelta(days=days), end)


def write_demo(storage: Storage, seed: int, window: Window, step: Callable[[int], object]) -> Written:
    """Write what is missing of the window's hours; call `step(1)` after each.

    The window starts on a full hour. Raise `OwnTweets` where raw/ has anything but the demo's, of whatever
    day, for nobody could tell the tweets apart once they are counted; and `StorageError`.
    """
    _check_alone(storage)
    there = [key for day in _days(window) for key in _demo_keys(storage, seed, day)]
    whole = set(there[:-1])
    tweets = hours = kept = 0
    for hour in window.hours():
        if demo_key(seed, hour) in whole:
            kept += 1
        else:
            written = _write_hour(storage, seed, hour, window.end)
            tweets, hours = tweets + written, hours + (written > 0)
        step(1)
    return Written(tweets, hours, kept)


def demo_key(seed: int, hour: datetime) -> str:
    """Return where the hour of the world with this seed is kept."""
    return f"{raw_hour(hour)}demo-{seed}.jsonl.zst"


def packed(documents: list[Seen]) -> bytes:
    """Return the documents' lines, compressed by one thread, so that the same lines give the same bytes."""
    lines = b"".join(document.line + b"\n" for document in documents)
    return zstandard.ZstdCompressor(level=_LEVEL, threads=0).compress(lines)


def _check_alone(storage: Storage) -> None:
    own = next((info.key for info in storage.list("raw/") if not _DEMO.search(info.key)), None)
    if own:
        raise OwnTweets(
            f"no tweets were made up: there are others, such as {own}, and all would be counted as one; "
            "name an empty place in STORAGE_URL, such as file:./demo"
        )


def _write_hour(storage: Storage, seed: int, hour: datetime, end: datetime) -> int:
    end_ms = int(end.timestamp() * 1000)
    documents = [document for document in hour_documents(seed, hour) if document.at_ms < end_ms]
    if documents:  # the collector may have rested the whole hour
        storage.put(demo_key(seed, hour), packed(documents), _TYPE)
    return sum(document.is_tweet for document in documents)


def _days(window: Window) -> list[str]:
    return sorted({f"{hour:%Y-%m-%d}" for hour in window.hours()})


def _demo_keys(storage: Storage, seed: int, day: str) -> list[str]:
    name = f"/demo-{seed}.jsonl.zst"
    return [info.key for info in storage.list(f"raw/dt={day}/") if info.key.endswith(name)]
