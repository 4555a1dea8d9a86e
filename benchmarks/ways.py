"""The ways of counting a day that are set side by side; each runs in a process of its own."""

import json
import sys
import time
from collections.abc import Iterator
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
    """List, get one by one, json.loads, flatten to a frame each, concat, explode, value_counts."""
    import pandas as pd

    frames = [pd.json_normalize(document) for document in _documents(folder)]
    frame = pd.concat(frames, ignore_index=True).drop_duplicates("id_str")
    tags: Any = frame["entities.hashtags"].map(_keys)
    return _top(tags.explode().dropna().value_counts())


def lean(folder: Path) -> list[tuple[str, int]]:
    """The same by somebody who knows pandas: one frame, of the two fields that are needed."""
    import pandas as pd

    rows = [(document["id_str"], _keys(document["entities"]["hashtags"])) for document in _documents(folder)]
    frame = pd.DataFrame(rows, columns=["id", "tags"]).drop_duplicates("id")
    tags: Any = frame["tags"].explode()
    return _top(tags.dropna().value_counts())


def _documents(folder: Path) -> Iterator[Any]:
    from report.adapters.directory_storage import DirectoryStorage

    storage = DirectoryStorage(folder, None, "")
    return (json.loads(storage.get(info.key)) for info in storage.list("raw/"))


def _keys(hashtags: list[dict[str, Any]]) -> list[str]:
    return sorted({tag["text"].casefold() for tag in hashtags})


def _top(counted: Any) -> list[tuple[str, int]]:
    found = [(str(tag), int(count)) for tag, count in counted.items()]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:_TOP]


WAYS = {"ours": ours, "naive": naive, "lean": lean}


def main() -> None:
    """Run one way and print its answer and its seconds as JSON."""
    way, folder = WAYS[sys.argv[1]], Path(sys.argv[2])
    begun = time.perf_counter()
    answer = way(folder)
    print(json.dumps({"seconds": time.perf_counter() - begun, "answer": answer}))  # noqa: T201


if __name__ == "__main__":
    main()
