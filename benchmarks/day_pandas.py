"""The day counted by pandas.read_json: a sixth of it, for all of it would not fit into memory."""

from pathlib import Path
from typing import Any

from benchmarks.corpus import raw_files

_PARTS = 6


def count(folder: Path) -> dict[str, int]:
    """Read a sixth of the day into frames and count the hashtags that stand on top, without any rule."""
    import pandas as pd

    frame = pd.concat([pd.read_json(path, lines=True) for path in _a_sixth(folder)], ignore_index=True)
    frame = frame.drop_duplicates("id_str")
    tags: Any = frame["entities"].dropna().map(lambda found: [tag["text"] for tag in found["hashtags"]])
    counted = tags.explode().str.casefold().value_counts()
    return {str(tag): int(count) for tag, count in counted.head(10).items()}


def share(folder: Path) -> float:
    """Return which share of the day's bytes `count` reads."""
    return _size(_a_sixth(folder)) / _size(raw_files(folder))


def _a_sixth(folder: Path) -> list[Path]:
    """The first files of the day that hold a sixth of its bytes, or a little more."""
    files = raw_files(folder)
    enough = next(n for n in range(len(files) + 1) if _size(files[:n]) * _PARTS >= _size(files))
    return files[:enough]


def _size(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files)
