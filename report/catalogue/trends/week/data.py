"""What data.json says of a week: all that the page shows, and the first hundred hashtags."""

from dataclasses import asdict
from typing import Any

from report.catalogue.trends.data import counts_said, course_said, languages_said
from report.catalogue.trends.tables import used
from report.catalogue.trends.week.course import days_of
from report.history import Counted, Course
from report.trends import Trend, falling

_TAGS = 100
_FALLEN = 20


def data_of(week: Counted) -> dict[str, Any]:
    """Return counts, rules, hashtags, days and languages; days are the zone's, as 2026-11-20."""
    courses = {course.key: course for course in week.courses}
    return {
        "counts": counts_said(week.counts.totals),
        "rules": {"retweets": week.counts.rules.retweets},
        "tags": [_tag(one, courses.get(one.key)) for one in used(week)[:_TAGS]],
        "fell": [_tag(one, None) for one in falling(week.trends, _FALLEN)],
        "days": [{**asdict(one), "day": one.day.isoformat()} for one in days_of(week.counts)],
        "languages": languages_said(week.counts),
    }


def _tag(one: Trend, course: Course | None) -> dict[str, Any]:
    return {
        "rank": one.place,
        "tag": one.tag,
        "tweets": one.tweets,
        "authors": one.authors,
        "busiest_author": one.busiest,
        "rank_before": one.place_before,
        "tweets_before": one.change.before,
        "change_percent": None if one.change.percent is None else round(one.change.percent, 1),
        "change": one.change.verdict.value,
        **(course_said(course) if course else {}),
    }
