"""By which rules a day was counted and judged, in plain sentences."""

from report.catalogue.trends.tables import rounded
from report.changes import LEAST_TWEETS
from report.counts import CountingRules
from report.history import CountedDay
from report.trends import NEW_AFTER_DAYS
from report.values import Note
from report.words import count_of, long_day, plain_day, span


def rules_note(day: CountedDay) -> Note:
    """Return the rules: of counting, of changes against the day before, of trends against all known days."""
    counts, before = day.counts, day.before
    return Note(
        (
            f"Period: {span(counts.period)}.",
            *counting_rules(counts.rules),
            f"Changes are against {long_day(before.period.day)}, of which {before.totals.observed_minutes:,} "
            f"of {before.totals.expected_minutes:,} minutes were observed. {real_means()}",
            _trends(day),
        )
    )


def counting_rules(rules: CountingRules) -> tuple[str, str]:
    """Return what counts, and what observed means."""
    retweets = "with retweets" if rules.retweets else "without retweets"
    return (
        f"A hashtag counts once in a tweet, {retweets}; a retweet has its original's hashtags. Spellings "
        "that differ only in case or width are one hashtag, shown as most people write it. "
        "Equal numbers stand in alphabetical order.",
        "A minute is observed when at least one tweet was seen in it.",
    )


def real_means() -> str:
    """Return when a change is more than chance."""
    return (
        "Real means: more than three standard errors of a Poisson rate per observed minute, and at least "
        f"{LEAST_TWEETS} tweets; anything else is within noise."
    )


def _trends(day: CountedDay) -> str:
    if day.first_known is None:
        return "No earlier day is known, so no hashtag is called new, rising or falling yet."
    judged = day.parameters
    too_early = " Before the day is over nothing is falling or gone." if day.counts.period.is_open else ""
    by_accident = f"{rounded(judged.background(day.counts.totals.counted)):,}".removesuffix(".0")
    return (
        "Expected is what a hashtag's own days let expect in as many observed minutes: "
        f"{count_of(day.observed_known, 'observed day')} from {plain_day(day.first_known)} on, each weighing "
        f"half as much {judged.half_life_days:g} days later. Rising and falling mean: more than three times "
        f"its usual spread away. What any hashtag may come to by accident, {by_accident} tweets on such a "
        f"day, is no rise. New, back and rising take {count_of(judged.least_tweets, 'tweet')} by "
        f"{count_of(judged.least_authors, 'author')} at least. {_newness(day)}{too_early}"
    )


def _newness(day: CountedDay) -> str:
    if day.observed_known >= NEW_AFTER_DAYS:
        return "New means: on none of these days."
    are = "day is" if day.observed_known == 1 else "days are"
    return f"{day.observed_known} {are} known; new is said from {NEW_AFTER_DAYS} on."
