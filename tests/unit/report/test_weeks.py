"""Rules for what became of hashtags from one week to the next."""

from typing import Any

import pytest

from report.engine import Row
from report.trends import Label, Parameters, Trend, falling, rising
from report.values import Verdict
from report.weeks import judged

WEEK = 10_080


def a_row(before: int, tweets: int, **changes: Any) -> Row:
    known = {
        "key": "a",
        "tag": "a",
        "place": 1 if tweets else None,
        "tweets": tweets,
        "authors": tweets,
        "busiest": 1,
        "place_before": 1 if before else None,
        "tweets_before": before,
    }
    return {**known, **changes}


def became(row: Row, minutes_before: int = WEEK, minutes: int = WEEK) -> Trend:
    (trend,) = judged([row], minutes_before, minutes, Parameters())
    return trend


@pytest.mark.parametrize(
    ("row", "label"),
    [
        pytest.param(a_row(40, 90), Label.RISING, id="more than chance"),
        pytest.param(a_row(0, 90), Label.RISING, id="unused the week before"),
        pytest.param(a_row(40, 50), Label.STEADY, id="within noise"),
        pytest.param(a_row(90, 40), Label.FALLING, id="less than chance"),
        pytest.param(a_row(90, 0), Label.GONE, id="unused this week"),
        pytest.param(a_row(0, 90, authors=2), Label.STEADY, id="too few authors to be rising"),
    ],
)
def test_a_hashtag_is_judged_by_the_two_weeks(row: Row, label: Label) -> None:
    """Rising and falling are beyond chance; nothing is called new, since one week is all that is known."""
    assert became(row).label is label


def test_half_an_observed_week_is_no_fall() -> None:
    """Rates are per observed minute: half the tweets in half the minutes are as many."""
    trend = became(a_row(100, 50), minutes=WEEK // 2)

    assert (trend.change.percent, trend.label, trend.expected) == (0.0, Label.STEADY, 50.0)


def test_a_week_after_an_unobserved_one_is_compared_with_nothing() -> None:
    """There is a count, and no change."""
    trend = became(a_row(0, 90), minutes_before=0)

    assert (trend.change.verdict, trend.label, trend.score) == (Verdict.UNKNOWN, Label.UNKNOWN, None)


def test_the_further_from_chance_the_higher() -> None:
    """What rose and what fell come in the order of how surely they did."""
    rows = [
        a_row(before, tweets, key=f"{before}-{tweets}") for before, tweets in ((9, 99), (99, 9), (40, 95))
    ]
    trends = judged([*rows, a_row(99, 0, key="gone")], WEEK, WEEK, Parameters())

    assert [one.key for one in rising(trends, 5)] == ["9-99", "40-95"]
    assert [one.key for one in falling(trends, 5)] == ["gone", "99-9"]
