"""The trends report: which hashtags a day was about, which really rose or fell, and what is known of them."""

from collections.abc import Iterator
from contextlib import suppress

from report.catalogue import Ingredients
from report.catalogue.trends.charts import hours_chart, hours_strip, languages_chart
from report.catalogue.trends.data import data_of
from report.catalogue.trends.headline import headline
from report.catalogue.trends.known import known_table, spellings_table
from report.catalogue.trends.rules import rules_note
from report.catalogue.trends.tables import (
    TOP,
    course_table,
    fallers_table,
    risers_table,
    top_table,
    totals_table,
    used,
)
from report.errors import NotBegun, NotFound
from report.history import CountedDay, Sources, day_before, first_day
from report.places import counted_day, known_day
from report.storage import Storage
from report.values import Period, Report, Section

TITLE = "Twitter Trends"


def build(ingredients: Ingredients, period: Period) -> Report:
    """Return the trends of a period, beside the day before and all that is known of earlier days.

    Raise `NotBegun`, `EngineError`, `StorageError`.
    """
    _check_begun(ingredients.storage, period)
    return describe(ingredients.history.look(period))


def prepare(ingredients: Ingredients, period: Period) -> Iterator[str]:
    """Yield what the report reads, made right first; raise `NotBegun`, `EngineError`, `StorageError`."""
    _check_begun(ingredients.storage, period)
    storage, before, zone = ingredients.storage, day_before(period).day, period.zone.key
    ingredients.history.settle(before if period.is_open else period.day)
    keys = [counted_day(zone, before), f"{known_day(zone, before)}.json"]
    if period.is_open:
        yield from (f"{hour} {digest}" for hour, digest in Sources(storage).of(period.window).items())
    else:
        keys.insert(0, counted_day(zone, period.day))
    for key in keys:
        with suppress(NotFound):  # nothing was collected then
            yield f"{key} {storage.head(key).etag}"


def describe(day: CountedDay) -> Report:
    """Return the report of a counted day."""
    totals = day.counts.totals
    news = _news(day) if totals.counted else ()
    small_print = Section("How this was counted", (totals_table(day.counts), rules_note(day)))
    return Report(
        name="trends",
        title=TITLE,
        period=day.counts.period,
        headline=headline(day),
        sections=(*news, small_print),
        data=data_of(day),
        coverage=totals.observed_share,
        is_empty=not totals.tweets,
        ranking=tuple(f"#{one.tag}" for one in used(day)[:TOP]),
        totals={"tweets": totals.counted, "authors": totals.authors},
    )


def _news(day: CountedDay) -> tuple[Section, ...]:
    """Return the news in reading order; a mail too large goes without the highest `spare` first."""
    counts = day.counts
    fell = () if counts.period.is_open else (Section("What fell", (fallers_table(day),)),)
    course = (hours_chart(counts, day.before), hours_strip(counts), course_table(day))
    return (
        Section("Top 10", (top_table(day),)),
        Section("What rose", (risers_table(day),)),
        *fell,
        Section("What is known of the top 10", (known_table(day),), spare=2),
        Section("The day's course", course, spare=1),
        Section("Spellings", (spellings_table(day),), spare=4),
        Section("Languages", (languages_chart(counts),), spare=3),
    )


def _check_begun(storage: Storage, period: Period) -> None:
    """A day of silence has a report; a day before anything was collected is a mistake in the date."""
    first = first_day(storage, period.zone)
    if first and period.day < first:
        raise NotBegun(f"{period.day.isoformat()} is before anything was collected: that began on {first}")
