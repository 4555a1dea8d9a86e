"""Rules for data.json."""

from report.catalogue.trends.data import data_of
from report.trends import Label, Parameters
from tests.report_builders import a_counted_day, a_course, a_trend


def test_a_hashtag_has_all_that_is_known_of_it() -> None:
    """Counts, change, expectation, label and memory; of the first ten the spellings and companions too."""
    course = a_course(spellings=(("budget", 7), ("Budget", 3)), companions=(("food", 4),))
    day = a_counted_day(
        a_trend(tweets=40, label=Label.RISING, score=6.127, expected=12.345, busiest=2), courses=[course]
    )

    assert data_of(day)["tags"] == [
        {
            "rank": 1,
            "tag": "budget",
            "tweets": 40,
            "authors": 8,
            "busiest_author": 2,
            "rank_before": 1,
            "tweets_before": 10,
            "change_percent": 300.0,
            "change": "real",
            "expected": 12.35,
            "score": 6.13,
            "label": "rising",
            "known": {
                "first_seen": "2026-10-31",
                "last_seen": "2026-11-19",
                "days_seen": 20,
                "days_unseen": 0,
                "days_in_top_10": 4,
                "last_in_top_10": "2026-11-18",
                "best_rank": 1,
                "best_rank_on": "2026-11-02",
            },
            "spellings": [{"spelling": "budget", "tweets": 7}, {"spelling": "Budget", "tweets": 3}],
            "companions": [{"tag": "food", "tweets": 4}],
        }
    ]


def test_what_is_not_known_is_null() -> None:
    """A new hashtag has no past; without history there is no score."""
    (tag,) = data_of(a_counted_day(a_trend(memory=None, score=None, label=Label.UNKNOWN)))["tags"]

    assert (tag["known"], tag["score"], tag["label"]) == (None, None, "")


def test_more_stands_here_than_on_the_page() -> None:
    """A hundred hashtags, each by rank, and what fell apart from them."""
    used = [a_trend(f"tag{place}", 200 - place, place=place) for place in range(1, 130)]
    gone = a_trend("old", 0, place=None, score=-7.0, label=Label.GONE)
    data = data_of(a_counted_day(*used, gone))

    assert [tag["rank"] for tag in data["tags"]] == list(range(1, 101))
    assert [(tag["tag"], tag["rank"], tag["label"]) for tag in data["fell"]] == [("old", None, "gone")]


def test_the_rules_stand_beside_the_numbers() -> None:
    """What a machine needs to judge them."""
    day = a_counted_day(parameters=Parameters(3.5, 2.0, 6, 4))

    assert data_of(day)["rules"] == {
        "retweets": True,
        "trends": {
            "half_life_days": 3.5,
            "floor": 2.0,
            "least_tweets": 6,
            "least_authors": 4,
            "first_known": "2026-10-31",
            "observed_days": 20,
        },
    }
