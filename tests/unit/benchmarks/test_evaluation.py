"""Rules for planting trends and for scoring who found them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.evaluation import Tally
from benchmarks.finders import DayRatio, Finder, Found, Mastodon, PlainSigniTrend, RawCount
from benchmarks.planted import FIRST_DAY, JUDGED, LEARNT, SPAM, UP, Kind, Planted, World, WorldDay

PLANTED = (Planted(1, Kind.NEW, 9), Planted(2, Kind.RISE, 9, 2.0), Planted(3, Kind.RING, 9))


def a_world_day(**changes: object) -> WorldDay:
    """Return a day of two hashtags, nothing planted."""
    of_two = np.array([50, 5])
    day = WorldDay(FIRST_DAY, 1440, 1440, np.array([1, 2]), of_two, of_two, np.array([1, 1]))
    return replace(day, **changes)  # type: ignore[arg-type]


def test_a_seed_draws_the_same_days_again() -> None:
    """Whoever runs the evaluation sees the same worlds."""
    first, again = (list(World(3, 1440).days()) for _ in range(2))

    assert len(first) == LEARNT + JUDGED
    assert all((one.tweets == other.tweets).all() for one, other in zip(first, again, strict=True))
    assert [day.planted for day in first] == [day.planted for day in again]


def test_planted_trends_are_on_judged_and_observed_days_alone() -> None:
    """Each judged day that was seen has five rises to find and one piece of spam."""
    for day in World(1, 1440).days():
        kinds = [one.kind for one in day.planted]
        expected = (5, 1) if day.is_judged and day.minutes else (0, 0)
        assert (sum(kind in UP for kind in kinds), sum(kind in SPAM for kind in kinds)) == expected


def test_an_unobserved_day_has_no_tweets() -> None:
    """Two days were not seen at all, one before the judged days and one among them."""
    unseen = [day for day in World(2, 1440).days() if not day.minutes]

    assert [day.is_judged for day in unseen] == [False, True]
    assert sum(int(day.tweets.sum()) for day in unseen) == 0


def test_spam_is_few_peoples_and_the_rest_is_not() -> None:
    """Half of its tweets or more are one author's."""
    for day in World(4, 50_000).days():
        at = {int(tag): place for place, tag in enumerate(day.tags)}
        for one in day.planted:
            if one.tag in at and one.kind in (*SPAM, Kind.NEW):
                place = at[one.tag]
                assert (day.busiest[place] * 2 >= day.tweets[place]) == (one.kind in SPAM)


def test_figures_follow_their_definitions() -> None:
    """One of two risers found, one false and one spam listed; what has not settled counts for nobody."""
    tally = Tally()
    tally.add(a_world_day(planted=PLANTED, unsure=frozenset({7})), Found([7, 3, 1, 4], []))
    figures = tally.figures()

    assert figures["precision"] == pytest.approx(1 / 3)
    assert figures["recall"] == 1 / 2
    assert figures["precision at 5"] == pytest.approx(1 / 3)
    assert figures["false a day"] == 2
    assert figures["spam listed"] == 1
    assert (figures["found: new"], figures["found: rise 2"], figures["found: back"]) == (1, 0, None)


def test_who_knows_what_was_planted_is_perfect() -> None:
    """The figures can reach their best."""
    tally = Tally()
    for day in World(5, 1440).days():
        if day.planted:
            rising = [one.tag for one in day.planted if one.kind in UP]
            falling = [one.tag for one in day.planted if one.kind in (Kind.FELL, Kind.GONE)]
            tally.add(day, Found(rising, falling))
    figures = tally.figures()

    assert {figures[name] for name in ("precision", "recall", "precision at 5", "falls: recall")} == {1.0}
    assert (figures["false a day"], figures["spam listed"]) == (0, 0)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        pytest.param(RawCount, [1, 2], id="most used: both"),
        pytest.param(DayRatio, [1], id="day over day: tenfold"),
        pytest.param(Mastodon, [1], id="Mastodon: (50 - 5)^2 / 5"),
        pytest.param(PlainSigniTrend, [1], id="SigniTrend: far from its mean"),
    ],
)
def test_the_others_find_what_they_are_made_to_find(make: Callable[[], Finder], found: list[int]) -> None:
    """After a week of five tweets a day, fifty are a rise to all."""
    finder = make()
    for _ in range(7):
        finder.see(a_world_day(tweets=np.array([5, 5]), authors=np.array([5, 5])))

    assert finder.see(a_world_day()).rising == found


@pytest.mark.parametrize("make", [DayRatio, Mastodon, PlainSigniTrend])
def test_the_others_are_not_fooled_by_gaps(make: Callable[[], Finder]) -> None:
    """They too are given counts per observed minute: what is compared is how they judge."""
    finder = make()
    for _ in range(7):
        finder.see(a_world_day())
    unseen = finder.see(a_world_day(minutes=0, tags=np.array([], dtype=np.int64)))
    half = finder.see(a_world_day(minutes=720, tweets=np.array([25, 3]), authors=np.array([25, 3])))

    assert (unseen, half) == (Found([], []), Found([], []))
