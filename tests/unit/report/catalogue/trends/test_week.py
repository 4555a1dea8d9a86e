"""Rules for the report of a week."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from report.catalogue.trends.week import describe_week
from report.catalogue.trends.week.course import course_table, days_chart, days_of, days_table
from report.catalogue.trends.week.tables import fallers_table, risers_table, top_table
from report.catalogue.trends.week.wording import headline, rules_note
from report.changes import compare
from report.counts import DayCounts
from report.history import Counted, week_before
from report.trends import Label, Trend
from report.values import Period
from tests.report_builders import (
    a_counted_week,
    a_course,
    a_trend,
    a_week,
    some_counts,
    some_hours,
    some_totals,
)

WEEK = 10_080


def a_mover(tag: str = "budget", before: int = 10, tweets: int = 90, **changes: Any) -> Trend:
    change = compare(before, WEEK, tweets, WEEK)
    return a_trend(
        tag, tweets, memory=None, **{"change": change, "label": Label.RISING, "score": 9.0, **changes}
    )


def unobserved(period: Period) -> DayCounts:
    totals = some_totals(tweets=0, counted=0, authors=0, observed_minutes=0, expected_minutes=WEEK)
    return replace(some_counts(period=period, totals=totals), hours=some_hours(period, 0, 0))


def test_a_week_has_no_section_that_only_a_day_can_fill() -> None:
    """What is known of earlier days, and the course by hours, are a day's; nothing stands in for them."""
    report = describe_week("Twitter Trends", a_counted_week(a_mover()))

    assert [section.title for section in report.sections] == [
        "Top 10",
        "What rose",
        "What fell",
        "The week's course",
        "Spellings",
        "Languages",
        "How this was counted",
    ]
    assert (report.period.id, report.ranking, report.coverage) == ("2026-W47", ("#budget",), 1.0)


def test_an_empty_week_says_so_and_no_more() -> None:
    """No table of nothing; the small print stays."""
    report = describe_week("Twitter Trends", a_counted_week(counts=unobserved(a_week())))

    assert report.headline == "Nothing was collected in the week of 16 to 22 November 2026."
    assert (report.is_empty, [section.title for section in report.sections]) == (
        True,
        ["How this was counted"],
    )


@pytest.mark.parametrize(
    ("first", "news"),
    [
        pytest.param(a_mover(place_before=3), "is first, 3rd the week before", id="rose"),
        pytest.param(
            a_mover(before=85, place_before=2),
            "is first, 2nd the week before (within noise)",
            id="within noise",
        ),
        pytest.param(a_mover(before=85), "stays first", id="stays"),
        pytest.param(a_mover(), "stays first, and is rising", id="stays and rises"),
        pytest.param(a_mover(before=200, score=-6.0), "stays first, and is falling", id="stays and falls"),
        pytest.param(a_mover(before=0, place_before=None), "is first, unused the week before", id="unused"),
        pytest.param(
            a_mover(busiest=80),
            "stays first, and is rising, 80 of its 90 tweets by one author",
            id="one author",
        ),
    ],
)
def test_the_news_is_what_became_of_the_first(first: Trend, news: str) -> None:
    """One sentence, and how much was seen."""
    assert headline(a_counted_week(first)) == (
        f"#budget {news}; 100 tweets from 80 authors, 100\N{NO-BREAK SPACE}% of minutes seen."
    )


def test_without_a_week_before_nothing_is_compared() -> None:
    """It is said, in the headline and below each table."""
    change = compare(0, 0, 90, WEEK)
    first = a_mover(change=change, place_before=None, label=Label.UNKNOWN, score=None)
    week = a_counted_week(first, before=unobserved(week_before(a_week())))

    assert headline(week).startswith("#budget is first with 90 tweets;")
    assert (
        top_table(week).note
        == "No change is shown: the week before, 9 to 15 November 2026, was not observed."
    )
    assert risers_table(week).empty == "What rose can't be said: the week before was not observed."
    assert fallers_table(week).empty == "What fell can't be said: the week before was not observed."
    assert len(days_chart(week).series) == 1


def test_a_riser_stands_beside_its_week_before() -> None:
    """Tweets, tweets of the week before, both ranks; one author's affair is named and left out."""
    one_author = a_mover("win", place=2, busiest=80)
    table = risers_table(a_counted_week(a_mover(place_before=40), one_author))

    assert [row[:5] for row in table.rows] == [("budget", "rising", 90, 10, "40\xa0→\xa01")]
    assert table.note == "Left out, since one author wrote half or more: #win (80 of 90 tweets)."


def with_a_silent_wednesday() -> Counted:
    """A week of four tweets an hour, of whose Wednesday no minute was observed."""
    week = a_counted_week(a_mover())
    silent = [
        replace(hour, tweets=0, observed_minutes=0) if hour.start.day == 18 else hour
        for hour in week.counts.hours
    ]
    return replace(week, counts=replace(week.counts, hours=tuple(silent)))


def test_a_day_that_was_not_observed_is_a_gap() -> None:
    """Nothing seen is no zero."""
    week = with_a_silent_wednesday()

    assert days_chart(week).labels[2] == "Wed 18"
    assert days_chart(week).series[0].values == (96.0, 96.0, None, 96.0, 96.0, 96.0, 96.0)
    assert days_table(week).rows[2] == ("Wed 18", 0, 96, 0, 0.0, date(2026, 11, 18))


def test_days_are_the_zones_own() -> None:
    """The Sunday on which the clocks go back has an hour more."""
    period = a_week("Europe/Paris")
    october = replace(period, day=date(2026, 10, 25))
    start = datetime(2026, 10, 18, 22, tzinfo=UTC)
    october = replace(october, window=replace(period.window, start=start, end=start + timedelta(hours=169)))
    days = days_of(some_counts(period=october))

    assert [one.expected_minutes for one in days] == [1440] * 6 + [1500]
    assert days[0].day == date(2026, 10, 19)


def test_the_course_counts_a_tweet_on_its_day() -> None:
    """By the zone's midnight: half past eleven at night in UTC is the next day in Tokyo."""
    quarters = (
        (datetime(2026, 11, 15, 23, 30, tzinfo=UTC), 3),
        (datetime(2026, 11, 22, 14, 45, tzinfo=UTC), 4),
    )
    course = a_course("budget", quarters=quarters)
    week = a_counted_week(a_mover(), courses=[course], counts=some_counts(period=a_week("Asia/Tokyo")))
    table = course_table(week)

    assert [column.name for column in table.columns] == [
        "Hashtag",
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
        "Sun",
    ]
    assert table.rows == (("budget", 3, 0, 0, 0, 0, 0, 4),)


def test_the_rules_say_what_a_weeks_numbers_are() -> None:
    """Authors do not add up from days, and comparison is with one week alone."""
    said = " ".join(rules_note(a_counted_week()).paragraphs)

    assert "An author who wrote on several days is one author of the week." in said
    assert "9 to 15 November 2026, of which 10,080 of 10,080 minutes were observed" in said
    assert "the first 1,000 hashtags of either week" in said
