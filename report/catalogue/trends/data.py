"""What data.json says of a day: all that the page shows, and the first hundred hashtags."""

from dataclasses import asdict
from datetime import date
from typing import Any

from report.catalogue.trends.tables import used
from report.counts import DayCounts, Totals
from report.history import CountedDay, Course
from report.trends import Trend, falling

_TAGS = 100
_FALLEN = 20


def data_of(day: CountedDay) -> dict[str, Any]:
    """Return counts, rules, hashtags, hours and languages; days are the zone's, as 2026-11-20."""
    counts = day.counts
    courses = {course.key: course for course in day.courses}
    return {
        "counts": counts_said(counts.totals),
        "rules": {"retweets": counts.rules.retweets, "trends": _rules(day)},
        "tags": [_tag(one, courses.get(one.key)) for one in used(day)[:_TAGS]],
        "fell": [_tag(one, None) for one in falling(day.trends, _FALLEN)],
        "hours": [
            {
                "start": hour.start.isoformat(),
                "tweets": hour.tweets,
                "observed_minutes": hour.observed_minutes,
            }
            for hour in counts.hours
        ],
        "languages": languages_said(counts),
    }


def counts_said(totals: Totals) -> dict[str, Any]:
    """Return what was collected, tweet or not."""
    return {
        "tweets": totals.tweets,
        "retweets": totals.retweets,
        "counted": totals.counted,
        "authors": totals.authors,
        "duplicates": totals.duplicates,
        "notices": sum(totals.notices.values()),
        "notices_by_kind": dict(totals.notices),
        "refused": totals.refused,
        "observed_minutes": totals.observed_minutes,
        "expected_minutes": totals.expected_minutes,
    }


def languages_said(counts: DayCounts) -> list[dict[str, Any]]:
    """Return the tweets by language, most first."""
    return [{"language": code, "tweets": tweets} for code, tweets in counts.languages]


def course_said(course: Course) -> dict[str, Any]:
    """Return a hashtag's spellings and companions, most first."""
    return {
        "spellings": [{"spelling": spelling, "tweets": tweets} for spelling, tweets in course.spellings],
        "companions": [{"tag": tag, "tweets": tweets} for tag, tweets in course.companions],
    }


def _rules(day: CountedDay) -> dict[str, Any]:
    return {
        **asdict(day.parameters),
        "first_known": _iso(day.first_known),
        "observed_days": day.observed_known,
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
        "expected": round(one.expected, 2),
        "score": None if one.score is None else round(one.score, 2),
        "label": one.label.value,
        "known": _known(one),
        **(course_said(course) if course else {}),
    }


def _known(one: Trend) -> dict[str, Any] | None:
    if (known := one.memory) is None:
        return None
    return {
        "first_seen": _iso(known.first_day),
        "last_seen": _iso(known.last_day),
        "days_seen": known.days_seen,
        "days_unseen": known.days_unseen,
        "days_in_top_10": known.days_in_top,
        "last_in_top_10": _iso(known.last_in_top),
        "best_rank": known.best_place,
        "best_rank_on": _iso(known.best_day),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
