"""The news of a week in one sentence, and by which rules it was counted and compared."""

from report.catalogue.trends.rules import counting_rules, real_means
from report.catalogue.trends.tables import used
from report.history import Counted
from report.trends import Trend
from report.values import Note, Verdict
from report.weeks import LOOKED_AT
from report.words import count_of, days_of_week, isolated, ordinal, percent, shown_tag, span


def headline(week: Counted) -> str:
    """Return what became of the week's first hashtag, and how much was seen."""
    totals = week.counts.totals
    if not totals.tweets:
        return f"Nothing was collected in the week of {days_of_week(week.counts.period.day)}."
    seen = f"{percent(totals.observed_share)} of minutes seen"
    size = f"{count_of(totals.counted, 'tweet')} from {count_of(totals.authors, 'author')}, {seen}"
    found = used(week)
    if not found:
        return f"No hashtag was used; {size}."
    return f"{isolated(shown_tag(found[0].tag))} {_became(found[0])}; {size}."


def _became(first: Trend) -> str:
    by_one = (
        f", {first.busiest:,} of its {first.tweets:,} tweets by one author"
        if first.is_from_one_author
        else ""
    )
    return f"{_moved(first)}{by_one}"


def _moved(first: Trend) -> str:
    verdict, before = first.change.verdict, first.place_before
    if verdict is Verdict.UNKNOWN:
        return f"is first with {count_of(first.tweets, 'tweet')}"
    if before == 1:
        way = "rising" if (first.score or 0) > 0 else "falling"
        return "stays first" if verdict is Verdict.NOISE else f"stays first, and is {way}"
    rank = f"{ordinal(before)} the week before" if before else "unused the week before"
    return f"is first, {rank}{' (within noise)' if verdict is Verdict.NOISE else ''}"


def rules_note(week: Counted) -> Note:
    """Return the rules: of counting, and of changes against the week before."""
    before = week.before
    return Note(
        (
            f"Period: {span(week.counts.period)}.",
            *counting_rules(week.counts.rules),
            "An author who wrote on several days is one author of the week.",
            f"Changes are against the week before, {days_of_week(before.period.day)}, of which "
            f"{before.totals.observed_minutes:,} of {before.totals.expected_minutes:,} minutes were "
            f"observed. {real_means()} Rises and falls are looked for among the first {LOOKED_AT:,} "
            "hashtags of either week.",
        )
    )
