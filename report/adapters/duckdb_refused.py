"""Finds in a part which raw objects held what was refused, and looks into them for the reasons."""

# ruff: noqa: S608 the words are ours
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import duckdb

from report.adapters.duckdb_dialect import GATHERED
from report.adapters.duckdb_fetch import fetched_digest
from report.compaction import digest_of
from report.refusals import MOST_OBJECTS, Reason, Refusals, Refused, reasons
from report.storage import ObjectInfo, Storage
from report.tweets.containers import is_json

_NAMED = re.compile(rb'\{"\$path":("(?:[^"\\]|\\.)*")')


def refused_in(
    storage: Storage,
    connection: duckdb.DuckDBPyConnection,
    name: str,
    fresh: Iterable[ObjectInfo],
    files: Iterable[Path],
) -> Refusals:
    """Return what was refused of the part's raw objects `fresh`, which came as `files`."""
    rows = connection.execute(
        f"SELECT refused_in, count(*) FROM {name}.documents WHERE kind = 'refused' GROUP BY ALL"
    ).fetchall()
    if not rows:
        return Refusals()
    keys = {digest_of(info.key): info.key for info in fresh}
    counts = _by_key(rows, keys)
    kept = sorted(counts)[:MOST_OBJECTS]
    alone = {keys[digest]: file for file in files if (digest := fetched_digest(file))}
    told = {key: Refused(counts[key], first) for key, first in _reasons(storage, kept, counts, alone)}
    return Refusals(told, len(counts) > len(kept))


def _by_key(rows: Iterable[tuple[str, int]], keys: Mapping[str, str]) -> Counter[str]:
    """Return how many were refused by key; `keys` are by digest, `rows` say key or file."""
    counts: Counter[str] = Counter()
    for place, documents in rows:
        path = Path(place)
        if not path.is_absolute():
            counts[place] += documents
        elif digest := fetched_digest(path):
            counts[keys[digest]] += documents
        else:
            counts.update(_unreadable(path.with_name(GATHERED)))
    return counts


def _unreadable(gathered: Path) -> Iterator[str]:
    """Yield the key of each line DuckDB can't read, so not even the name it begins with."""
    with gathered.open("rb") as lines:
        for line in lines:
            if not is_json(line) and (named := _NAMED.match(line)):
                yield json.loads(named[1])


def _reasons(
    storage: Storage, keys: Iterable[str], counts: Mapping[str, int], alone: Mapping[str, Path]
) -> Iterator[tuple[str, tuple[Reason, ...]]]:
    """Yield the reasons for each key: from its own file, or else, for it is small, from storage."""
    for key in keys:
        if key in alone:
            with alone[key].open("rb") as file:
                yield key, reasons(file, counts[key])
    for key, body in storage.get_many(key for key in keys if key not in alone):
        yield key, reasons(io.BytesIO(body), counts[key])
