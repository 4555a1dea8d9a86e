"""Rules for how values look."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.rendering.cells import bar_rows, change_words, short_number, strip_rows, table_context
from report.values import (
    Change,
    ChartKind,
    ChartSpec,
    Column,
    Kind,
    Series,
    Strip,
    StripLine,
    Table,
    Value,
    Verdict,
)

SHARES = ("12.3", "<\N{NO-BREAK SPACE}0.1", "0.0")


def cell_texts(kind: Kind, *values: Value) -> list[str]:
    table = Table("t", "T", (Column("It", kind),), tuple((value,) for value in values))
    return [row[0].text for row in table_context(table).rows]


@pytest.mark.parametrize(
    ("percent", "direction", "text"),
    [
        pytest.param(57.4, "up", "+57\N{NO-BREAK SPACE}%", id="rise"),
        pytest.param(-29.0, "down", "\N{MINUS SIGN}29\N{NO-BREAK SPACE}%", id="fall"),
        pytest.param(0.2, "", "0\N{NO-BREAK SPACE}%", id="no change worth a sign"),
        pytest.param(1266.7, "up", "\N{MULTIPLICATION SIGN}14", id="many times as much"),
        pytest.param(None, "up", "from\N{NO-BREAK SPACE}0", id="none before"),
    ],
)
def test_a_change_is_told_by_sign_and_word(percent: float | None, direction: str, text: str) -> None:
    """Nobody needs to see a colour to know up from down, or real from noise."""
    assert change_words(Change(1, 2, percent, Verdict.REAL)) == (direction, text, "real")


def test_a_change_without_comparison_claims_nothing() -> None:
    """No arrow, no number."""
    assert change_words(Change(0, 5, None, Verdict.UNKNOWN)) == ("", "—", "no comparison")


def test_numbers_have_thousands_separated_and_tags_their_sign() -> None:
    """Missing is a dash, not a zero."""
    assert cell_texts(Kind.COUNT, 1412, None) == ["1,412", "—"]
    assert cell_texts(Kind.TAG, "budget") == ["#budget"]
    assert cell_texts(Kind.SHARE, 0.1234, 0.00049, 0.0) == [f"{said}\N{NO-BREAK SPACE}%" for said in SHARES]
    assert cell_texts(Kind.DECIMAL, 0.00364218, 1234.5, 0) == ["0.003642", "1,234.500000", "0.000000"]
    assert cell_texts(Kind.PHRASE, "brief", "x" * 41) == ["brief", f"{'x' * 39}…"]


def test_a_long_table_says_how_many_rows_its_csv_has_besides() -> None:
    """The page shows the first; bars are as long as theirs say, and no row is lost from sight."""
    columns, rows = (Column("It", Kind.COUNT), Column("", Kind.BAR)), ((2, 2), (1, 1), (9, 9))
    shown = table_context(Table("t", "T", columns, rows, note="Counted twice.", shown=2))

    assert [row[1].width for row in shown.rows] == [100, 50]
    assert shown.note == "Counted twice. 1 more in the CSV."
    assert table_context(Table("t", "T", columns, rows)).note == ""


def test_the_longest_bar_is_full_and_something_is_never_nothing() -> None:
    """Bars start at zero; a value too small to see still has one."""
    table = Table("t", "T", (Column("It", Kind.BAR),), ((1000,), (500,), (1,), (0,)))

    assert [row[0].width for row in table_context(table).rows] == [100, 50, 1, 0]


def test_shades_compare_over_the_whole_table() -> None:
    """The same number has the same shade in every column."""
    shade = Column("from", Kind.SHADE)
    table = Table("t", "T", (shade, shade), ((8, 2), (0, 8)))

    assert [[cell.shade for cell in row] for row in table_context(table).rows] == [[4, 1], [0, 4]]


def test_a_strip_breaks_after_twelve() -> None:
    """A day of 25 hours has a third row of one."""
    labels = tuple(f"{hour:02}" for hour in range(25))
    numbers = tuple(range(25))
    parts = strip_rows(Strip("s", "S", "hour", labels, (StripLine("Tweets", numbers, numbers, 24),)))

    assert [len(part.labels) for part in parts] == [12, 12, 1]
    assert [cell.text for part in parts for cell in part.rows[0][1]] == [str(number) for number in range(25)]


def test_a_gap_has_no_bar_and_no_number() -> None:
    """None is not zero."""
    chart = ChartSpec("c", "C", ChartKind.BARS, "x", "y", ("a", "b"), (Series("s", (None, 0.0)),))

    assert [(row.number, row.width) for row in bar_rows(chart)] == [("", 0), ("0", 0)]


def test_a_remark_stands_below_the_heading_it_is_about() -> None:
    """A label is news unless nothing happened; a day says what of; nothing said takes no room."""
    columns = (Column("Tweets", Kind.COUNT), Column("Hashtag", Kind.TAG), Column("First seen", Kind.REMARK))
    rows: tuple[tuple[Value, ...], ...] = (
        (1, "a", "new"),
        (2, "b", "steady"),
        (3, "c", date(2026, 11, 6)),
        (4, "d", None),
    )
    shown = table_context(Table("t", "T", columns, rows))

    assert [name for name, _ in shown.heads] == ["Tweets", "Hashtag"]
    assert [(row[shown.heading].remark, row[shown.heading].strong) for row in shown.rows] == [
        ("new", True),
        ("steady", False),
        ("first seen 6\N{NO-BREAK SPACE}Nov 2026", False),
        ("", False),
    ]


def test_a_row_is_named_by_its_words_not_by_its_number() -> None:
    """Others' words head their row as a hashtag does; where there are none, the first column does."""
    for kind, heading in ((Kind.PHRASE, 1), (Kind.COUNT, 0)):
        columns = Column("Rank", Kind.RANK), Column("It", kind)
        assert table_context(Table("t", "T", columns, ((1, 2),))).heading == heading


def test_what_is_data_stands_in_the_csv_alone() -> None:
    """A page has room for what is read, not for all there is."""
    columns = Column("Tweets", Kind.COUNT), Column("Score", Kind.DATA)
    shown = table_context(Table("t", "T", columns, ((1, 2.5),)))

    assert shown.heads == (("Tweets", "count"),)
    assert [[cell.text for cell in row] for row in shown.rows] == [["1"]]


def test_a_day_may_break_before_its_year() -> None:
    """On a telephone, and nowhere else."""
    assert cell_texts(Kind.DAY, date(2026, 11, 6), None) == ["6\N{NO-BREAK SPACE}Nov 2026", "—"]


def test_what_stays_unused_has_no_change() -> None:
    """From nothing to nothing is no rise."""
    assert change_words(Change(0, 0, None, Verdict.NOISE)) == ("", "0", "within noise")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (9949, "9.9k"),
        (12_345, "12k"),
        (1_200_000, "1.2M"),
        (10**10, "10G"),
    ],
)
def test_short_numbers_fit_a_narrow_cell(number: int, text: str) -> None:
    """The exact number stands in the CSV and in the text."""
    assert short_number(number) == text


@given(st.integers(0, 10**12))
def test_no_short_number_is_longer_than_five_signs(number: int) -> None:
    """Whatever the count, the cell keeps its width."""
    assert len(short_number(number)) <= 5
