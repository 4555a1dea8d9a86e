"""Answers questions about raw documents with Athena, where a day no longer fits one machine."""

import contextlib
import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.adapters.athena_client import AthenaClient
from report.adapters.athena_errors import ended_badly, translated
from report.adapters.athena_rows import rows
from report.athena_sql import bound, composed
from report.engine import Questions, Row, new_path, question
from report.errors import EngineError, EngineUnavailable, TrendsError
from report.places import raw_hour
from report.storage import Storage
from report.window import Window

GB = 10**9
USD_PER_TB = 5.0  # in most regions; https://aws.amazon.com/athena/pricing/ tells the others
_LEAST_BILLED = 10 * 10**6
_LONGEST_TEXT = 262_144
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0
_PATIENCE_SECONDS = 1800.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workplace:
    """Where queries run: the workgroup, the database of the tables, and the place of results.

    An empty `output` leaves the place to the workgroup; another is "s3://bucket/prefix/".
    """

    workgroup: str
    database: str
    output: str = ""


class AthenaEngine:
    """An `Engine` that asks Athena, one query for each question."""

    def __init__(
        self,
        client: AthenaClient,
        storage: Storage,
        workplace: Workplace,
        *,
        limit_bytes: int,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Let a query scan at most `limit_bytes`; `storage` tells beforehand what it would scan."""
        self._client = client
        self._storage = storage
        self._workplace = workplace
        self._limit_bytes = limit_bytes
        self._wait = wait

    @contextmanager
    def open(self, window: Window) -> Iterator[Questions]:
        """See `Engine.open`; also raise `EngineError` where the window holds more than may be scanned."""
        self._check_size(window)
        yield _Answers(self._client, self._workplace, window, self._limit_bytes, self._wait)

    def _check_size(self, window: Window) -> None:
        size = 0
        for hour in window.hours():
            size += sum(info.size for info in self._storage.list(raw_hour(hour)))
            if size > self._limit_bytes:
                raise EngineError(
                    f"each question about {window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} UTC"
                    f" would scan more than ATHENA_LIMIT_GB={self._limit_bytes / GB:g} allows"
                    f" ({size / GB:.2f} GB up to {hour:%Y-%m-%d %H:%M}): ask about less, or raise it"
                )


class _Answers:
    """The `Questions` of one open window."""

    def __init__(
        self,
        client: AthenaClient,
        workplace: Workplace,
        window: Window,
        limit_bytes: int,
        wait: Callable[[float], None],
    ) -> None:
        self._client = client
        self._workplace = workplace
        self._window = window
        self._limit_bytes = limit_bytes
        self._wait = wait

    def ask(self, name: str, parameters: Mapping[str, str | int | float] | None = None) -> list[Row]:
        return list(self._rows(name, parameters or {}))

    def save(self, name: str, parameters: Mapping[str, str | int | float], folder: Path) -> Path:
        path = new_path(folder, name, "json")
        with path.open("w", encoding="utf-8") as file:
            for row in self._rows(name, parameters):
                file.write(json.dumps(row, default=lambda moment: f"{moment:%Y-%m-%d %H:%M:%S.%f}") + "\n")
        return path

    def _rows(self, name: str, parameters: Mapping[str, str | int | float]) -> Iterator[Row]:
        what = f"answer {name!r}"
        text, names = question(name)
        text, values = bound(text, [parameters[wanted] for wanted in names])
        execution = self._start(composed(text, self._window, self._workplace.database), values, what)
        with self._stopped_unless_ended(execution):
            scanned = self._wait_for(execution, what)
        log.info("%s", _bill(name, scanned))
        with translated(f"give the rows of {name!r}"):
            yield from rows(self._pages(execution))

    def _start(self, text: str, values: list[str], what: str) -> str:
        if len(text.encode()) > _LONGEST_TEXT:
            raise EngineError(
                f"Athena takes {_LONGEST_TEXT:,} bytes of SQL, and to {what} needs {len(text.encode()):,}:"
                " ask about a shorter time, or count with ENGINE=duckdb"
            )
        request: dict[str, Any] = {
            "QueryString": text,
            "WorkGroup": self._workplace.workgroup,
            "QueryExecutionContext": {"Database": self._workplace.database},
        }
        if values:
            request["ExecutionParameters"] = values
        if self._workplace.output:
            request["ResultConfiguration"] = {"OutputLocation": self._workplace.output}
        with translated(what):
            return str(self._client.start_query_execution(**request)["QueryExecutionId"])

    def _wait_for(self, execution: str, what: str) -> int:
        """Return the bytes scanned once the query has ended well."""
        waited = 0.0
        for pause in _pauses():
            with translated(what):
                state = self._client.get_query_execution(QueryExecutionId=execution)["QueryExecution"]
            scanned = int(state.get("Statistics", {}).get("DataScannedInBytes", 0))
            if state["Status"]["State"] == "SUCCEEDED":
                return scanned
            if state["Status"]["State"] in ("FAILED", "CANCELLED"):
                raise ended_badly(state["Status"], what)
            self._check_progress(scanned, waited, what)
            self._wait(pause)
            waited += pause
        raise AssertionError("pauses do not end")

    def _check_progress(self, scanned: int, waited: float, what: str) -> None:
        if scanned > self._limit_bytes:
            raise EngineError(
                f"stopped Athena after it scanned {scanned / GB:.2f} GB to {what}:"
                f" ATHENA_LIMIT_GB={self._limit_bytes / GB:g} allows no more; ask about less, or raise it"
            )
        if waited > _PATIENCE_SECONDS:
            raise EngineUnavailable(
                f"stopped Athena, which took {waited / 60:.0f} minutes to {what}: try again"
            )

    @contextmanager
    def _stopped_unless_ended(self, execution: str) -> Iterator[None]:
        """Cancel the query if anything, Ctrl-C too, ends our waiting for it."""
        try:
            yield
        except BaseException:
            with contextlib.suppress(TrendsError), translated("stop a query"):
                self._client.stop_query_execution(QueryExecutionId=execution)
            raise

    def _pages(self, execution: str) -> Iterator[dict[str, Any]]:
        page = self._client.get_query_results(QueryExecutionId=execution)
        yield page
        while token := page.get("NextToken"):
            page = self._client.get_query_results(QueryExecutionId=execution, NextToken=token)
            yield page


def cost_usd(scanned_bytes: int) -> float:
    """Return what a query costs in US dollars where a TB costs 5, with at least 10 MB billed."""
    return max(scanned_bytes, _LEAST_BILLED) / 10**12 * USD_PER_TB


def _bill(name: str, scanned: int) -> str:
    return (
        f"{name}: Athena scanned {scanned / 10**6:,.1f} MB, about USD {cost_usd(scanned):.5f}"
        f" at USD {USD_PER_TB:g} a TB; prices differ by region"
    )


def _pauses() -> Iterator[float]:
    """Yield growing pauses in seconds, each cut by chance, so that a fleet does not ask in step."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
