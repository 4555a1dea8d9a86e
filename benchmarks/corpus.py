"""Generated days of raw tweets on disk, made once and kept until the generator changes.

.cache/bench/lines-1000000-1f3a9c2b/jsonl/raw/dt=2026-11-20/hour=13/tweets.jsonl       a day, as imports lie
.cache/bench/lines-1000000-1f3a9c2b/zst/raw/dt=2026-11-20/hour=13/tweets.jsonl.zst     the same, compressed
.cache/bench/copies-10-of-1000000-1f3a9c2b/zst/raw/dt=…/hour=13/tweets0.jsonl.zst      … with other ids
.cache/bench/objects-10000-1f3a9c2b/json/raw/dt=2026-11-20/hour=13/…Z-0.json           one tweet an object
"""

import gzip
import hashlib
import math
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import IO

import zstandard

from benchmarks.tweets import DAY, day_of_tweets, lines
from benchmarks.words import Words
from report.places import raw_hour

ROOT = Path(__file__).parents[1] / ".cache" / "bench"
FORMS = ("jsonl", "zst", "gz")
HOURS = 24
_SEED = 1
_HOUR = timedelta(hours=1)
_SOURCES = ("shapes", "tweets", "words")
_GZIP_LEVEL, _ZSTD_LEVEL = 6, 3
_CHUNK_BYTES = 1 << 22


def day_of_lines(count: int, form: str = "jsonl", root: Path = ROOT) -> Path:
    """Return a folder to be read as a storage: one UTC day of `count` lines, an object an hour."""

    def fill(folder: Path) -> None:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            parts = [(folder, hour, lines) for hour, lines in enumerate(lines_by_hour(count))]
            list(pool.map(partial(_write_hour, form), parts))

    return _kept(root, f"lines-{count}", form, fill)


def day_of_copies(count: int, copies: int, root: Path = ROOT) -> Path:
    """Return a folder with one UTC day that holds a generated one's lines several times, with other ids.

    Each copy is a compressed object an hour; making new tweets instead would take ten times as long.
    """
    plain = day_of_lines(count, root=root)

    def fill(folder: Path) -> None:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            parts = [(folder, plain, path, copy) for path in raw_files(plain) for copy in range(copies)]
            list(pool.map(_copy_hour, parts))

    return _kept(root, f"copies-{copies}-of-{count}", "zst", fill)


def day_of_objects(count: int, root: Path = ROOT) -> Path:
    """Return a folder to be read as a storage: one UTC day of `count` plain tweets, an object each."""

    def fill(folder: Path) -> None:
        for number, (seen_at, body) in enumerate(day_of_tweets(DAY, count)):
            path = folder / f"{raw_hour(seen_at)}{seen_at:%Y%m%dT%H%M%S}Z-{number}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)

    return _kept(root, f"objects-{count}", "json", fill)


def raw_files(folder: Path) -> list[Path]:
    """Return the files of raw tweets below a storage's folder, in order."""
    return sorted(path for path in (folder / "raw").rglob("*") if path.is_file())


def lines_by_hour(count: int) -> list[int]:
    """Split a day's lines over its hours, most in the evening: 24 numbers that add up to `count`."""
    weights = [1.2 + math.sin((hour - 13) * math.pi / 12) for hour in range(HOURS)]
    ends = [round(count * sum(weights[: hour + 1]) / sum(weights)) for hour in range(HOURS)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _kept(root: Path, name: str, form: str, fill: Callable[[Path], None]) -> Path:
    """Return the folder, filled if it is not there yet; what an older generator made goes."""
    folder = root / f"{name}-{_version()}" / form
    if not folder.exists():
        for old in set(root.glob(f"{name}-*")) - {folder.parent}:
            shutil.rmtree(old)
        beside = folder.with_name(f"{folder.name}-{os.getpid()}.part")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        try:
            fill(beside)
            beside.rename(folder)
        except OSError:
            if not folder.exists():  # somebody else made it meanwhile
                raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return folder


def _write_hour(form: str, part: tuple[Path, int, int]) -> None:
    folder, hour, count = part
    start = datetime.combine(DAY, time.min, UTC) + hour * _HOUR
    path = folder / raw_hour(start) / ("tweets.jsonl" if form == "jsonl" else f"tweets.jsonl.{form}")
    path.parent.mkdir(parents=True)
    with closing(_opened(path, form)) as file:
        for _, line in lines(_words(), start, _HOUR, count, f"{_SEED}/{hour}"):
            file.write(line.encode() + b"\n")


def _copy_hour(part: tuple[Path, Path, Path, int]) -> None:
    folder, plain, source, copy = part
    path = folder / source.relative_to(plain).with_name(f"tweets{copy}.jsonl.zst")
    path.parent.mkdir(parents=True, exist_ok=True)
    other = b"2%d" % copy  # every id of that day begins with 21
    with source.open("rb") as file, closing(_opened(path, "zst")) as sink:
        for some in iter(partial(file.readlines, _CHUNK_BYTES), []):
            chunk = b"".join(some)
            sink.write(chunk.replace(b'"21', b'"' + other).replace(b'"id":21', b'"id":' + other))


def _opened(path: Path, form: str) -> IO[bytes]:
    if form == "gz":
        return gzip.open(path, "wb", _GZIP_LEVEL)  # type: ignore[return-value]  # a GzipFile writes bytes
    if form == "zst":
        return zstandard.open(path, "wb", zstandard.ZstdCompressor(_ZSTD_LEVEL))  # type: ignore[no-any-return]  # zstandard has no types
    return path.open("wb", buffering=1 << 20)


@cache
def _words() -> Words:
    """The words, made once in each process."""
    return Words()


def _version() -> str:
    """A digest of the generator: data made by another is not taken for its own."""
    sources = [Path(__file__).with_name(f"{name}.py").read_bytes() for name in _SOURCES]
    return hashlib.sha256(b"".join(sources)).hexdigest()[:8]
