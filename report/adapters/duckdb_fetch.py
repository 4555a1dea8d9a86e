"""Brings raw objects to a scratch folder, in the form DuckDB reads fastest."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from report.adapters.duckdb_dialect import GATHERED, named_lines
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
    for number, (key, body) in enumerate(storage.get_many(key for key in small if not key.endswith(_PLAIN))):
        place = target / _local_name(key, f"small{number}")
        place.write_bytes(body)
        yield place
    for number, info in enumerate(info for info in found if info.size > _SMALL_BYTES):
        place = target / _local_name(info.key, f"large{number}")
        storage.download(info.key, place)
        yield place


def _gather(storage: Storage, keys: list[str], target: Path) -> Path:
    """Bring many small objects into one file: DuckDB takes a millisecond for each file it opens."""
    with target.open("wb") as file:
        for key, body in storage.get_many(keys):
            file.writelines(named_lines(key, body))
    return target


def _local_name(key: str, name: str) -> str:
    """Return a name safe from DuckDB's patterns that keeps what counts: the slot and the ending."""
    match = _NAME.search(key)
    assert match is not None
    return f"{match['slot'] or ''}{name}{match['ending']}"
