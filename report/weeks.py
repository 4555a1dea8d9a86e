"""What became of hashtags from one week to the next: judged by the two weeks alone."""

from collections.abc import Iterable

from report.changes import compare, rate_difference
from report.engine import Row
from report.trends import Label, Parameters, Trend
from report.values import Verdict

LOOKED_AT = 1000
"""How many hashtags of each week are looked at: of more, chance alone would make some rise."""


def judged(
    rows: Iterable[Row], minutes_before: int, minutes: int, parameters: Parameters
) -> tuple[Trend, ...]:
    """Return the trends of the rows of `week.sql`, in their order; minutes are those that were observed.

    Expected is what the week before lets expect in as many observed minutes, and the score is the z of
    `report.changes`. Nothing is called new, since nothing but one week is known.
    """
    ratio = minutes / minutes_before if minutes_before else 0.0
    return tuple(_trend(row, minutes_before, minutes, ratio, parameters) for row in rows)


def _trend(row: Row, minutes_before: int, minutes: int, ratio: float, parameters: Parameters) -> Trend:
    change = compare(row["tweets_before"], minutes_before, row["tweets"], minutes)
    score = rate_difference(row["tweets_before"], row["tweets"], ratio) if ratio else None
    has_support = row["tweets"] >= parameters.least_tweets and row["authors"] >= parameters.least_authors
    return Trend(
        key=row["key"],
        tag=row["tag"],
        place=row["place"],
        tweets=row["tweets"],
        authors=row["authors"],
        busiest=row["busiest"],
        place_before=row["place_before"],
        change=change,
        expected=row["tweets_before"] * ratio,
        score=score,
        label=_label(change.verdict, score or 0.0, row["tweets"], has_support),
        memory=None,
    )


def _label(verdict: Verdict, score: float, tweets: int, has_support: bool) -> Label:
    if verdict is Verdict.UNKNOWN:
        return Label.UNKNOWN
    if verdict is Verdict.NOISE:
        return Label.STEADY
    if score > 0:
        return Label.RISING if has_support else Label.STEADY
    return Label.FALLING if tweets else Label.GONE
