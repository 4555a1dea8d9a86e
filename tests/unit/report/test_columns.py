"""Rules for the columns of raw documents and for the SQL over them."""

from importlib import resources
from pathlib import Path

import pytest
import sqlglot

from report.columns import NOTICES, RAW_TWEETS, TEXT, Fields, ListOf, duckdb_type

SQL = Path(str(resources.files("report").joinpath("sql")))
TEXTS = sorted(str(path.relative_to(SQL)) for path in SQL.rglob("*.sql"))


def test_types_are_spelled_as_duckdb_does() -> None:
    """Objects and arrays nest."""
    kind = Fields({"tags": ListOf(Fields({"text": TEXT}))})
    assert duckdb_type(kind) == 'STRUCT("tags" STRUCT("text" VARCHAR)[])'


def test_every_notice_has_a_column() -> None:
    """A kind of notice is told by the column that is there."""
    assert set(NOTICES) <= RAW_TWEETS.keys()


def test_every_notice_is_named_in_sql() -> None:
    """SQL knows the same kinds, in the same order."""
    text = (SQL / "documents.sql").read_text(encoding="utf-8")
    places = [text.index(f"THEN '{kind}'") for kind in NOTICES]
    assert places == sorted(places)


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_athena_sql(name: str) -> None:
    """Each SQL text is one statement Athena's grammar takes."""
    text = (SQL / name).read_text(encoding="utf-8")
    assert len(sqlglot.parse(text, dialect="athena")) == 1
