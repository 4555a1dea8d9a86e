"""Rules for our own way of finding trends, by its SQL texts, in a world with trends planted."""

from benchmarks.evaluation import evaluated
from benchmarks.planted import Weather


def test_planted_trends_are_found_and_planted_spam_is_not() -> None:
    """At a tweet a minute: most that is large, three right of five listed, few false, and no spam."""
    figures = evaluated(Weather(), (1, 1440))
    ours = {name: value if value is not None else 0.0 for name, value in figures["ours"].items()}

    assert ours["recall"] >= 0.4
    assert ours["precision at 5"] >= 0.6
    assert ours["spam listed"] == 0
    assert ours["false a day"] <= 2
    for other in set(figures) - {"ours"}:
        assert (figures[other]["precision at 5"] or 0) < ours["precision at 5"]
