"""The ways of counting a day that are set side by side; each runs in a process of its own."""

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DAY = date(2026, 11, 20)
_TOP = 10


def ours(folder: Path) -> list[tuple[str, int]]:
    """Count as a report is counted: everything it says, not the hashtags alone."""
    from report.adapters.directory_storage import DirectoryStorage
    from report.adapters.duckdb_engine import DuckDBEngine
    from report.counts import CountingRules, count_day
    from report.values import Period
    from report.window import day_window

    zone = ZoneInfo("UTC")
    period = Period(DAY, zone, day_window(DAY, zone))
    with DuckDBEngine(DirectoryStorage(folder, None, "")).open(period.window) as questions:
        counts = count_day(questions, period, CountingRules())
    return [(tag.key, tag.tweets) for tag in counts.tags[:_TOP]]


def naive(folder: Path) -> list[tuple[str, int]]:
    """List, get one by one, json.loads, a frame each, concat, explode, value_counts: hashtags alone."""
    import pandas as pd

    from report.adapters.directory_storage import DirectoryStorage

    storage = DirectoryStorage(folder, None, "")
    frames = [pd.DataFrame([json.loads(storage.get(info.key))]) for info in storage.list("raw/")]
    frame = pd.concat(frames, ignore_index=True).drop_duplicates("id_str")
    tags: Any = frame["entities"].map(
        lambda found: sorted({tag["text"].casefold() for tag in found["hashtags"]})
    )
    counted = [(str(tag), int(count)) for tag, count in tags.explode().dropna().value_counts().items()]
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:_TOP]


def main() -> None:
    """Run one way and print its answer and its seconds as JSON."""
    way, folder = {"ours": ours, "naive": naive}[sys.argv[1]], Path(sys.argv[2])
    begun = time.perf_counter()
    answer = way(folder)
    print(json.dumps({"seconds": time.perf_counter() - begun, "answer": answer}))  # noqa: T201


if __name__ == "__main__":
    main()
