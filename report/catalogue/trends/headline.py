"""The news of a day in one sentence."""

from report.history import CountedDay
from report.trends import Label, Trend
from report.values import Verdict
from report.words import count_of, isolated, long_day, ordinal, percent, shown_tag


def headline(day: CountedDay) -> str:
    """Return what became of the day's first hashtag, and how much was seen."""
    totals, period = day.counts.totals, day.counts.period
    if not totals.tweets:
        return f"Nothing was collected on {long_day(period.day)}{' so far' if period.is_open else ''}."
    seen = f"{percent(totals.observed_share)} of minutes seen"
    size = f"{count_of(totals.counted, 'tweet')} from {count_of(totals.authors, 'author')}, {seen}"
    if not day.trends or day.trends[0].place is None:
        return f"No hashtag was used; {size}."
    return f"{_leader(day.trends[0])}; {size}."


def _leader(first: Trend) -> str:
    name = isolated(shown_tag(first.tag))
    by_one = f", {first.busiest:,} of its {first.tweets:,} tweets by one author"
    return f"{name} {_became(first)}{by_one if first.is_from_one_author else ''}"


def _became(first: Trend) -> str:
    match first.label:
        case Label.NEW:
            return "is new and first"
        case Label.BACK:
            return f"is {first.words}, and first"
        case Label.RISING if first.place_before == 1:
            return "stays first, and is rising"
        case Label.RISING:
            rank = f"from {ordinal(first.place_before)} " if first.place_before else ""
            return f"rose {rank}to 1st"
        case Label.FALLING if first.place_before == 1:
            return "stays first, but is falling"
    return _compared(first)


def _compared(first: Trend) -> str:
    """Where no history speaks, the day before does."""
    if first.change.verdict is Verdict.UNKNOWN:
        return f"is first with {count_of(first.tweets, 'tweet')}"
    if first.place_before == 1:
        return "stays first"
    rank = f"{ordinal(first.place_before)} the day before" if first.place_before else "unused the day before"
    return f"is first, {rank}{' (within noise)' if first.change.verdict is Verdict.NOISE else ''}"
