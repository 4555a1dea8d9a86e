"""The tables of a day: the first ten, what rose, what fell, when the ten were used, what was collected."""

from datetime import timedelta

from report.changes import REAL_FROM_Z
from report.counts import DayCounts
from report.history import Counted, CountedDay
from report.trends import Label, Trend, falling, rising
from report.values import Column, Kind, Table, Value
from report.words import isolated, long_day, shown_tag

TOP = 10
_MOVERS = 5
_LEFT_OUT = 3
_BLOCK_HOURS = 3
TAG, TWEETS, CHANGE = (
    Column("Hashtag", Kind.TAG),
    Column("Tweets", Kind.COUNT),
    Column("Change", Kind.CHANGE),
)
ARROW = "\N{NO-BREAK SPACE}\N{RIGHTWARDS ARROW}\N{NO-BREAK SPACE}"
TREND = Column("Trend", Kind.REMARK)
_JUDGED = Column("Expected", Kind.DATA, "expected_exactly"), Column("Score", Kind.DATA)


def used(day: Counted) -> tuple[Trend, ...]:
    """Return the trends of the hashtags that were used, by rank."""
    return tuple(one for one in day.trends if one.place)


def top_table(day: CountedDay) -> Table:
    """Return the ten most used hashtags."""
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.place, one.tag, remark(one), one.tweets, one.tweets, one.authors, one.change, *_judged(one))
        for one in used(day)[:TOP]
    )
    drawn, authors = Column("Tweets, drawn", Kind.BAR), Column("Authors", Kind.COUNT)
    return Table(
        slug="top-hashtags",
        title="The ten most used hashtags",
        columns=(Column("Rank", Kind.RANK), TAG, TREND, TWEETS, drawn, authors, CHANGE, *_JUDGED),
        rows=rows,
        note=_compared_with(day),
        empty="No hashtag was used.",
    )


def risers_table(day: CountedDay) -> Table:
    """Return what rose above what its own days let expect; what one author made is named, not ranked."""
    return Table(
        slug="risers",
        title="Hashtags used more than expected, beyond chance",
        columns=_MOVER_COLUMNS,
        rows=tuple(_mover(one) for one in rising(day.trends, _MOVERS)),
        note=left_out(day),
        empty=f"{_nothing(day, 'rose')} {left_out(day)}".rstrip(),
    )


def fallers_table(day: CountedDay) -> Table:
    """Return what fell below what its own days let expect, or is gone."""
    return Table(
        slug="fallers",
        title="Hashtags used less than expected, beyond chance",
        columns=_MOVER_COLUMNS,
        rows=tuple(_mover(one) for one in falling(day.trends, _MOVERS)),
        empty=_nothing(day, "fell"),
    )


_MOVER_COLUMNS = (
    TAG,
    TREND,
    TWEETS,
    Column("Expected", Kind.COUNT),
    Column("Rank", Kind.COUNT, "ranks"),
    CHANGE,
    *_JUDGED,
    Column("Rank", Kind.DATA),
    Column("Rank before", Kind.DATA),
)


def _judged(one: Trend) -> tuple[float, float | None]:
    return round(one.expected, 2), None if one.score is None else round(one.score, 2)


def _mover(one: Trend) -> tuple[Value, ...]:
    none = "\N{EM DASH}"
    rank = f"{one.place_before or none}{ARROW}{one.place or none}"
    shown = one.tag, remark(one), one.tweets, rounded(one.expected), rank, one.change
    return *shown, *_judged(one), one.place, one.place_before


def rounded(expected: float) -> float:
    """Return how many tweets were expected, as exactly as it is worth saying."""
    return round(expected, 1) if 0.05 < expected < 10 else round(expected)


def remark(one: Trend) -> str:
    """Return what stands below a hashtag: its trend, and whether one author made it."""
    by_one = f"{one.busiest:,} of {one.tweets:,} by one author" if one.is_from_one_author else ""
    is_one_authors_rise = by_one and (one.score or 0) >= REAL_FROM_Z and one.label is Label.STEADY
    return ", ".join(filter(None, ("" if is_one_authors_rise else one.words, by_one)))


def _nothing(day: CountedDay, verb: str) -> str:
    if day.first_known is None:
        return f"What {verb} can't be said yet: no earlier day is known."
    return f"Nothing {verb} more than chance explains."


def left_out(day: Counted) -> str:
    """Return which rises one author made, in a sentence; nothing where there is none."""
    found = [one for one in used(day) if one.is_from_one_author and (one.score or 0) >= REAL_FROM_Z]
    named = sorted(found, key=lambda one: (-(one.score or 0), one.key))[:_LEFT_OUT]
    if not named:
        return ""
    said = ", ".join(
        f"{isolated(shown_tag(one.tag))} ({one.busiest:,} of {one.tweets:,} tweets)" for one in named
    )
    more = f" and {len(found) - len(named):,} more" if len(found) > len(named) else ""
    return f"Left out, since one author wrote half or more: {said}{more}."


def _compared_with(day: CountedDay) -> str:
    before = day.before
    known = "" if day.first_known else " No hashtag is called new or rising: no earlier day is known."
    if not before.totals.observed_minutes:
        return f"No change is shown: {long_day(before.period.day)} was not observed.{known}"
    beside = "" if known else " New, rising, steady and so on: against all its known days."
    return f"Change: against {long_day(before.period.day)}, per observed minute.{beside}{known}"


def course_table(day: CountedDay) -> Table:
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
        columns=(TAG, *(Column(name, Kind.SHADE, _field(names, at)) for at, name in enumerate(names))),
        rows=tuple(rows),
        empty="No hashtag was used.",
    )


def _field(names: list[str], at: int) -> str:
    """Where the clock is put back, an hour comes twice."""
    return f"from_{names[at]}_{at}" if names[at] in names[:at] else f"from_{names[at]}"


def totals_table(counts: DayCounts) -> Table:
    """Return what was collected, tweet or not."""
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
