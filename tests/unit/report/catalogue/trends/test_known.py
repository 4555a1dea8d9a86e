"""Rules for what is known of the first ten."""

from datetime import date

from report.catalogue.trends.known import known_table, spellings_table
from report.trends import Label
from tests.report_builders import a_counted_day, a_course, a_memory, a_trend


def test_memory_is_shown_as_it_was_before_the_day() -> None:
    """First seen, days in the top ten and the last of them, best rank and when."""
    table = known_table(a_counted_day(a_trend()))

    assert table.rows == (("budget", date(2026, 10, 31), 4, date(2026, 11, 18), 1, date(2026, 11, 2)),)
    assert table.note == "Days are known from 31 October 2026 on."


def test_what_was_never_seen_has_no_days() -> None:
    """New is new: nothing is made up."""
    table = known_table(a_counted_day(a_trend(memory=None, label=Label.NEW)))

    assert table.rows == (("budget", None, 0, None, None, None),)


def test_only_ten_are_told_of() -> None:
    """The same ten as above."""
    trends = [a_trend(f"tag{place}", place=place, memory=a_memory()) for place in range(1, 13)]

    assert len(known_table(a_counted_day(*trends)).rows) == 10


def test_without_history_that_is_said() -> None:
    """No table of dashes."""
    table = known_table(a_counted_day(a_trend(memory=None), first_known=None))

    assert (table.rows, table.empty) == ((), "Nothing yet: no earlier day is known.")


def test_spellings_are_told_where_there_are_several() -> None:
    """Most used first, the rare ones summed up, in an order that right-to-left writing does not turn."""
    many = tuple((f"Job{at}", 9 - at) for at in range(6))
    courses = [
        a_course("food"),
        a_course("Job0", spellings=many),
        a_course("a", spellings=(("خبر", 2), ("a", 1))),
    ]
    rows = spellings_table(a_counted_day(a_trend(), courses=courses)).rows

    assert rows == (
        ("Job0", "Job0 9, Job1 8, Job2 7, Job3 6, 2 others 9"),
        ("a", "\N{FIRST STRONG ISOLATE}خبر\N{POP DIRECTIONAL ISOLATE} 2, a 1"),
    )


def test_a_long_spelling_is_cut() -> None:
    """Spellings are as hostile as hashtags."""
    courses = [a_course("x", spellings=(("x" * 139, 2), ("X" * 139, 1)))]
    (row,) = spellings_table(a_counted_day(a_trend(), courses=courses)).rows

    assert len(str(row[1])) < 100
