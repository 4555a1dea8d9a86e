"""What is known of a day's first ten hashtags: since when, how often in front, in which spellings."""

from report.catalogue.trends.tables import TOP, used
from report.history import Counted, CountedDay
from report.trends import Trend
from report.values import Column, Kind, Table, Value
from report.words import count_of, cut, isolated, plain_day

_SPELLINGS = 4


def known_table(day: CountedDay) -> Table:
    """Return what was known of the top ten before the day."""
    return Table(
        slug="known",
        title="Up to the day before",
        columns=(
            Column("Hashtag", Kind.TAG),
            Column("First seen", Kind.REMARK),
            Column("Days in top 10", Kind.COUNT),
            Column("Last of them", Kind.DAY, "last_in_top_10"),
            Column("Best rank", Kind.COUNT),
            Column("Reached on", Kind.DAY, "best_rank_on"),
        ),
        rows=tuple(_known(one) for one in used(day)[:TOP]) if day.first_known else (),
        note=f"Days are known from {plain_day(day.first_known)} on." if day.first_known else "",
        empty="Nothing yet: no earlier day is known." if not day.first_known else "No hashtag was used.",
    )


def _known(one: Trend) -> tuple[Value, ...]:
    if (known := one.memory) is None:
        return one.tag, None, 0, None, None, None
    return (
        one.tag,
        known.first_day,
        known.days_in_top,
        known.last_in_top,
        known.best_place,
        known.best_day,
    )


def spellings_table(day: Counted) -> Table:
    """Return those of the top ten that are spelt in several ways, the most used spelling first."""
    several = [course for course in day.courses if len(course.spellings) > 1]
    return Table(
        slug="spellings",
        title="Those of the top 10 that people spell in several ways",
        columns=(Column("Hashtag", Kind.TAG), Column("Tweets by spelling", Kind.WORD, "spellings")),
        rows=tuple((course.tag, _spelt(course.spellings)) for course in several),
        empty="Each of the top 10 is spelt in one way." if day.courses else "No hashtag was used.",
    )


def _spelt(spellings: tuple[tuple[str, int], ...]) -> str:
    said = ", ".join(f"{isolated(cut(spelling))} {tweets:,}" for spelling, tweets in spellings[:_SPELLINGS])
    rest = spellings[_SPELLINGS:]
    more = f", {count_of(len(rest), 'other')} {sum(tweets for _, tweets in rest):,}" if rest else ""
    return f"{said}{more}"
