"""Counts a stretch of tweets, a day or a week, into one kept file, unless what is kept is right."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from report.adapters.duckdb_counts import ask_counts, make_counts, write_counts
from report.adapters.duckdb_kept import Kept
from report.adapters.replacing import replace_object
from report.engine import Engine
from report.errors import AlreadyExists
from report.history import VERSION, is_current
from report.window import Window

PARQUET = "application/vnd.apache.parquet"


@dataclass(frozen=True)
class Stretch:
    """What is counted, under which key it is kept, and which raw objects it comes from, as `Sources` says.

    `day` is the zone's last day of it.
    """

    key: str
    day: date
    window: Window
    made_from: Mapping[str, str]


def count_stretch(
    kept: Kept, engine: Engine, stretch: Stretch, connection: duckdb.DuckDBPyConnection, folder: Path
) -> bool:
    """Count a stretch; False where its counts are right, or another run was quicker, as well as we."""
    stands, said = kept.bring(connection, stretch.key, folder / "stands.parquet")
    if said.get("version") == str(VERSION) and is_current(json.loads(said["sources"]), stretch.made_from):
        return False
    with engine.open(stretch.window) as questions:
        answers = ask_counts(connection, questions, folder)
    make_counts(connection, stretch.day, answers)
    path = folder / "counts.parquet"
    told = {
        "version": str(VERSION),
        "zone": kept.zone.key,
        "sources": json.dumps(stretch.made_from, sort_keys=True),
        "facts": answers.facts.to_json(),
    }
    write_counts(connection, told, path)
    try:
        replace_object(kept.storage, stretch.key, path, stands, PARQUET)
    except AlreadyExists:
        return False
    return True
