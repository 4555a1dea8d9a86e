"""Athena's answers, all of them text, as rows of values."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from report.engine import Row
from report.errors import EngineError

_WHOLE = dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), int)
_BROKEN = dict.fromkeys(("float", "real", "double"), float)
_TEXT = dict.fromkeys(("varchar", "char"), str)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


_READERS: Mapping[str, Callable[[str], Any]] = {
    **_WHOLE,
    **_BROKEN,
    **_TEXT,
    "boolean": lambda text: text == "true",
    "timestamp": _moment,
}


def rows(pages: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the rows of the pages of results, times aware in UTC; raise `EngineError` for a type we lack.

    The first row of the first page holds the columns' names, and is passed over.
    """
    for number, page in enumerate(pages):
        columns = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        readers = [(column["Name"], _reader(column)) for column in columns]
        for row in page["ResultSet"]["Rows"][0 if number else 1 :]:
            yield {
                name: read(datum["VarCharValue"]) if "VarCharValue" in datum else None
                for (name, read), datum in zip(readers, row["Data"], strict=True)
            }


def _reader(column: Mapping[str, str]) -> Callable[[str], Any]:
    try:
        return _READERS[column["Type"]]
    except KeyError as error:
        raise EngineError(
            f"Athena gives column {column['Name']!r} as {column['Type']}, which cannot be read back without"
            " doubt: cast it in the SQL text"
        ) from error
