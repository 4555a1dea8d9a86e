"""Rules for the news in one sentence."""

from typing import Any

import pytest

from report.catalogue.trends.headline import headline
from report.history import CountedDay
from report.trends import Label
from report.values import Change, Verdict
from tests.report_builders import a_counted_day, a_memory, a_trend, some_counts, some_totals

UP, FROM_40TH = Label.RISING, {"place_before": 40}
AWAY = {"label": Label.BACK, "memory": a_memory(days_unseen=9), "place_before": None}


@pytest.mark.parametrize(
    ("before", "changes", "news"),
    [
        pytest.param(5, {"label": UP, **FROM_40TH}, "rose from 40th to 1st", id="rose"),
        pytest.param(0, {"label": UP, "place_before": None}, "rose to 1st", id="rose from nowhere"),
        pytest.param(40, {"label": UP}, "stays first, and is rising", id="first already"),
        pytest.param(0, {"label": Label.NEW, "place_before": None}, "is new and first", id="new"),
        pytest.param(0, AWAY, "is back after 9 days, and first", id="back"),
        pytest.param(90, {"label": Label.FALLING}, "stays first, but is falling", id="falls"),
        pytest.param(58, {}, "stays first", id="stays"),
        pytest.param(
            58, {"place_before": 2}, "is first, 2nd the day before (within noise)", id="rank within noise"
        ),
        pytest.param(5, FROM_40TH, "is first, 40th the day before", id="no more than its days let expect"),
        pytest.param(
            0,
            {"label": Label.UNKNOWN, "place_before": None},
            "is first, unused the day before",
            id="too early to say new",
        ),
    ],
)
def test_the_news_is_what_became_of_the_first(before: int, changes: dict[str, Any], news: str) -> None:
    """The label where there is one, else the day before; then how much was seen."""
    said = headline(a_counted_day(a_trend("budget", 60, before, **changes)))

    assert said == f"#budget {news}; 100 tweets from 80 authors, 100\N{NO-BREAK SPACE}% of minutes seen."


def test_one_authors_affair_is_said_at_once() -> None:
    """Nobody reads a headline that one account has made without being told so."""
    first = a_trend("win", 60, label=UP, busiest=58, **FROM_40TH)

    assert headline(a_counted_day(first)).startswith(
        "#win rose from 40th to 1st, 58 of its 60 tweets by one author;"
    )


def test_nothing_to_compare_with_is_said() -> None:
    """A first day claims no rise."""
    first = a_trend("budget", 60, label=Label.UNKNOWN, change=_unknown(), place_before=None, memory=None)

    assert headline(a_counted_day(first)).startswith("#budget is first with 60 tweets;")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param(
            a_counted_day(counts=some_counts(totals=some_totals(tweets=0, counted=0), per_hour=0)),
            "Nothing was collected on Friday, 20 November 2026.",
            id="no tweet",
        ),
        pytest.param(a_counted_day(), "No hashtag was used; 100 tweets from 80 authors", id="no hashtag"),
        pytest.param(
            a_counted_day(a_trend(tweets=0, place=None, label=Label.GONE)),
            "No hashtag was used;",
            id="what is gone does not lead",
        ),
    ],
)
def test_a_day_without_hashtags_has_a_headline(day: CountedDay, said: str) -> None:
    """Silence is said, not skipped."""
    assert headline(day).startswith(said)


def _unknown() -> Change:
    return Change(0, 60, None, Verdict.UNKNOWN)
