"""Rules for saying the rules."""

from dataclasses import replace

from report.catalogue.trends.rules import rules_note
from report.trends import Parameters
from tests.report_builders import a_counted_day, a_period, some_counts, some_totals


def said(**changes: object) -> str:
    return " ".join(rules_note(a_counted_day(**changes)).paragraphs)  # type: ignore[arg-type]


def test_trends_say_what_they_are_measured_against() -> None:
    """From how many days, how they weigh, and what a hashtag needs to be called anything."""
    words = said(parameters=Parameters(half_life_days=3.5, least_tweets=6, least_authors=1))

    assert "20 observed days from 31 October 2026 on, each weighing half as much 3.5 days later." in words
    assert (
        "New, back and rising take 6 tweets by 1 author at least. New means: on none of these days." in words
    )


def test_the_background_is_told_in_tweets() -> None:
    """How many tweets mean nothing grows with the day, so the number is said."""
    large = some_counts(totals=some_totals(counted=1440 * 8))

    assert "by accident, 8 tweets on such a day, is no rise" in said(counts=large)


def test_a_short_history_says_when_new_is_said() -> None:
    """Where all is new, nothing is called so."""
    assert "2 days are known; new is said from 7 on." in said(observed_known=2)
    assert "1 day is known; new is said from 7 on." in said(observed_known=1)


def test_no_history_is_said() -> None:
    """No label goes unexplained, nor does its absence."""
    words = said(first_known=None, observed_known=0)

    assert words.endswith("No earlier day is known, so no hashtag is called new, rising or falling yet.")


def test_an_open_day_says_why_nothing_falls() -> None:
    """The reader does not take silence for good news."""
    counts = some_counts(period=replace(a_period(), is_open=True))

    assert "Before the day is over nothing is falling or gone." in said(counts=counts)
    assert "Before the day" not in said()
