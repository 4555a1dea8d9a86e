"""Rules for what a hashtag's page says."""

from datetime import date

import pytest

from report.hashtag_histories import HashtagHistory, Index, Observed, Shard, Use
from report.rendering.hashtag_page import (
    HashtagContext,
    hashtag_context,
    hashtag_data,
    render_hashtag,
    render_hashtags,
)
from tests.hashtag_builders import LAST, a_history, ago, observed_days


def told(
    history: HashtagHistory, observed: dict[date, Observed] | None = None, retweets: bool = True
) -> HashtagContext:
    shard = Shard(retweets, observed or observed_days(14), {"budget": history})
    return hashtag_context("budget", shard, "Europe/Paris")


@pytest.mark.parametrize(
    ("uses", "days", "headline"),
    [
        pytest.param(
            [Use(ago(40), 50, 40, 3), Use(ago(29), 400, 300, 4), Use(LAST, 1012, 700, 1)],
            60,
            "#Budget: 1,412 tweets in 30 days, best 1st on 20 November 2026",
            id="a month",
        ),
        pytest.param(
            [Use(LAST, 1, 1, 22)],
            14,
            "#Budget: 1 tweet in 14 days, best 22nd on 20 November 2026",
            id="two weeks",
        ),
        pytest.param(
            [Use(LAST, 2, 1, 3)],
            1,
            "#Budget: 2 tweets in 1 day, best 3rd on 20 November 2026",
            id="the first day",
        ),
        pytest.param(
            [Use(ago(30), 5, 1, 3)],
            60,
            "#Budget: last much used on 21 October 2026, best 3rd on 21 October 2026",
            id="not of late",
        ),
    ],
)
def test_the_headline_is_the_news(uses: list[Use], days: int, headline: str) -> None:
    """How much in the last month, or when last; and the best it came to."""
    assert told(a_history(*uses), observed_days(days)).headline == headline


def test_a_hashtag_that_runs_left_does_not_turn_the_sentence() -> None:
    """It is set apart from the words around it."""
    assert told(a_history(tag="خبر")).headline.startswith("\u2068#خبر\u2069: 1,424")


def test_zone_days_and_rule_are_said() -> None:
    """Whose days, which days, and what was counted."""
    assert told(a_history()).period == "Days of Europe/Paris, 7 to 20 November 2026; retweets counted"
    assert told(a_history(), retweets=False).period.endswith("; retweets not counted")


def test_the_days_begin_with_the_hashtag_but_a_month_back_at_least() -> None:
    """A young hashtag is shown in front of the days without it."""
    young = told(a_history(Use(ago(2), 5, 5, 5)), observed_days(300))
    old = told(a_history(Use(ago(200), 5, 5, 5)), observed_days(300))

    assert "22 October to 20 November 2026" in young.period
    assert "4 May to 20 November 2026" in old.period


def test_the_table_holds_the_days_newest_first() -> None:
    """Days with numbers, and days that were not observed; a day seen in part says so."""
    history = a_history(Use(ago(5), 12, 10, 14), Use(ago(1), 3, 2, 90), Use(LAST, 1412, 903, 1))
    rows = told(history, observed_days(14, d0=1400, d1=720, d3=0, d4=0)).rows

    assert [(row.day, row.tweets, row.authors, row.rank, row.remark) for row in rows] == [
        ("Fri 20 Nov 2026", "1,412", "903", "1st", ""),
        ("Thu 19 Nov 2026", "3", "2", "90th", "50\N{NO-BREAK SPACE}% of the minutes seen"),
        ("16 to 17 November 2026", "", "", "", "not observed"),
        ("Sun 15 Nov 2026", "12", "10", "14th", ""),
    ]


def test_a_day_that_was_not_counted_is_a_gap() -> None:
    """Days without counts, such as those before a pause, are told like unobserved ones."""
    observed = observed_days(14)
    del observed[ago(4)]
    page = told(a_history(), observed)

    assert [row.day for row in page.rows if row.remark] == ["16 November 2026"]
    assert (len(page.wide.gaps), len(page.narrow.gaps)) == (1, 1)
    assert page.unit.endswith("; grey: not observed")
    assert "grey" not in told(a_history()).unit


def test_what_is_known_is_told() -> None:
    """First seen, best rank, days in the top ten; spellings and companions with their numbers."""
    history = a_history(spellings=(("Budget", 900), ("budget", 12)), companions=(("Tax", 1200),))
    page = told(history)

    assert page.facts == (
        ("First seen", "Thursday, 19 November 2026"),
        ("Best rank", "1st, on 20 November 2026"),
        ("In the top ten", "on 1 day"),
    )
    assert page.spellings == (("#Budget", "900"), ("#budget", "12"))
    assert [(one.name, one.path, one.tweets) for one in page.companions] == [("#Tax", "/tags/tax", "1,200")]
    assert told(a_history(Use(LAST, 5, 5, 11))).facts[-1] == ("In the top ten", "never")


def test_page_and_data_say_the_same() -> None:
    """Every number of the table is in the JSON, which tells of every day, the oldest first."""
    shard = Shard(True, observed_days(14, d3=0), {"budget": a_history()})
    data = hashtag_data("budget", shard, "UTC")
    page = hashtag_context("budget", shard, "UTC")

    days = [day for day in reversed(data["days"]) if day["tweets"]]
    assert [f"{day['tweets']:,}" for day in days] == [row.tweets for row in page.rows if row.tweets]
    assert len(data["days"]) == 14
    assert [day["day"] for day in data["days"] if not day["observed_share"]] == ["2026-11-17"]


def test_the_page_is_hostile_to_nobody() -> None:
    """Hashtag, spelling and companion are text, wherever they stand."""
    bad = '"><script>alert(1)</script>'
    history = a_history(tag=bad, spellings=((bad, 1),), companions=((bad, 1),))
    index = Index(True, {LAST: ""}, "", ((bad, 5),))

    page = render_hashtag("budget", Shard(True, observed_days(2), {"budget": history}), "UTC")
    assert "<script>alert" not in page + render_hashtags(index, "UTC")
    assert page.count("&lt;script&gt;alert") >= 4


def test_the_chart_can_be_heard() -> None:
    """Both drawings have a title that says the finding and a description; only one of them is shown."""
    page = render_hashtag("budget", Shard(True, observed_days(14), {"budget": a_history()}), "UTC")

    for form in ("wide", "narrow"):
        assert f'aria-labelledby="{form}-title {form}-told"' in page
        assert f'<title id="{form}-title">Most on Friday, 20 November 2026: 1,412 tweets</title>' in page
    assert "<title>20 November 2026: 1,412</title>" in page
    assert ' style="' not in page
