"""Rules for telling a change from chance."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.changes import compare, rate_difference
from report.values import Verdict

DAY = 1440


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        pytest.param(14, 40, Verdict.REAL, id="one per cent of the tweets, nearly tripled"),
        pytest.param(14, 20, Verdict.NOISE, id="a rise that chance explains"),
        pytest.param(100, 40, Verdict.REAL, id="a real fall"),
        pytest.param(0, 20, Verdict.REAL, id="brand new and many"),
        pytest.param(0, 4, Verdict.NOISE, id="brand new and few"),
        pytest.param(10, 10, Verdict.NOISE, id="no change"),
    ],
)
def test_a_change_is_real_only_beyond_chance(before: int, after: int, verdict: Verdict) -> None:
    """Real means three standard errors and enough tweets; the rest is within noise."""
    assert compare(before, DAY, after, DAY).verdict is verdict


def test_a_gap_in_observation_is_no_fall() -> None:
    """Both counts are set to the same observed time before they are compared."""
    change = compare(200, DAY, 100, DAY // 2)

    assert change.percent == pytest.approx(0)
    assert change.verdict is Verdict.NOISE


def test_an_unobserved_day_compares_with_nothing() -> None:
    """Where one side was not observed at all, nothing is said."""
    assert compare(0, 0, 50, DAY).verdict is Verdict.UNKNOWN
    assert compare(50, DAY, 0, 0).verdict is Verdict.UNKNOWN


def test_a_new_hashtag_has_no_percentage() -> None:
    """There is nothing to divide by."""
    assert compare(0, DAY, 50, DAY).percent is None


def test_score_is_the_published_figure() -> None:
    """W5 of Gu et al. (2008), worked by hand: 2 (sqrt 40.375 - sqrt 14.375) / sqrt 2."""
    assert rate_difference(14, 40, 1.0) == pytest.approx(3.624, abs=0.001)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, DAY), st.integers(1, DAY))
def test_swapping_the_days_turns_the_sign(before: int, after: int, minutes: int, other: int) -> None:
    """A rise read backwards is the same fall."""
    forward = rate_difference(before, after, other / minutes)
    backward = rate_difference(after, before, minutes / other)

    assert forward == pytest.approx(-backward, abs=1e-6)
    assert abs(forward) < inf
