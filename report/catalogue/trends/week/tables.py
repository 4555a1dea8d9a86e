"""The tables of a week: the first ten, what rose and what fell against the week before."""

from report.catalogue.trends.tables import ARROW, CHANGE, TAG, TOP, TREND, TWEETS, left_out, remark, used
from report.history import Counted
from report.trends import Trend, falling, rising
from report.values import Column, Kind, Table, Value
from report.words import days_of_week

_MOVERS = 5
_MOVED = (
    TAG,
    TREND,
    TWEETS,
    Column("Before", Kind.COUNT, "tweets_before"),
    Column("Rank", Kind.COUNT, "ranks"),
    CHANGE,
    Column("Rank", Kind.DATA),
    Column("Rank before", Kind.DATA),
)


def top_table(week: Counted) -> Table:
    """Return the ten most used hashtags."""
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.place, one.tag, remark(one), one.tweets, one.tweets, one.authors, one.change)
        for one in used(week)[:TOP]
    )
    drawn, authors = Column("Tweets, drawn", Kind.BAR), Column("Authors", Kind.COUNT)
    return Table(
        slug="top-hashtags",
        title="The ten most used hashtags",
        columns=(Column("Rank", Kind.RANK), TAG, TREND, TWEETS, drawn, authors, CHANGE),
        rows=rows,
        note=_compared_with(week),
        empty="No hashtag was used.",
    )


def risers_table(week: Counted) -> Table:
    """Return what rose since the week before; what one author made is named, not ranked."""
    named = left_out(week)
    return Table(
        slug="risers",
        title="Hashtags used more than in the week before, beyond chance",
        columns=_MOVED,
        rows=tuple(_moved(one) for one in rising(week.trends, _MOVERS)),
        note=named,
        empty=f"{_nothing(week, 'rose')} {named}".rstrip(),
    )


def fallers_table(week: Counted) -> Table:
    """Return what fell since the week before, or is gone."""
    return Table(
        slug="fallers",
        title="Hashtags used less than in the week before, beyond chance",
        columns=_MOVED,
        rows=tuple(_moved(one) for one in falling(week.trends, _MOVERS)),
        empty=_nothing(week, "fell"),
    )


def _moved(one: Trend) -> tuple[Value, ...]:
    none = "\N{EM DASH}"
    rank = f"{one.place_before or none}{ARROW}{one.place or none}"
    before = one.change.before
    return one.tag, remark(one), one.tweets, before, rank, one.change, one.place, one.place_before


def _nothing(week: Counted, verb: str) -> str:
    if not week.before.totals.observed_minutes:
        return f"What {verb} can't be said: the week before was not observed."
    return f"Nothing {verb} more than chance explains."


def _compared_with(week: Counted) -> str:
    days = days_of_week(week.before.period.day)
    if not week.before.totals.observed_minutes:
        return f"No change is shown: the week before, {days}, was not observed."
    return f"Change and trend: against the week before, {days}, per observed minute."
