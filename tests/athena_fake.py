"""A stand-in for Athena that gives true answers: DuckDB behind the calls of Athena's API."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from report.adapters.duckdb_dialect import connect, spoken
from report.adapters.duckdb_dialect import raw_tweets as read_raw

PAGE_ROWS = 1000
_TYPES = {"VARCHAR": "varchar", "BIGINT": "bigint", "DOUBLE": "double", "BOOLEAN": "boolean"}


class DuckDBAthena:
    """An `AthenaClient` over the files of raw objects; it keeps what it was asked.

    `states` are what the coming looks at a query find, SUCCEEDED after the last; an exception among
    them is raised.
    """

    def __init__(
        self,
        files: Iterable[Any] = (),
        *,
        states: Iterable[str | BaseException] = (),
        scanned_bytes: int = 0,
        reason: str = "",
        page_rows: int = PAGE_ROWS,
    ) -> None:
        self.connection = connect()
        self.connection.execute("CREATE SCHEMA twitter_trends")
        found = read_raw(files)
        if found:
            self.connection.execute(
                f"CREATE VIEW twitter_trends.raw_tweets AS SELECT *,"
                " regexp_extract(\"$path\", '/dt=([0-9-]+)/', 1) AS dt,"
                f" CAST(regexp_extract(\"$path\", '/hour=([0-9]+)/', 1) AS INTEGER) AS hour FROM ({found})"
            )
        self.asked: list[dict[str, Any]] = []
        self.stopped: list[str] = []
        self._states = list(states)
        self._scanned_bytes = scanned_bytes
        self._reason = reason
        self._page_rows = page_rows

    def start_query_execution(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        return {"QueryExecutionId": str(len(self.asked))}

    def get_query_execution(self, **request: Any) -> dict[str, Any]:
        state = self._states.pop(0) if self._states else "SUCCEEDED"
        if isinstance(state, BaseException):
            raise state
        status = {"State": state, "StateChangeReason": self._reason}
        return {
            "QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": self._scanned_bytes}}
        }

    def get_query_results(self, **request: Any) -> dict[str, Any]:
        columns, rows = self._answer(self.asked[int(request["QueryExecutionId"]) - 1])
        start = int(request.get("NextToken", "0"))
        end = start + self._page_rows
        page = {"ResultSetMetadata": {"ColumnInfo": columns}, "Rows": rows[start:end]}
        return {"ResultSet": page, **({"NextToken": str(end)} if end < len(rows) else {})}

    def stop_query_execution(self, **request: Any) -> dict[str, Any]:
        self.stopped.append(request["QueryExecutionId"])
        return {}

    def _answer(self, request: dict[str, Any]) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
        self.connection.execute(f"PREPARE asked AS {spoken(request['QueryString'])}")
        values = ", ".join(request.get("ExecutionParameters", ()))
        cursor = self.connection.execute(f"EXECUTE asked({values})" if values else "EXECUTE asked")
        columns = [
            {"Name": column[0], "Type": _TYPES.get(str(column[1]), str(column[1]).lower())}
            for column in cursor.description or ()
        ]
        names = [{"VarCharValue": column["Name"]} for column in columns]
        return columns, [
            {"Data": names},
            *({"Data": [_datum(value) for value in row]} for row in cursor.fetchall()),
        ]


def _datum(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"VarCharValue": str(value).lower()}
    if isinstance(value, datetime):
        return {"VarCharValue": f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03}"}
    return {"VarCharValue": str(value)}
