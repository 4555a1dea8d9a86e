"""The trends report: which hashtags a day was about, and which of them really rose."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from report.catalogue import Ingredients
from report.counts import DayCounts
from report.errors import NotBegun, NotFound
from report.history import CountedDay, day_before
from report.places import counted_day, known_day
from report.storage import ObjectInfo, Storage
from report.trends import Trend, rising
from report.values import (
    ChartKind,
    ChartSpec,
    Column,
    Kind,
    Note,
    Period,
    Report,
    Section,
    Series,
    Strip,
    StripLine,
    Table,
    Value,
    Verdict,
)
from report.words import clock_hour, count_of, isolated, language, long_day, ordinal, percent, shown_tag, span

TITLE = "Twitter Trends"
_TOP = 10
_RISERS = 5
_IN_DATA = 100
_LANGUAGES = 8
_BLOCK_HOURS = 3


def build(ingredients: Ingredients, period: Period) -> Report:
    """Return the trends of a period, set beside the day before; raise `EngineError`, `StorageError`."""
    _check_begun(ingredients.storage, period)
    return describe(ingredients.history.look(period))


def prepare(ingredients: Ingredients, period: Period) -> Iterator[ObjectInfo]:
    """Yield what the report reads, made right first; raise `NotBegun`, `EngineError`, `StorageError`."""
    _check_begun(ingredients.storage, period)
    before, zone = day_before(period).day, period.zone.key
    ingredients.history.settle(before if period.is_open else period.day)
    counted = counted_day(zone, period.day), counted_day(zone, before)
    for key in (*counted, f"{known_day(zone, before)}.json"):
        with suppress(NotFound):  # nothing was collected then
            yield ingredients.storage.head(key)


def _check_begun(storage: Storage, period: Period) -> None:
    """A day of silence has a report; a day before anything was collected is a mistake in the date."""
    first = min((name.removeprefix("dt=") for name in storage.list_folders("raw/")), default="")
    last_moment = period.window.end - timedelta(microseconds=1)
    if first and last_moment.date().isoformat() < first:
        raise NotBegun(f"{period.day.isoformat()} is before anything was collected: that began on {first}")


def describe(day: CountedDay) -> Report:
    """Return the report of a counted day."""
    counts = day.counts
    used = tuple(one for one in day.trends if one.place)
    news = _news(day, used) if counts.totals.counted else ()
    small_print = Section("How this was counted", (_totals_table(counts), _rules(counts, day.before)))
    return Report(
        name="trends",
        title=TITLE,
        period=counts.period,
        headline=headline(counts, used),
        sections=(*news, small_print),
        data=_data(day, used),
    )


def _news(day: CountedDay, used: tuple[Trend, ...]) -> tuple[Section, ...]:
    counts, before = day.counts, day.before
    course = (_hours_chart(counts, before), _hours_strip(counts), _course_table(day))
    return (
        Section("Top 10", (_top_table(used, before),)),
        Section("What rose", (_risers_table(used),)),
        Section("The day's course", course),
        Section("Languages", (_languages_chart(counts),)),
    )


def headline(counts: DayCounts, used: tuple[Trend, ...]) -> str:
    """Return the news in one sentence."""
    totals, period = counts.totals, counts.period
    if not totals.tweets:
        return f"Nothing was collected on {long_day(period.day)}{' so far' if period.is_open else ''}."
    seen = f"{percent(totals.observed_share)} of minutes seen"
    size = f"{count_of(totals.counted, 'tweet')} from {count_of(totals.authors, 'author')}, {seen}"
    if not used:
        return f"No hashtag was used; {size}."
    return f"{_leader(used[0])}; {size}."


def _leader(first: Trend) -> str:
    name = isolated(shown_tag(first.tag))
    if first.change.verdict is Verdict.UNKNOWN:
        return f"{name} is first with {count_of(first.tweets, 'tweet')}"
    if first.place_before is None:
        return f"{name} is new and first"
    if first.place_before == 1:
        return f"{name} stays first"
    if first.change.verdict is Verdict.NOISE:
        return f"{name} is first, {ordinal(first.place_before)} the day before (within noise)"
    return f"{name} rose from {ordinal(first.place_before)} to 1st"


def _top_table(used: tuple[Trend, ...], before: DayCounts) -> Table:
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.place, one.tag, one.tweets, one.tweets, one.authors, one.change) for one in used[:_TOP]
    )
    return Table(
        slug="top-hashtags",
        title="The ten most used hashtags",
        columns=(
            Column("Rank", Kind.RANK),
            Column("Hashtag", Kind.TAG),
            Column("Tweets", Kind.COUNT),
            Column("Tweets, drawn", Kind.BAR),
            Column("Authors", Kind.COUNT),
            Column("Change", Kind.CHANGE),
        ),
        rows=rows,
        note=_compared_with(before),
        empty="No hashtag was used.",
    )


def _compared_with(before: DayCounts) -> str:
    day = long_day(before.period.day)
    if not before.totals.observed_minutes:
        return f"No change is shown: {day} was not observed."
    return f"Change: against {day}, per observed minute."


def _risers_table(used: tuple[Trend, ...]) -> Table:
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            one.tag,
            one.tweets,
            one.change.before,
            f"{one.place_before or 'none'} \N{RIGHTWARDS ARROW} {one.place}",
            one.change,
        )
        for one in rising(used, _RISERS)
    )
    return Table(
        slug="risers",
        title="Hashtags that rose more than chance explains",
        columns=(
            Column("Hashtag", Kind.TAG),
            Column("Tweets", Kind.COUNT),
            Column("Before", Kind.COUNT, "tweets_before"),
            Column("Rank", Kind.WORD),
            Column("Change", Kind.CHANGE),
        ),
        rows=rows,
        empty="Nothing rose more than chance explains.",
    )


def _hours_chart(counts: DayCounts, before: DayCounts) -> ChartSpec:
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


def _hours_strip(counts: DayCounts) -> Strip:
    """Busy hours stand out among the tweets, missed minutes among the minutes."""
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


def _course_table(day: CountedDay) -> Table:
    """The top hashtags by blocks of three hours: fine enough to see when, coarse enough for a telephone."""
    counts = day.counts
    blocks = [counts.hours[at : at + _BLOCK_HOURS] for at in range(0, len(counts.hours), _BLOCK_HOURS)]
    rows = []
    for course in day.courses:
        row: list[Value] = [course.tag]
        for block in blocks:
            start, end = block[0].start, block[-1].start + timedelta(hours=1)
            row.append(sum(tweets for quarter, tweets in course.quarters if start <= quarter < end))
        rows.append(tuple(row))
    names = [block[0].start.strftime("%H") for block in blocks]
    return Table(
        slug="course",
        title=f"Tweets in three hours, from the hour named ({counts.period.zone.key})",
        columns=(
            Column("Hashtag", Kind.TAG),
            *(
                Column(name, Kind.SHADE, f"from_{name}_{place}" if name in names[:place] else f"from_{name}")
                for place, name in enumerate(names)
            ),
        ),
        rows=tuple(rows),
        empty="No hashtag was used.",
    )


def _languages_chart(counts: DayCounts) -> ChartSpec:
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


def _totals_table(counts: DayCounts) -> Table:
    totals = counts.totals
    notices = ", ".join(f"{kind} {number:,}" for kind, number in sorted(totals.notices.items()))
    rows: tuple[tuple[Value, ...], ...] = (
        ("Tweets", totals.tweets, ""),
        ("of them retweets", totals.retweets, "counted" if counts.rules.retweets else "not counted"),
        ("Authors", totals.authors, ""),
        ("Duplicates removed", totals.duplicates, "same tweet id"),
        ("Notices, no tweets", sum(totals.notices.values()), notices),
        ("Refused documents", totals.refused, "not readable as a tweet"),
        ("Minutes observed", totals.observed_minutes, f"of {totals.expected_minutes:,}"),
    )
    columns = (Column("What", Kind.WORD), Column("Number", Kind.COUNT), Column("Remark", Kind.WORD))
    return Table(slug="totals", title="What was collected", columns=columns, rows=rows)


def _rules(counts: DayCounts, before: DayCounts) -> Note:
    retweets = "with retweets" if counts.rules.retweets else "without retweets"
    return Note(
        (
            f"Period: {span(counts.period)}.",
            f"A hashtag counts once in a tweet, {retweets}; a retweet has its original's hashtags. Spellings "
            "that differ only in case or width are one hashtag, shown as most people write it. "
            "Equal numbers stand in alphabetical order.",
            "A minute is observed when at least one tweet was seen in it.",
            f"Changes are against {long_day(before.period.day)}, of which {before.totals.observed_minutes:,} "
            f"of {before.totals.expected_minutes:,} minutes were observed. Real means: more than three "
            "standard errors of a Poisson rate per observed minute, and at least 5 tweets; anything else is "
            "within noise.",
        )
    )


def _data(day: CountedDay, used: tuple[Trend, ...]) -> dict[str, Any]:
    counts, totals = day.counts, day.counts.totals
    return {
        "counts": {
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
        },
        "rules": {"retweets": counts.rules.retweets},
        "tags": [_tag_data(one) for one in used[:_IN_DATA]],
        "hours": [
            {
                "start": hour.start.isoformat(),
                "tweets": hour.tweets,
                "observed_minutes": hour.observed_minutes,
            }
            for hour in counts.hours
        ],
        "languages": [{"language": code, "tweets": tweets} for code, tweets in counts.languages],
    }


def _tag_data(one: Trend) -> dict[str, Any]:
    return {
        "rank": one.place,
        "tag": one.tag,
        "tweets": one.tweets,
        "authors": one.authors,
        "rank_before": one.place_before,
        "tweets_before": one.change.before,
        "change_percent": None if one.change.percent is None else round(one.change.percent, 1),
        "change": one.change.verdict.value,
    }
