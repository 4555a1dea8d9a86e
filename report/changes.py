"""Whether a count really changed, or only by chance."""

from math import sqrt

from report.values import Change, Verdict

REAL_FROM_Z = 3.0
"""How many standard errors make a change real. Tweets come in bursts, so two would be too few."""

LEAST_TWEETS = 5
"""Below this many tweets on both sides nothing is called real."""


def compare(before: int, before_minutes: int, after: int, after_minutes: int) -> Change:
    """Return how a count changed, per observed minute, and whether that is more than chance.

    Hours that were not observed on one side do not look like a fall: both counts are divided by their
    own observed minutes. Real means |z| >= `REAL_FROM_Z` and `LEAST_TWEETS` on one side at least.
    """
    if not before_minutes or not after_minutes:
        return Change(before, after, None, Verdict.UNKNOWN)
    ratio = after_minutes / before_minutes
    expected = before * ratio
    percent = (after - expected) / expected * 100 if expected else None
    score = rate_difference(before, after, ratio)
    real = abs(score) >= REAL_FROM_Z and max(before, after) >= LEAST_TWEETS
    return Change(before, after, percent, Verdict.REAL if real else Verdict.NOISE)


def rate_difference(before: int, after: int, ratio: float) -> float:
    """Return z for two Poisson counts, the second observed `ratio` times as long as the first.

    The square-root statistic W5 of Gu, Ng, Tang and Schucany, "Testing the ratio of two Poisson
    rates", Biometrical Journal 50 (2008): steady for small counts, zeros too.
    """
    return 2 * (sqrt(after + 3 / 8) - sqrt(ratio * (before + 3 / 8))) / sqrt(1 + ratio)
