"""Rules for the text part."""

from wcwidth import wcswidth

from report.rendering.text import render_text
from report.values import (
    Change,
    ChartKind,
    ChartSpec,
    Column,
    Kind,
    Note,
    Series,
    Strip,
    StripLine,
    Table,
    Verdict,
)
from tests.report_builders import a_report

LINK = "https://trends.example/editions/2026-11-20/"


def test_columns_line_up_in_every_script() -> None:
    """A wide character takes two columns, a right-to-left tag keeps to its own."""
    rows = (("budget", 5), ("音楽", 12), ("خبر", 1234))
    table = Table("t", "Tags", (Column("Hashtag", Kind.TAG), Column("Tweets", Kind.COUNT)), rows)
    text = render_text(a_report(table), LINK)
    lines = [line for line in text.splitlines() if "#" in line and line[-1].isdigit()]

    assert len(lines) == 3
    assert len({wcswidth(line) for line in lines}) == 1


def test_every_number_of_the_page_stands_in_the_text() -> None:
    """Tables, strips and charts all speak."""
    change = Change(1, 2, 57.0, Verdict.NOISE)
    report = a_report(
        Table(
            "t", "T", (Column("N", Kind.COUNT), Column("C", Kind.CHANGE)), ((1412, change),), note="Said so."
        ),
        Strip("s", "S", "hour", ("07", "08"), (StripLine("Minutes", (35, 60), (25, 0), 60),)),
        ChartSpec(
            "c", "C", ChartKind.COLUMNS, "hour, UTC", "tweets", ("07",), (Series("20 November", (None,)),)
        ),
        Note(("A rule in plain words.",)),
    )
    text = render_text(report, LINK)

    for said in ("1,412", "+57\N{NO-BREAK SPACE}%, within noise", "Said so.", "35", "60", "not observed"):
        assert said in text
    assert "A rule in plain words." in text
    assert LINK in text


def test_what_is_data_is_not_in_the_text() -> None:
    """It stands in the CSV."""
    columns = Column("Tweets", Kind.COUNT), Column("Score", Kind.DATA)

    assert "Score" not in render_text(a_report(Table("t", "T", columns, ((1, 2.5),))), LINK)


def test_an_empty_table_says_so() -> None:
    """No heading over nothing."""
    table = Table("t", "T", (Column("N", Kind.COUNT),), (), empty="Nothing rose.")

    assert "Nothing rose." in render_text(a_report(table), LINK)


def test_lines_keep_to_72_columns() -> None:
    """Long sentences wrap; mail readers do not have to."""
    text = render_text(a_report(Note(("word " * 60,))), LINK)

    assert max(len(line) for line in text.splitlines()) <= 72
