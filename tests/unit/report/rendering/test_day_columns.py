"""Rules for the chart of a hashtag's days."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.rendering.day_columns import DayColumns, draw_days
from tests.hashtag_builders import LAST, ago


def drawn(*values: int | None, width: int = 720) -> DayColumns:
    first = LAST - timedelta(days=len(values) - 1)
    return draw_days([(first + timedelta(days=at), value) for at, value in enumerate(values)], width, 200)


@given(st.lists(st.none() | st.integers(0, 10**7), min_size=1, max_size=366), st.sampled_from([420, 720]))
def test_everything_lies_within_the_chart(values: list[int | None], width: int) -> None:
    """Whatever the numbers: columns stand on the base, in order, below the top, between the edges."""
    chart = drawn(*values, width=width)

    assert len(chart.columns) == len([value for value in values if value])
    for column in chart.columns:
        assert chart.left <= column.x
        assert column.x + column.width <= chart.right + 0.2
        assert chart.top - 0.1 <= column.y <= chart.base - 0.9
        assert column.y + column.height == pytest.approx(chart.base, abs=0.2)
    assert [column.x for column in chart.columns] == sorted(column.x for column in chart.columns)
    assert all(chart.left <= x and x + wide <= chart.right + 0.2 for x, wide in chart.gaps)
    assert all(chart.top - 0.1 <= number.at < chart.base for number in chart.numbers)


def test_heights_begin_at_zero() -> None:
    """Twice the number is twice the height, and one tweet among thousands is still seen."""
    half, full, least = drawn(500, 1000, 1).columns

    assert full.height == 2 * half.height
    assert least.height == 1


def test_the_highest_column_says_its_number() -> None:
    """Of several the last, and within the chart wherever it stands."""
    assert [
        (peak.text, peak.anchor)
        for chart in (drawn(9, *[1] * 29), drawn(*[1] * 29, 9))
        if (peak := chart.peak)
    ] == [
        ("9", "start"),
        ("9", "end"),
    ]
    chart = drawn(*[1] * 10, 12345, *[1] * 10, 12345, *[1] * 10)
    assert chart.peak
    assert (chart.peak.text, chart.peak.anchor) == ("12,345", "middle")
    assert chart.peak.at > (chart.left + chart.right) / 2


def test_each_run_of_unobserved_days_is_one_gap() -> None:
    """Nothing seen is a gap, nobody's tweets are none; neither has a column."""
    chart = drawn(None, 1, 0, None, None)
    slot = (chart.right - chart.left) / 5

    assert [(x, round(wide / slot)) for x, wide in chart.gaps] == [(52, 1), (449.2, 2)]
    assert len(chart.columns) == 1


@pytest.mark.parametrize(
    ("days", "width", "labels"),
    [
        pytest.param(3, 720, ["20 Nov", "19 Nov", "18 Nov"], id="each day"),
        pytest.param(14, 420, ["20 Nov", "13 Nov"], id="a week apart on a telephone"),
        pytest.param(30, 720, ["20 Nov", "13 Nov", "6 Nov", "30 Oct", "23 Oct"], id="a month"),
        pytest.param(
            366,
            720,
            ["Dec", "2026", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"],
            id="a year",
        ),
        pytest.param(366, 420, ["2026", "Mar", "May", "Jul", "Sep", "Nov"], id="a year on a telephone"),
    ],
)
def test_the_axis_names_as_many_days_as_there_is_room_for(days: int, width: int, labels: list[str]) -> None:
    """From the last day back; of a long time, months, and January by its year."""
    assert [mark.text for mark in drawn(*[1] * days, width=width).days] == labels


@pytest.mark.parametrize(
    ("most", "numbers"),
    [(0, []), (3, ["1", "2", "3"]), (1412, ["500", "1,000"]), (250_000, ["100k", "200k"])],
)
def test_heights_are_read_by_round_numbers(most: int, numbers: list[str]) -> None:
    """Up to four lines, none without tweets."""
    assert [mark.text for mark in drawn(most).numbers] == numbers


def test_a_column_says_its_day() -> None:
    """Whoever points at a column reads day and number."""
    assert drawn(1412).columns[0].label == f"{ago(0):%-d %B %Y}: 1,412"
