"""A scratch folder and a database in memory that spills there; both are gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from report.adapters.duckdb_dialect import Settings, connect
from report.adapters.file_errors import translated_local
from report.errors import EngineError

MIB = 1 << 20


@dataclass(frozen=True)
class Workroom:
    """How much memory and how many threads DuckDB may take; files go below `scratch`, if it is said."""

    memory_limit_bytes: int = 224 * MIB
    threads: int = 2
    scratch: Path | None = None

    @contextmanager
    def open(self, what: str) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
        """Give a folder and a connection for a piece of work; errors say what could not be done."""
        place = self.scratch or Path(tempfile.gettempdir())
        with (
            translated_local(f"{what} with files in", place),
            tempfile.TemporaryDirectory(prefix="trends-", dir=place) as name,
        ):
            settings: Settings = {
                "memory_limit": f"{self.memory_limit_bytes}B",
                "threads": self.threads,
                "preserve_insertion_order": False,  # costs memory; what must be in order says so
                "temp_directory": str(Path(name) / "spill"),
            }
            try:
                with connect(settings) as connection:
                    yield Path(name), connection
            except duckdb.Error as error:
                raise EngineError(f"DuckDB could not {what}: {error}") from error
