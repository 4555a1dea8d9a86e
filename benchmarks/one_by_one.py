"""Ways of counting a day of plain tweets that lie one in a file: ours, and those of people with pandas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import day
from benchmarks.corpus import raw_files

_TOP = 10


def ours(folder: Path) -> list[list[Any]]:
    """Count as a report is counted: everything it says, not the hashtags alone."""
    return [[key, tweets] for key, tweets, *_ in day.ours(folder)["top"][:_TOP]]


def naive(folder: Path) -> list[list[Any]]:
    """Open one by one, json.loads, flatten to a frame each, concat, explode, value_counts: hashtags alone."""
    import pandas as pd

    frames = [pd.json_normalize(document) for document in _documents(folder)]
    frame = pd.concat(frames, ignore_index=True).drop_duplicates("id_str")
    tags: Any = frame["entities.hashtags"].map(_keys)
    return _top(tags.explode().dropna().value_counts())


def lean(folder: Path) -> list[list[Any]]:
    """The same by somebody who knows pandas: one frame, of the two fields that are needed."""
    import pandas as pd

    rows = [(document["id_str"], _keys(document["entities"]["hashtags"])) for document in _documents(folder)]
    frame = pd.DataFrame(rows, columns=["id", "tags"]).drop_duplicates("id")
    tags: Any = frame["tags"].explode()
    return _top(tags.dropna().value_counts())


def _documents(folder: Path) -> Iterator[Any]:
    return (json.loads(path.read_bytes()) for path in raw_files(folder))


def _keys(hashtags: list[dict[str, Any]]) -> list[str]:
    return sorted({tag["text"].casefold() for tag in hashtags})


def _top(counted: Any) -> list[list[Any]]:
    found = [(str(tag), int(count)) for tag, count in counted.items()]
    return [list(pair) for pair in sorted(found, key=lambda pair: (-pair[1], pair[0]))[:_TOP]]
