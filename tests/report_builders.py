"""Reports and counts with defaults; a test says only what matters."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from report.changes import compare
from report.counts import CountingRules, DayCounts, HourCount, Totals
from report.history import Counted, CountedDay, Course, week_before
from report.periods import week_period
from report.trends import Label, Memory, Parameters, Trend
from report.tweets.hashtags import fold
from report.values import Block, Period, Report, Section
from report.window import day_window

DAY = date(2026, 11, 20)


def a_period(day: date = DAY, zone: str = "UTC") -> Period:
    """A closed day."""
    return Period(day, ZoneInfo(zone), day_window(day, ZoneInfo(zone)))


def a_trend(tag: str = "budget", tweets: int = 10, before: int = 10, **changes: Any) -> Trend:
    """A hashtag of the day, first of all and steady, beside its tweets of the day before."""
    known = {
        "key": fold(tag),
        "tag": tag,
        "place": 1,
        "tweets": tweets,
        "authors": 8,
        "busiest": 1,
        "place_before": 1,
        "change": compare(before, 1440, tweets, 1440),
        "expected": 10.0,
        "score": 0.0,
        "label": Label.STEADY,
        "memory": a_memory(),
    }
    return Trend(**{**known, **changes})


def a_memory(**changes: Any) -> Memory:
    """What is known of a hashtag seen on each of twenty days, first on the best of them."""
    known = {
        "rate": 10.0,
        "variance": 10.0,
        "first_day": date(2026, 10, 31),
        "last_day": date(2026, 11, 19),
        "days_seen": 20,
        "days_unseen": 0,
        "days_in_top": 4,
        "last_in_top": date(2026, 11, 18),
        "best_place": 1,
        "best_day": date(2026, 11, 2),
    }
    return Memory(**{**known, **changes})


def a_course(tag: str = "budget", **changes: Any) -> Course:
    """A hashtag with one spelling, whose tweets nobody has looked at."""
    return Course(
        **{
            "key": fold(tag),
            "tag": tag,
            "spellings": ((tag, 10),),
            "quarters": (),
            "companions": (),
            **changes,
        }
    )


def a_counted_day(*trends: Trend, courses: Iterable[Course] = (), **changes: Any) -> CountedDay:
    """A day with twenty known ones before it, all alike; the trends in their order."""
    known = {
        "counts": some_counts(),
        "before": some_counts(period=a_period(DAY - timedelta(days=1))),
        "trends": trends,
        "courses": tuple(courses),
        "first_known": date(2026, 10, 31),
        "observed_known": 20,
        "parameters": Parameters(),
    }
    return CountedDay(**{**known, **changes})


def a_week(zone: str = "UTC") -> Period:
    """The week of `DAY`."""
    return week_period(DAY, ZoneInfo(zone))


def a_counted_week(*trends: Trend, courses: Iterable[Course] = (), **changes: Any) -> Counted:
    """A wholly observed week after another, all days alike; the trends in their order."""
    totals = some_totals(observed_minutes=10_080, expected_minutes=10_080)
    known = {
        "counts": some_counts(period=a_week(), totals=totals),
        "before": some_counts(period=week_before(a_week()), totals=totals),
        "trends": trends,
        "courses": tuple(courses),
    }
    return Counted(**{**known, **changes})


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
    *, period: Period | None = None, totals: Totals | None = None, per_hour: int = 4
) -> DayCounts:
    """A day's counts, the same number of tweets in every hour."""
    period = period or a_period()
    return DayCounts(
        period=period,
        rules=CountingRules(),
        totals=totals or some_totals(),
        tags=(),
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
