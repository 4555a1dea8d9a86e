"""Who answers questions about the tweets of a stretch of time: DuckDB here, Athena at scale."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from report.errors import EngineError
from report.window import Window

Row = dict[str, Any]


class Answers(Protocol):
    """What answers questions: an engine, or what was kept of its answers."""

    def ask(self, name: str, parameters: Mapping[str, str | int | float] | None = None) -> list[Row]:
        """Return the rows the question `report/sql/<name>.sql` gives, in its own order.

        Each `?` of the text is bound to the parameter its first comment line names in that place
        (`-- parameters: limit, minimum`). Times come back aware, in UTC. Raise `EngineError`.
        """


class Questions(Answers, Protocol):
    """The tweets of one window, ready to be asked."""

    def save(self, name: str, parameters: Mapping[str, str | int | float], folder: Path) -> Path:
        """Write the rows of a question to a new file in `folder`, however many there are; return its path.

        It is Parquet (`.parquet`), or a JSON object a line (`.json`) with times as `2026-11-20 13:05:00`,
        UTC. Raise `EngineError`.
        """


class Engine(Protocol):
    """Opens windows of tweets."""

    def open(self, window: Window) -> AbstractContextManager[Questions]:
        """Make what was seen in `window` ready, compacted or not; raise `EngineError` or `StorageError`.

        Two tables stand ready: `documents`, every document with its kind, and `tweets`, each tweet once.
        """


def question_names() -> list[str]:
    """Return the names of the questions there are, in order."""
    texts = resources.files("report").joinpath("sql").iterdir()
    return sorted(text.name.removesuffix(".sql") for text in texts if text.name.endswith(".sql"))


def question(name: str) -> tuple[str, tuple[str, ...]]:
    """Return a question's SQL text and the names of its parameters, in the order of its `?`."""
    if name not in question_names():
        raise EngineError(f"there is no question named {name!r}; there are: {', '.join(question_names())}")
    return _read(name)


def history_text(name: str) -> tuple[str, tuple[str, ...]]:
    """Return a text of `report/sql/history/`, about counted days, and its parameters' names as `question`."""
    return _read(f"history/{name}")


def _read(path: str) -> tuple[str, tuple[str, ...]]:
    text = resources.files("report").joinpath("sql", f"{path}.sql").read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    names = first.removeprefix("-- parameters:").split(",") if first.startswith("-- parameters:") else []
    return text, tuple(name.strip() for name in names)


def new_path(folder: Path, name: str, ending: str) -> Path:
    """Return a path in `folder` for a question's answer that no other answer has yet."""
    return folder / f"{name}-{sum(1 for _ in folder.glob(f'{name}-*'))}.{ending}"
