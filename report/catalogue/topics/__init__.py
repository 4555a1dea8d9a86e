"""The topics Twitter called trending: of each place the last answer of the day, in the API's own order."""

from collections.abc import Iterator
from datetime import date

from report.catalogue import Ingredients
from report.catalogue.topics.payloads import Found, Payload, keys_within, last_of_each_place
from report.errors import NotBegun
from report.storage import Storage
from report.values import Block, Column, Kind, Note, Period, Report, Section, Span, Table
from report.words import count_of, cut, isolated, plain_day

TITLE = "Trending Topics"
SPANS = (Span.SO_FAR, Span.DAY)
NEEDS = "answers of trends/place in {source}, named dt=2026-11-20/130500Z-WOEID-NAME.json"
_TOP = 10
_SHOWN = 20
_WORLD = 1  # the woeid of no place in particular
_COLUMNS = (
    Column("Rank", Kind.RANK),
    Column("Topic", Kind.PHRASE),
    Column("Tweets", Kind.COUNT),
    Column("", Kind.BAR),
)


def prepare(ingredients: Ingredients, period: Period) -> Iterator[str]:
    """Yield each answer received in the period; raise `NotBegun` before the first, and `StorageError`."""
    first = _first_day(ingredients.source)
    if first is None or period.day.isoformat() < first:
        raise NotBegun(f"no topics were collected up to {period.id}")
    yield from (f"{key} {etag}" for key, etag in keys_within(ingredients.source, period.window).items())


def build(ingredients: Ingredients, period: Period) -> Report:
    """Return the first ten topics of each place, and all of them in a CSV each; raise `StorageError`."""
    found = last_of_each_place(ingredients.source, keys_within(ingredients.source, period.window))
    lists = [_section(payload, period, spare) for spare, payload in enumerate(found.payloads)]
    return Report(
        name="topics",
        title=TITLE,
        period=period,
        headline=_headline(found, period),
        sections=(*lists, Section("How this was collected", _small_print(found))),
        data={"places": [_said(payload) for payload in found.payloads]},
        ranking=tuple(one.name for payload in found.payloads[:1] for one in payload.topics[:_TOP]),
        is_empty=not (found.payloads or found.passed_over),
        totals={"places": len(found.payloads), "topics": sum(len(one.topics) for one in found.payloads)},
    )


def _first_day(source: Storage) -> str | None:
    days = (folder.removeprefix("dt=") for folder in source.list_folders(""))
    return min((day for day in days if _is_day(day)), default=None)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _headline(found: Found, period: Period) -> str:
    if not found.payloads:
        return f"No topics were collected on {plain_day(period.day)}{' so far' if period.is_open else ''}."
    first = found.payloads[0]
    leader = f"{isolated(cut(first.topics[0].name))} is first" if first.topics else "Nothing is trending"
    others = len(found.payloads) - 1
    more = f"; {count_of(others, 'other place')} below" if others else ""
    where = "worldwide" if first.woeid == _WORLD else f"in {isolated(cut(first.place))}"
    return f"{leader} {where}{more}."


def _section(payload: Payload, period: Period, spare: int) -> Section:
    as_of = payload.as_of.astimezone(period.zone)
    rows = tuple((one.place, one.name, one.volume, one.volume) for one in payload.topics)
    title = f"As of {plain_day(as_of.date())}, {as_of:%H:%M}, {period.zone.key}"
    nothing = f"{title}: no topic is named."
    table = Table(f"topics-{payload.woeid}", title, _COLUMNS, rows, empty=nothing, shown=_TOP)
    return Section(isolated(cut(payload.place)), (table,), spare)


def _small_print(found: Found) -> tuple[Block, ...]:
    said = (
        "Topics stand in the order the API gives them, which is not that of their tweets. A dash says that "
        "it gave no number of tweets. Of each place the last answer of the day is shown."
    )
    columns = Column("File", Kind.WORD), Column("What is wrong", Kind.WORD)
    rows = tuple(found.passed_over)
    title = f"{count_of(len(rows), 'file')} passed over"
    nothing = "No file was passed over."
    return Note((said,)), Table("passed-over", title, columns, rows, empty=nothing, shown=_SHOWN)


def _said(payload: Payload) -> dict[str, object]:
    topics = [{"rank": one.place, "name": one.name, "tweets": one.volume} for one in payload.topics]
    named = {"place": payload.place, "woeid": payload.woeid, "as_of": payload.as_of.isoformat()}
    return {**named, "topics": topics}
