"""Rules for telling what trends."""

from datetime import date, timedelta
from math import sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.engine import Row
from report.trends import (
    DAY_MINUTES,
    Judge,
    Label,
    Parameters,
    Training,
    Trend,
    falling,
    rising,
    score_of,
    step,
)

DAY = date(2026, 11, 20)
LONG_AGO = date(2026, 10, 1)
MONTH = Training(LONG_AGO, date(2026, 11, 19), 50, 10.0)
PARAMETERS = Parameters()
KNOWN: Row = {
    "rate": 20.0,
    "variance": 20.0,
    "first_day": LONG_AGO,
    "last_day": date(2026, 11, 19),
    "days_seen": 40,
    "days_unseen": 0,
    "days_in_top": 3,
    "last_in_top": date(2026, 11, 12),
    "best_place": 4,
    "best_day": date(2026, 11, 12),
}
UNKNOWN: Row = dict.fromkeys(KNOWN)

days = st.lists(st.tuples(st.integers(0, 500), st.integers(0, DAY_MINUTES)), min_size=1, max_size=40)


def a_row(tag: str = "budget", tweets: int = 20, **changes: Any) -> Row:
    """Return a row of candidates.sql: a hashtag that is used twenty times a day, by as many people."""
    row: Row = {
        "key": tag,
        "tag": tag,
        "place": 3 if tweets else None,
        "tweets": tweets,
        "authors": tweets,
        "busiest": min(tweets, 1),
        "place_before": 3,
        "tweets_before": 20,
        **KNOWN,
    }
    return row | changes


def a_judge(**changes: Any) -> Judge:
    """Return the judge of a wholly observed day at a tweet a minute, with a long history."""
    usual = {
        "parameters": PARAMETERS,
        "training": MONTH,
        "tweets": 1440,
        "minutes": DAY_MINUTES,
        "minutes_before": DAY_MINUTES,
    }
    return Judge(**{**usual, **changes})


def judged(row: Row, **changes: Any) -> Trend:
    """Return what becomes of one hashtag."""
    [found] = a_judge(**changes).trends([row])
    return found


# ---- labels -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "label"),
    [
        pytest.param(a_row(tweets=20), Label.STEADY, id="as many as ever"),
        pytest.param(a_row(tweets=30), Label.STEADY, id="more, but within chance"),
        pytest.param(a_row(tweets=60), Label.RISING, id="three times as many"),
        pytest.param(a_row(tweets=0, rate=30.0), Label.GONE, id="not there, and expected"),
        pytest.param(a_row(tweets=10, rate=100.0, variance=100.0), Label.FALLING, id="a tenth"),
        pytest.param(a_row(tweets=12, **UNKNOWN), Label.NEW, id="never seen"),
        pytest.param(a_row(tweets=12, days_unseen=7, rate=8.0), Label.BACK, id="not seen for a week"),
        pytest.param(a_row(tweets=12, days_unseen=6, rate=8.0), Label.STEADY, id="not seen for six days"),
        pytest.param(a_row(tweets=0, days_unseen=9, rate=90.0), Label.STEADY, id="away, no longer expected"),
        pytest.param(a_row(tweets=4, rate=0.1, variance=0.1), Label.STEADY, id="too few tweets"),
        pytest.param(a_row(tweets=60, authors=2), Label.STEADY, id="too few authors"),
        pytest.param(a_row(tweets=4, **UNKNOWN), Label.UNKNOWN, id="never seen, too few tweets"),
        pytest.param(a_row(tweets=60, authors=2, **UNKNOWN), Label.UNKNOWN, id="never seen, too few authors"),
    ],
)
def test_a_hashtag_is_called_what_became_of_it(row: Row, label: Label) -> None:
    """Each label needs its own evidence; without any, a known hashtag is steady."""
    assert judged(row).label is label


def test_nothing_is_new_before_a_week_is_known() -> None:
    """At first all hashtags are new to us, which is no news."""
    short = Training(date(2026, 11, 14), date(2026, 11, 19), 6, 5.0)
    week = Training(date(2026, 11, 13), date(2026, 11, 19), 7, 5.6)

    assert judged(a_row(tweets=12, **UNKNOWN), training=short).label is not Label.NEW
    assert judged(a_row(tweets=12, **UNKNOWN), training=week).label is Label.NEW


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"training": None}, id="no history"),
        pytest.param({"training": Training(LONG_AGO, LONG_AGO, 0, 0.0)}, id="a history of silence"),
        pytest.param({"minutes": 0}, id="nothing observed"),
    ],
)
def test_where_nothing_is_known_nothing_is_said(changes: dict[str, Any]) -> None:
    """Without a day to judge, or days to judge it by, there is neither score nor label."""
    found = judged(a_row(tweets=60), **changes)

    assert (found.score, found.label) == (None, Label.UNKNOWN)


def test_a_day_that_is_not_over_has_no_falls() -> None:
    """The evening is yet to come; a rise is one already."""
    gone, risen = a_judge(is_open=True, minutes=720).trends([a_row(tweets=0, rate=99.0), a_row(tweets=60)])

    assert (gone.label, risen.label) == (Label.STEADY, Label.RISING)


def test_who_is_back_is_judged_like_who_is_new() -> None:
    """A hashtag that was away is not measured by how restless it was before."""
    back = judged(a_row(tweets=30, days_unseen=20, rate=5.0, variance=900.0))
    new = judged(a_row(tweets=30, **UNKNOWN))

    assert back.score == new.score
    assert back.expected == 0
    assert (back.words, new.words) == ("back after 20 days", "new")


def test_what_is_expected_is_for_the_observed_minutes() -> None:
    """Twenty a day are ten in half a day."""
    assert judged(a_row(), minutes=720).expected == 10


def test_half_a_day_has_half_the_spread() -> None:
    """Forty a day, give or take twenty, are twenty in half a day, give or take ten: 40 more, over 10 + 2."""
    found = judged(a_row(tweets=60, rate=40.0, variance=400.0), minutes=720)

    assert found.score == pytest.approx(40 / 12 / sqrt(1.1))


@given(tweets=st.integers(1, 5_000), minutes=st.integers(1, DAY_MINUTES), variance=st.floats(0, 10_000))
def test_a_gap_in_observation_never_looks_like_a_fall(tweets: int, minutes: int, variance: float) -> None:
    """A hashtag that keeps its pace for as long as we watch has not fallen, however short that was."""
    rate = tweets * DAY_MINUTES / minutes
    found = judged(a_row(tweets=tweets, rate=rate, variance=variance), minutes=minutes, tweets=tweets)

    assert found.score == pytest.approx(0, abs=1e-9)
    assert found.label is Label.STEADY


# ---- the score --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tweets", "expected", "variance", "score"),
    [
        pytest.param(60, 20, 100, 40 / 12, id="a rise, over the spread that was seen and the floor"),
        pytest.param(60, 20, 1, 40 / (sqrt(20) + 2), id="at least Poisson's spread"),
        pytest.param(12, 0, 0, 10 / 2, id="a new hashtag must exceed the floor"),
        pytest.param(2, 1, 1, 0, id="more than expected, less than the floor"),
        pytest.param(0, 1, 0, -1 / 3, id="a fall is measured from what was expected"),
    ],
)
def test_a_score_is_the_published_figure(tweets: int, expected: float, variance: float, score: float) -> None:
    """(x - max(m, floor)) / (sqrt(v) + floor), worked by hand, of a long history."""
    assert score_of(tweets, expected, variance, 1e12, 2.0) == pytest.approx(score)


def test_a_short_history_makes_every_score_smaller() -> None:
    """After one day the estimate is as uncertain as the day itself."""
    assert score_of(60, 20, 100, 1.0, 2.0) == pytest.approx(score_of(60, 20, 100, 1e12, 2.0) / sqrt(2))


@given(st.integers(0, 10**6), st.floats(0, 10**6), st.floats(0, 10**9), st.floats(0.01, 20))
def test_more_tweets_never_score_less(tweets: int, expected: float, variance: float, weight: float) -> None:
    """The score grows with the count, and has the sign of the difference."""
    low, high = (score_of(count, expected, variance, weight, 2.0) for count in (tweets, tweets + 1))

    assert low <= high
    assert (low < 0) == (tweets < expected)


def test_the_background_grows_with_the_day() -> None:
    """What two tweets are among 1,440, 157 are among a million: the two-thirds power."""
    assert PARAMETERS.background(100) == 2.0
    assert PARAMETERS.background(1440) == 2.0
    assert PARAMETERS.background(1_000_000) == pytest.approx(156.9, abs=0.1)


def test_a_rise_must_leave_the_background_and_a_fall_need_not() -> None:
    """Fifty new tweets are news at a tweet a minute, not among a million; what is gone is gone in both."""
    for tweets, is_news in ((1440, True), (1_000_000, False)):
        new, gone = a_judge(tweets=tweets).trends([a_row(tweets=50, **UNKNOWN), a_row(tweets=0, rate=50.0)])
        assert [one.tag for one in rising([new], 5)] == (["budget"] if is_news else [])
        assert gone.label is Label.GONE


# ---- lists ------------------------------------------------------------------------------------------


def test_risers_come_by_score_then_by_place_then_by_key() -> None:
    """Equal scores stand in an order without doubt, whatever order they came in."""
    rows = [
        a_row("b", tweets=60, place=2),
        a_row("a", tweets=60, place=2),
        a_row("c", tweets=60, place=1),
        a_row("first", tweets=90, place=9),
        a_row("steady"),
    ]
    found = [rising(a_judge().trends(order), 4) for order in (rows, rows[::-1])]

    assert [one.tag for one in found[0]] == ["first", "c", "a", "b"]
    assert found[0] == found[1]
    assert [one.tag for one in rising(a_judge().trends(rows), 2)] == ["first", "c"]


def test_new_hashtags_within_chance_are_no_risers() -> None:
    """Some hashtags are new every day; only one of some size is news."""
    trends = a_judge().trends([a_row("few", tweets=8, **UNKNOWN), a_row("many", tweets=9, **UNKNOWN)])

    assert [one.label for one in trends] == [Label.NEW, Label.NEW]
    assert [one.tag for one in rising(trends, 5)] == ["many"]


@pytest.mark.parametrize(
    ("authors", "busiest"),
    [
        pytest.param(1, 60, id="one author"),
        pytest.param(2, 59, id="one and a friend"),
        pytest.param(20, 30, id="half of it by one"),
    ],
)
def test_what_one_author_makes_is_no_trend(authors: int, busiest: int) -> None:
    """However many tweets, a hashtag most of which one author wrote is not listed as risen."""
    made = judged(a_row(tweets=60, authors=authors, busiest=busiest))

    assert made.is_from_one_author
    assert rising([made], 5) == ()


def test_a_single_tweet_is_nobodys_affair() -> None:
    """One tweet always has one author."""
    assert not judged(a_row(tweets=1)).is_from_one_author
    assert not judged(a_row(tweets=0, busiest=0)).is_from_one_author


def test_fallers_come_lowest_score_first_then_by_key() -> None:
    """Fallen and gone stand in one list."""
    rows = [
        a_row("b", tweets=0, rate=30.0),
        a_row("a", tweets=0, rate=30.0),
        a_row("low", tweets=1, rate=400.0, variance=400.0),
        a_row("steady"),
    ]

    assert [one.tag for one in falling(a_judge().trends(rows), 9)] == ["low", "a", "b"]
    assert [one.tag for one in falling(a_judge().trends(rows), 2)] == ["low", "a"]


# ---- what is known ----------------------------------------------------------------------------------


@given(days)
def test_the_weight_is_the_sum_of_the_days_weights(found: list[tuple[int, int]]) -> None:
    """A day weighs its observed share, halved each half-life; a step is the newest day's part of it all."""
    kept, training = PARAMETERS.kept, None
    for number, (_, minutes) in enumerate(found):
        moved = step(training, minutes, kept)
        day = LONG_AGO + timedelta(days=number)
        training = (training or Training(day, day, 0, 0.0)).after(day, minutes, kept)
        assert moved == pytest.approx(minutes / DAY_MINUTES / training.weight if minutes else 0)

    assert training is not None
    ages = range(len(found) - 1, -1, -1)
    weights = [
        0.5 ** (age / 7) * minutes / DAY_MINUTES for age, (_, minutes) in zip(ages, found, strict=True)
    ]
    assert training.weight == pytest.approx(sum(weights))
    assert training.observed == sum(minutes > 0 for _, minutes in found)
    assert (training.first, training.last) == (LONG_AGO, LONG_AGO + timedelta(days=len(found) - 1))


def test_the_step_becomes_the_published_one() -> None:
    """In a long history of whole days it is SigniTrend's 1 - exp(ln 0.5 / half-life)."""
    kept, training = PARAMETERS.kept, Training(DAY, DAY, 0, 0.0)
    for _ in range(400):
        training = training.after(DAY, DAY_MINUTES, kept)

    assert step(training, DAY_MINUTES, kept) == pytest.approx(1 - 0.5 ** (1 / 7))
    assert step(None, DAY_MINUTES, kept) == 1
