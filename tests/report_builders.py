"""Reports and counts with defaults; a test says only what matters."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from report.counts import CountingRules, DayCounts, HourCount, TagCount, Totals
from report.tweets.hashtags import fold
from report.values import Block, Period, Report, Section
from report.window import day_window

DAY = date(2026, 11, 20)


def a_period(day: date = DAY, zone: str = "UTC") -> Period:
    """A closed day."""
    return Period(day, ZoneInfo(zone), day_window(day, ZoneInfo(zone)))


def a_tag(tag: str = "budget", tweets: int = 10, authors: int = 8) -> TagCount:
    """A hashtag with one spelling."""
    return TagCount(fold(tag), tag, tweets, authors, 1, (tag,))


def some_totals(**values: int) -> Totals:
    """The totals of a wholly observed day of 100 tweets."""
    known = {
        "tweets": 100,
        "retweets": 30,
        "counted": 100,
        "authors": 80,
        "duplicates": 0,
        "refused": 0,
        "observed_minutes": 1440,
        "expected_minutes": 1440,
    }
    return Totals(**{**known, **values}, notices={})


def some_counts(
    *tags: TagCount, period: Period | None = None, totals: Totals | None = None, per_hour: int = 4
) -> DayCounts:
    """A day's counts, the same number of tweets in every hour."""
    period = period or a_period()
    return DayCounts(
        period=period,
        rules=CountingRules(),
        totals=totals or some_totals(),
        tags=tags,
        hours=some_hours(period, per_hour),
        languages=(("en", 60), ("ja", 40)),
    )


def some_hours(period: Period, per_hour: int = 4, observed: int = 60) -> tuple[HourCount, ...]:
    """The hours of a period, all alike."""
    count = period.window.minutes // 60
    starts = [(period.window.start + timedelta(hours=at)).astimezone(period.zone) for at in range(count)]
    return tuple(HourCount(start, per_hour, observed, 60) for start in starts)


def a_report(*blocks: Block, name: str = "trends", headline: str = "#budget is first.") -> Report:
    """A report of one section."""
    return Report(name, "Twitter Trends", a_period(), headline, (Section("Numbers", blocks),), {"counts": {}})
