"""Answers questions about the tweets of a window with DuckDB, inside this process.

What is compacted is read as Parquet; raw objects that are not yet are brought to a scratch folder and
read once, into a table. Nothing outlives the window's context.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from report.adapters.duckdb_days import make_window
from report.adapters.duckdb_dialect import filled, literal, spoken
from report.adapters.duckdb_parts import NOT_COUNTED
from report.adapters.duckdb_workroom import Workroom
from report.engine import Questions, Row, new_path, question
from report.errors import EngineError, NotFound
from report.storage import Storage
from report.window import Window

_WORKROOM = Workroom()


class DuckDBEngine:
    """An `Engine` that needs nothing but this machine."""

    def __init__(self, storage: Storage, workroom: Workroom = _WORKROOM) -> None:
        """Read from `storage`, within the limits of `workroom`."""
        self._storage = storage
        self._workroom = workroom

    @contextmanager
    def open(self, window: Window) -> Iterator[Questions]:
        """See `Engine.open`."""
        with ExitStack() as stack:
            yield self._opened(window, stack)

    def _opened(self, window: Window, stack: ExitStack) -> Questions:
        """Open the window for counting; once more, whole, if somebody asks for what is not counted."""
        counted = self._made(window, stack, NOT_COUNTED)
        return _Answers(counted, cache(lambda: self._made(window, stack, ())))

    def _made(self, window: Window, stack: ExitStack, left_out: tuple[str, ...]) -> duckdb.DuckDBPyConnection:
        """Make the window; once more from the start if compaction took a file away meanwhile."""
        for last in (False, False, True):
            attempt = stack.enter_context(ExitStack())
            try:
                workroom = self._workroom.open("read the window's tweets")
                folder, connection = attempt.enter_context(workroom)
                with _translated("read the window's tweets"):
                    make_window(self._storage, connection, window, folder, left_out)
                return connection
            except NotFound:
                attempt.close()
                if last:
                    raise
        raise AssertionError("the last attempt returns or raises")


class _Answers:
    """The `Questions` of one open window: `counted` lacks `NOT_COUNTED`, which `whole` has."""

    def __init__(
        self, counted: duckdb.DuckDBPyConnection, whole: Callable[[], duckdb.DuckDBPyConnection]
    ) -> None:
        self._counted = counted
        self._whole = whole

    def ask(self, name: str, parameters: Mapping[str, str | int | float] | None = None) -> list[Row]:
        text, names = question(name)
        values = [literal((parameters or {})[wanted]) for wanted in names]
        with _translated(f"answer {name!r}"):
            # Binding from Python makes DuckDB load pandas, which takes longer than most answers.
            connection = self._connection(text)
            connection.execute(f"PREPARE asked AS {spoken(text)}")
            bound = f"({', '.join(values)})" if values else ""
            cursor = connection.execute(f"EXECUTE asked{bound}")
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, map(_aware, row), strict=True)) for row in cursor.fetchall()]

    def save(self, name: str, parameters: Mapping[str, str | int | float], folder: Path) -> Path:
        text, names = question(name)
        asked = filled(spoken(text), [parameters[wanted] for wanted in names])
        path = new_path(folder, name, "parquet")
        with _translated(f"answer {name!r}"):
            self._connection(text).execute(f"COPY ({asked}) TO {literal(str(path))} (FORMAT parquet)")
        return path

    def _connection(self, text: str) -> duckdb.DuckDBPyConnection:
        words = set(re.findall(r"\w+", re.sub(r"--.*", "", text)))
        return self._whole() if words.intersection(NOT_COUNTED) else self._counted


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise EngineError(f"DuckDB could not {what}: {error}") from error
