"""Brings raw objects to a scratch folder, in the form DuckDB reads fastest."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from report.adapters.duckdb_dialect import GATHERED, named_lines
from report.adapters.duckdb_parts import MENDED
from report.compaction import digest_of
from report.storage import ObjectInfo, Storage

_SMALL_BYTES = 1 << 20
_PLAIN = (".json", ".jsonl")
_NAME = re.compile(r"(?:^|/)(?P<slot>\d{8}T\d{6}Z-)?[^/]*?(?P<ending>\.jsonl?(?:\.gz|\.zst)?)$", re.ASCII)
_HOUR = re.compile(r"raw/dt=[^/]*/hour=[^/]*/")


def fetch_raw(storage: Storage, found: list[ObjectInfo], folder: Path) -> Iterator[Path]:
    """Bring the raw objects, which come in the order of their keys, below `folder`; yield where they lie."""
    for hour, infos in groupby(found, lambda info: info.key[: _hour_end(info.key)]):
        target = folder / hour
        target.mkdir(parents=True)
        yield from _fetch_hour(storage, list(infos), target)


def _hour_end(key: str) -> int:
    match = _HOUR.match(key)
    assert match is not None
    return match.end()


def _fetch_hour(storage: Storage, found: list[ObjectInfo], target: Path) -> Iterator[Path]:
    small = [info.key for info in found if info.size <= _SMALL_BYTES]
    plain = [key for key in small if key.endswith(_PLAIN)]
    if plain:
        yield _gather(storage, plain, target / GATHERED)
    for key, body in storage.get_many(key for key in small if not key.endswith(_PLAIN)):
        place = target / _local_name(key)
        place.write_bytes(body)
        yield place
    for info in (info for info in found if info.size > _SMALL_BYTES):
        place = target / _local_name(info.key)
        storage.download(info.key, place)
        yield place


def _gather(storage: Storage, keys: list[str], target: Path) -> Path:
    """Bring many small objects into one file: DuckDB takes a millisecond for each file it opens."""
    with target.open("wb") as file:
        for key, body in storage.get_many(keys):
            file.writelines(named_lines(key, body))
    return target


def fetched_digest(path: Path) -> str | None:
    """Return the digest of the key whose object the file is, as it came or mended; None if it holds many."""
    stem = path.name.partition(".")[0].removesuffix(MENDED)
    return None if stem == GATHERED.partition(".")[0] else stem[stem.rfind("-") + 1 :]


def _local_name(key: str) -> str:
    """Return a name safe from DuckDB's patterns that keeps what counts: the slot, the key and the ending."""
    match = _NAME.search(key)
    assert match is not None
    return f"{match['slot'] or ''}{digest_of(key)}{match['ending']}"
