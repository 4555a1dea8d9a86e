"""What the trends report says, section by section, and what it reads for that."""

from collections.abc import Iterator
from contextlib import suppress

from report.catalogue import Ingredients
from report.catalogue.trends import TITLE
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
from report.catalogue.trends.week import describe_week
from report.errors import NotBegun, NotFound
from report.history import CountedDay, History, Sources, day_before, first_day, week_before
from report.places import counted_day, counted_week, known_day
from report.storage import Storage
from report.values import Period, Report, Section


def build(ingredients: Ingredients, period: Period) -> Report:
    """Return the trends of a day beside all that is known of earlier days, or of a week beside the last.

    Raise `NotBegun`, `EngineError`, `StorageError`.
    """
    _check_begun(ingredients.storage, period)
    _check_collected(ingredients.storage, period)
    if period.is_week:
        return describe_week(TITLE, ingredients.history.look_at_week(period))
    return describe(ingredients.history.look(period))


def prepare(ingredients: Ingredients, period: Period) -> Iterator[str]:
    """Yield what the report reads, made right first; raise `NotBegun`, `EngineError`, `StorageError`."""
    _check_begun(ingredients.storage, period)
    if period.is_open:
        hours = Sources(ingredients.storage).of(period.window)
        yield from (f"{hour} {digest}" for hour, digest in hours.items())
    for key in _settled(ingredients.history, period):
        with suppress(NotFound):  # nothing was collected then
            yield f"{key} {ingredients.storage.head(key).etag}"


def _settled(history: History, period: Period) -> tuple[str, ...]:
    """Make right what is kept of closed days or weeks; return the keys of what the report reads of it."""
    zone = period.zone.key
    if period.is_week:
        history.settle_week(period)
        return counted_week(zone, period.id), counted_week(zone, week_before(period).id)
    before = day_before(period).day
    history.settle(before if period.is_open else period.day)
    known = counted_day(zone, before), f"{known_day(zone, before)}.json"
    return known if period.is_open else (counted_day(zone, period.day), *known)


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
        raise NotBegun(f"{period.id} is before anything was collected: that began on {first}")


def _check_collected(storage: Storage, period: Period) -> None:
    """No tweet ever is a storage that was mistyped, or a collector that never ran: no news of a day.

    Asked where something is to be built, for what stands outlives its tweets; an open day may have none yet.
    """
    if not period.is_open and first_day(storage, period.zone) is None:
        raise NotBegun(f"no tweet was ever collected, so there is no {period.id} to report")
