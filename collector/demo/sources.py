"""Writes what the reports beside the trends are made from, so that they can be seen at work.

It lies where each report looks for its source in STORAGE_URL. Nothing that is there is replaced, and a source
with anything of somebody's own in it is left alone, as is one that the settings say something about.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from zoneinfo import ZoneInfo

from collector.demo.city import CONTACTS, THRESHOLDS, month_files
from collector.demo.counties import study
from collector.demo.topics import answers_within
from report.catalogue.rates.study import FILE
from report.catalogue.requests.files import month_before, prefix_of
from report.catalogue.requests.thresholds import THRESHOLDS as THRESHOLDS_FILE
from report.contacts import CONTACTS as CONTACTS_FILE
from report.content_types import content_type_of
from report.errors import AlreadyExists
from report.made_up import MARK, made_up, note_made_up
from report.periods import newest_over
from report.settings import Settings
from report.storage import Storage
from report.values import Span
from report.window import Window, last_whole_day

Files = Mapping[str, Callable[[], bytes]]
"""What makes each file of a source, by its key."""


@dataclass(frozen=True)
class World:
    """What is made up: the world of a seed, in a window of time that ends now, by the days of a zone."""

    seed: int
    window: Window
    zone: ZoneInfo


@dataclass(frozen=True)
class Filled:
    """How many files were written into a source, and how many were there; or which others it has."""

    written: int = 0
    kept: int = 0
    others: str = ""


def study_files(world: World) -> Files:
    """Return the study of the rates."""
    return {FILE: lambda: study(world.seed)}


def request_files(world: World) -> Files:
    """Return the requests of the last month that is over and the one before, and who is told of them."""
    last = newest_over({Span.MONTH}, last_whole_day(world.window.end, world.zone), world.zone)
    months = (month_before(last), last)
    lists = {THRESHOLDS_FILE: lambda: THRESHOLDS, CONTACTS_FILE: lambda: CONTACTS}
    made = (month_files(world.seed, month.first_day, prefix_of(month)) for month in months)
    return dict(pair for files in (lists, *made) for pair in files.items())


def topic_files(world: World) -> Files:
    """Return the answers of trends/place that were collected in the window."""
    return answers_within(world.seed, world.window)


SOURCES: Mapping[str, Callable[[World], Files]] = {
    "rates": study_files,
    "requests": request_files,
    "topics": topic_files,
}
"""What makes the source of a report, by the report's name."""


def fill(source: Storage, files: Files) -> Filled:
    """Write the files that are not there, unless the source has others; raise `StorageError`.

    What is about to be made up is noted first: a run that was cut off is gone on with, not mistaken for
    somebody's own.
    """
    there = {info.key for info in source.list()}
    noted = made_up(source)
    if strange := sorted(there - noted.keys() - {MARK}):
        return Filled(others=_some(strange))
    new = {key: make() for key, make in files.items() if key not in there}
    if new:
        note_made_up(source, {**noted, **{key: sha256(body).hexdigest() for key, body in new.items()}})
    for key, body in new.items():
        with suppress(AlreadyExists):  # somebody was quicker, and keeps what is theirs
            source.put_if_absent(key, body, content_type_of(key, body))
    return Filled(len(new), len(files) - len(new))


def bar_to(name: str, settings: Settings) -> str:
    """Return what in the settings keeps the demo from the report of this name; nothing where none does."""
    if name in dict(settings.report_sources):
        return "REPORT_SOURCES says where its source is"
    if name in dict(settings.report_results):
        return "REPORT_RESULTS would have it laid where others look for results"
    if name == "requests" and settings.department_topics != Settings.department_topics:
        return "DEPARTMENT_TOPICS would have departments told of it"
    return ""


def _some(keys: Sequence[str]) -> str:
    first, *more = keys
    return f"{first} and {len(more):,} more" if more else first
