"""How a week went, day by day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from report.counts import DayCounts
from report.history import Counted
from report.values import ChartKind, ChartSpec, Column, Kind, Series, Table, Value
from report.words import count_of, days_of_week, long_day


@dataclass(frozen=True)
class Day:
    """What was counted on one day of a week, and how many of its minutes were observed."""

    day: date
    tweets: int
    observed_minutes: int
    expected_minutes: int

    @property
    def seen(self) -> float | None:
        """Its tweets; None for a day that was not observed."""
        return float(self.tweets) if self.observed_minutes else None


def days_of(counts: DayCounts) -> tuple[Day, ...]:
    """Return the days of a week's zone, from its hours; one that never was is left out."""
    found = groupby(counts.hours, key=lambda hour: hour.start.date())
    return tuple(
        Day(
            day,
            sum(hour.tweets for hour in hours),
            sum(hour.observed_minutes for hour in hours),
            sum(hour.expected_minutes for hour in hours),
        )
        for day, hours in ((day, list(within)) for day, within in found)
    )


def days_chart(week: Counted) -> ChartSpec:
    """Return the tweets by day, in grey those of the week before."""
    days, earlier = days_of(week.counts), _by_weekday(week.before)
    busiest = max(days, key=lambda one: one.tweets)
    series = [Series(days_of_week(week.counts.period.day), tuple(one.seen for one in days))]
    if week.before.totals.counted:
        compared = (earlier.get(one.day.weekday()) for one in days)
        values = tuple(one.seen if one else None for one in compared)
        series.append(Series(days_of_week(week.before.period.day), values))
    return ChartSpec(
        slug="days",
        title=f"Busiest on {long_day(busiest.day)}: {count_of(busiest.tweets, 'tweet')}",
        kind=ChartKind.COLUMNS,
        axis=f"day, {week.counts.period.zone.key}",
        unit="tweets",
        labels=tuple(_short(one.day) for one in days),
        series=tuple(series),
        note="Days that were not observed are left empty.",
    )


def days_table(week: Counted) -> Table:
    """Return each day's tweets and observed minutes, beside the tweets of the same day a week before."""
    earlier = _by_weekday(week.before)
    rows: list[tuple[Value, ...]] = []
    for one in days_of(week.counts):
        before = earlier.get(one.day.weekday())
        tweets_before = before.tweets if before and before.observed_minutes else None
        share = one.observed_minutes / one.expected_minutes
        rows.append((_short(one.day), one.tweets, tweets_before, one.observed_minutes, share, one.day))
    return Table(
        slug="by-day",
        title=f"Tweets by day, a week before, and observed minutes ({week.counts.period.zone.key})",
        columns=(
            Column("Day", Kind.WORD, "weekday"),
            Column("Tweets", Kind.COUNT),
            Column("Before", Kind.COUNT, "tweets_before"),
            Column("Minutes", Kind.COUNT, "observed_minutes"),
            Column("Observed", Kind.SHARE, "observed_share"),
            Column("Day", Kind.DATA),
        ),
        rows=tuple(rows),
    )


def course_table(week: Counted) -> Table:
    """Return the first ten hashtags by day."""
    days = days_of(week.counts)
    zone = week.counts.period.zone
    columns = [Column(f"{one.day:%a}", Kind.SHADE, f"{one.day:%A}".lower()) for one in days]
    rows: list[tuple[Value, ...]] = []
    for course in week.courses:
        by_day = _tweets_by_day(course.quarters, zone)
        rows.append((course.tag, *(by_day[one.day] for one in days)))
    return Table(
        slug="course",
        title=f"Tweets by day ({zone.key})",
        columns=(Column("Hashtag", Kind.TAG), *columns),
        rows=tuple(rows),
        empty="No hashtag was used.",
    )


def _tweets_by_day(quarters: Iterable[tuple[datetime, int]], zone: ZoneInfo) -> Counter[date]:
    found: Counter[date] = Counter()
    for quarter, tweets in quarters:
        found[quarter.astimezone(zone).date()] += tweets
    return found


def _by_weekday(counts: DayCounts) -> dict[int, Day]:
    return {one.day.weekday(): one for one in days_of(counts)}


def _short(day: date) -> str:
    return f"{day:%a} {day.day}"
