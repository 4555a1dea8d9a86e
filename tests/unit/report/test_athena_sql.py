"""Rules for putting a question to Athena."""

import re
from datetime import UTC, datetime

import pytest
import sqlglot

from report.athena_sql import bound, composed
from report.engine import question, question_names
from report.errors import EngineError
from report.window import Window

PARIS_DAY = Window(datetime(2026, 11, 19, 23, tzinfo=UTC), datetime(2026, 11, 20, 23, tzinfo=UTC))


def partitions(window: Window) -> str:
    """Return the condition by which Athena chooses what to read."""
    [condition] = re.findall(r"^WHERE (dt BETWEEN .*)$", composed("SELECT 1", window, "db"), re.MULTILINE)
    return str(condition)


@pytest.mark.parametrize("name", question_names())
def test_every_composed_text_is_athena_sql(name: str) -> None:
    """With its tables before it, each question is still one statement Athena's grammar takes."""
    text = composed(question(name)[0], PARIS_DAY, "twitter_trends")

    assert len(sqlglot.parse(text, dialect="athena")) == 1


@pytest.mark.parametrize("name", question_names())
def test_nothing_of_a_text_is_changed(name: str) -> None:
    """What we add stands in one piece: without it the text is there, byte for byte."""
    text = question(name)[0]
    made = composed(text, PARIS_DAY, "twitter_trends")
    added = len(made) - len(text)

    assert any(made[:at] + made[at + added :] == text for at in range(len(text)))


def test_a_text_with_tables_of_its_own_has_them_after_ours() -> None:
    """Trino takes one WITH, and keeps only the outermost order."""
    made = composed("-- why\nWITH mine AS (SELECT 1) SELECT * FROM mine ORDER BY 1", PARIS_DAY, "db")

    names = [table.alias for table in sqlglot.parse_one(made, dialect="athena").args["with_"].expressions]
    assert names == ["raw_tweets", "documents", "tweets", "mine"]
    assert made.endswith("mine AS (SELECT 1) SELECT * FROM mine ORDER BY 1")


def test_only_the_windows_partitions_are_read() -> None:
    """A day of Paris lies in two days of UTC: an hour of the first, 23 of the second."""
    assert partitions(PARIS_DAY) == (
        "dt BETWEEN '2026-11-19' AND '2026-11-20'"
        " AND (dt > '2026-11-19' OR hour >= 23) AND (dt < '2026-11-20' OR hour <= 22)"
    )


def test_a_window_that_ends_with_the_hour_leaves_the_next_alone() -> None:
    """The end is not part of the window."""
    whole = Window(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))

    assert partitions(whole) == (
        "dt BETWEEN '2026-11-20' AND '2026-11-20'"
        " AND (dt > '2026-11-20' OR hour >= 0) AND (dt < '2026-11-20' OR hour <= 23)"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("it's", "'it''s'", id="a quote"),
        pytest.param("?", "'?'", id="a mark"),
        pytest.param("", "''", id="nothing"),
        pytest.param(10, "10", id="a whole number"),
        pytest.param(0.5, "0.5", id="a broken number"),
    ],
)
def test_values_are_written_as_sql(value: str | int | float, said: str) -> None:
    """Text stands in quotes, numbers stand as they are."""
    assert bound("SELECT ?", [value]) == ("SELECT ?", [said])


def test_only_real_marks_take_values() -> None:
    """A question mark in a comment, in text or in a name is none; a long value stands in the SQL."""
    text = "-- it's why?\nSELECT '?', 'it''s ?', \"?\", ?, ?"

    assert bound(text, ["x" * 1023, 2]) == (text[:-4] + "'" + "x" * 1023 + "', ?", ["2"])


def test_a_nul_cannot_be_said() -> None:
    """The error shows the value."""
    with pytest.raises(EngineError, match=r"NUL: 'a\\x00'"):
        bound("SELECT ?", ["a\0"])
