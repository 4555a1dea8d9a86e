"""A day's charts: its course by hours, and its languages."""

from collections import Counter

from report.counts import DayCounts
from report.values import ChartKind, ChartSpec, Series, Strip, StripLine
from report.words import clock_hour, count_of, language, percent

_LANGUAGES = 8


def hours_chart(counts: DayCounts, before: DayCounts) -> ChartSpec:
    """Return the tweets by hour of the day, in grey those of the day before."""
    busiest = max(counts.hours, key=lambda hour: hour.tweets)
    earlier = {hour.start.strftime("%H:%M"): hour for hour in before.hours}
    values = tuple(float(hour.tweets) if hour.observed_minutes else None for hour in counts.hours)
    aligned = [earlier.get(hour.start.strftime("%H:%M")) for hour in counts.hours]
    compared = tuple(float(hour.tweets) if hour and hour.observed_minutes else None for hour in aligned)
    series = [Series(f"{counts.period.day:%-d %B}", values)]
    if before.totals.counted:
        series.append(Series(f"{before.period.day:%-d %B}", compared))
    return ChartSpec(
        slug="hours",
        title=f"Busiest at {clock_hour(busiest.start)}: {count_of(busiest.tweets, 'tweet')} in the hour",
        kind=ChartKind.COLUMNS,
        axis=f"hour of the day, {counts.period.zone.key}",
        unit="tweets",
        labels=tuple(hour.start.strftime("%H") for hour in counts.hours),
        series=tuple(series),
        note="Hours that were not observed are left empty.",
    )


def hours_strip(counts: DayCounts) -> Strip:
    """Return tweets and minutes by hour: busy hours and missed minutes stand out."""
    tweets = tuple(hour.tweets for hour in counts.hours)
    observed = tuple(hour.observed_minutes for hour in counts.hours)
    missed = tuple(60 - 60 * hour.observed_minutes // hour.expected_minutes for hour in counts.hours)
    return Strip(
        slug="by-hour",
        title="Tweets and observed minutes by hour; missed minutes are shaded",
        axis=counts.period.zone.key,
        labels=tuple(hour.start.strftime("%H") for hour in counts.hours),
        lines=(StripLine("Tweets", tweets, tweets, max(tweets)), StripLine("Minutes", observed, missed, 60)),
    )


def languages_chart(counts: DayCounts) -> ChartSpec:
    """Return the tweets by language, the eight most used by name."""
    by_name: Counter[str] = Counter()
    for code, tweets in counts.languages:
        by_name[language(code)] += tweets  # old and new codes share a name
    ranked = sorted(by_name.items(), key=lambda found: (-found[1], found[0]))
    named, rest = ranked[:_LANGUAGES], sum(tweets for _, tweets in ranked[_LANGUAGES:])
    labels = [name for name, _ in named] + (["other"] if rest else [])
    values = [float(tweets) for _, tweets in named] + ([float(rest)] if rest else [])
    share = named[0][1] / counts.totals.counted if named else 0
    return ChartSpec(
        slug="languages",
        title=f"{percent(share)} in {labels[0]}, by what Twitter takes the language to be"
        if labels
        else "No language",
        kind=ChartKind.BARS,
        axis="language",
        unit="tweets",
        labels=tuple(labels),
        series=(Series("tweets", tuple(values)),),
    )
