"""Rules for the tables of a day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from report.catalogue.trends.tables import course_table, fallers_table, risers_table, rounded, top_table
from report.trends import Label
from tests.report_builders import (
    a_counted_day,
    a_course,
    a_period,
    a_trend,
    some_counts,
    some_totals,
)


def test_top_table_has_ten_rows_at_most() -> None:
    """Ten is what a boss reads."""
    trends = [a_trend(f"tag{place}", 50 - place, place=place) for place in range(1, 31)]

    assert [row[0] for row in top_table(a_counted_day(*trends)).rows] == list(range(1, 11))


def test_what_is_gone_is_not_in_the_top() -> None:
    """A short day has a short table: nothing unused fills it up."""
    gone = a_trend("old", 0, place=None, label=Label.GONE)

    assert [row[1] for row in top_table(a_counted_day(a_trend("budget"), gone)).rows] == ["budget"]


def test_a_label_and_one_author_stand_beside_the_hashtag() -> None:
    """Both in words; what is steady and many people's is only that."""
    trends = a_trend("win", 60, busiest=58, label=Label.NEW), a_trend("food")

    assert [row[2] for row in top_table(a_counted_day(*trends)).rows] == [
        "new, 58 of 60 by one author",
        "steady",
    ]


def test_what_one_author_made_is_not_called_steady() -> None:
    """A flood of two authors' tweets is far above what was expected: that it lacks support is no calm."""
    flood = a_trend("win", 60, busiest=58, authors=2, score=30.0)

    assert [row[2] for row in top_table(a_counted_day(flood)).rows] == ["58 of 60 by one author"]


def test_risers_come_by_how_far_they_rose() -> None:
    """Beside each, how many tweets were expected and its ranks; what did not rise is left out."""
    day = a_counted_day(
        a_trend("a", 80, score=3.5, label=Label.RISING, expected=31.7, place=2, place_before=7),
        a_trend("food", 55),
        a_trend("b", 90, score=9.0, label=Label.NEW, expected=0.04, place=1, place_before=None),
    )

    assert [row[:5] for row in risers_table(day).rows] == [
        ("b", "new", 90, 0, "—\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}1"),
        ("a", "rising", 80, 32, "7\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}2"),
    ]


@pytest.mark.parametrize(("expected", "said"), [(0.04, "0"), (0.06, "0.1"), (9.96, "10.0"), (31.7, "32")])
def test_expected_is_said_as_exactly_as_it_is_worth(expected: float, said: str) -> None:
    """Tenths of a tweet matter below ten; next to nothing is nothing."""
    assert str(rounded(expected)) == said


def test_what_one_author_made_does_not_lead_but_is_named() -> None:
    """It is left out of what rose, and the reader is told so, with the numbers."""
    spam = a_trend("win", 60, busiest=58, label=Label.RISING, score=9.0)
    quiet, real = a_trend("food", busiest=8), a_trend("budget", 40, label=Label.RISING, score=8.0)
    table = risers_table(a_counted_day(spam, quiet, real))
    alone = risers_table(a_counted_day(spam))

    assert [row[0] for row in table.rows] == ["budget"]
    assert table.note == "Left out, since one author wrote half or more: #win (58 of 60 tweets)."
    assert alone.empty == f"Nothing rose more than chance explains. {table.note}"


def test_the_csv_has_what_the_page_has_no_room_for() -> None:
    """The exact expectation, the score, and both ranks as numbers."""
    up = a_trend("a", 80, score=3.456, label=Label.RISING, expected=31.678, place=2, place_before=7)
    day = a_counted_day(up)

    assert risers_table(day).rows[0][6:] == (31.68, 3.46, 2, 7)
    assert top_table(day).rows[0][7:] == (31.68, 3.46)


def test_fallers_come_by_how_far_they_fell() -> None:
    """What is gone among them, with the rank it had."""
    day = a_counted_day(
        a_trend("food", 20, score=-4.0, label=Label.FALLING, expected=55.2, place=8),
        a_trend("old", 0, score=-7.0, label=Label.GONE, expected=60.0, place=None, place_before=3),
    )

    assert [row[:5] for row in fallers_table(day).rows] == [
        ("old", "gone", 0, 60, "3\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}—"),
        ("food", "falling", 20, 55, "1\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}8"),
    ]


def test_a_first_day_says_that_nothing_can_be_said() -> None:
    """Without a known day there is no rise, no fall and no label, and the reader is told why."""
    before = some_counts(period=a_period(date(2026, 11, 19)), totals=some_totals(observed_minutes=0))
    day = a_counted_day(a_trend(label=Label.UNKNOWN), before=before, first_known=None, observed_known=0)

    assert risers_table(day).empty == "What rose can't be said yet: no earlier day is known."
    assert fallers_table(day).empty == "What fell can't be said yet: no earlier day is known."
    assert top_table(day).note == (
        "No change is shown: Thursday, 19 November 2026 was not observed. "
        "No hashtag is called new or rising: no earlier day is known."
    )
    assert top_table(day).rows[0][2] == ""


def test_course_sums_quarters_by_three_hours_of_the_zone() -> None:
    """A quarter belongs to the block of the zone's hours it lies in."""
    quarters = (datetime(2026, 11, 19, 23, tzinfo=UTC), 2), (datetime(2026, 11, 20, 2, tzinfo=UTC), 3)
    counts = some_counts(period=a_period(zone="Europe/Paris"))
    day = replace(a_counted_day(a_trend(), courses=[a_course(quarters=quarters)]), counts=counts)

    assert course_table(day).rows[0][:3] == ("budget", 2, 3)


def test_a_day_of_25_hours_names_its_columns_apart() -> None:
    """The hour that comes twice gives no two columns one name in the CSV."""
    counts = some_counts(period=a_period(date(2026, 10, 25), "Europe/Paris"))
    columns = course_table(a_counted_day(a_trend(), counts=counts)).columns

    assert len({column.csv_name for column in columns}) == len(columns)
