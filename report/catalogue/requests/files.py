"""Which files of the source are of a month."""

import re
from collections.abc import Iterator
from datetime import timedelta

from report.catalogue.requests.thresholds import THRESHOLDS
from report.errors import BuildError, NotBegun
from report.periods import month_period
from report.storage import ObjectInfo, Storage
from report.values import Period

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""As they stand in names of files: English whatever the language of the machine."""

_NAME = re.compile(rf"(?:.*/)?(?P<year>[0-9]{{4}})_(?P<month>{'|'.join(MONTHS)})[^/]*", re.IGNORECASE)


def prefix_of(period: Period) -> str:
    """Return what the names of a month's files begin with, such as "2019_jan"."""
    return f"{period.day.year:04}_{MONTHS[period.day.month - 1]}"


def month_before(period: Period) -> Period:
    """Return the month before a month."""
    return month_period(period.first_day - timedelta(days=1), period.zone)


def files_of(source: Storage, period: Period) -> list[ObjectInfo]:
    """Return the objects whose name, in whatever folder and case, begins with the month's, by key."""
    return [info for month, info in _months(source) if month == (period.day.year, period.day.month)]


def sources_of(source: Storage, period: Period) -> list[str]:
    """Return a line for each object that a month's report is made from: its key and etag.

    Raise `NotBegun` for a month without a file before or between those that have some, and `BuildError`
    for one that comes after them: its files are late.
    """
    before = month_before(period)
    wanted = {(month.day.year, month.day.month): month for month in (period, before)}
    lines, known = [], set()
    for month, info in _months(source):
        known.add(month)
        if month in wanted:
            lines.append(f"{info.key} {info.etag}")
    _check_there(period, known)
    return lines + [f"{info.key} {info.etag}" for info in source.list(THRESHOLDS) if info.key == THRESHOLDS]


def _check_there(period: Period, known: set[tuple[int, int]]) -> None:
    month = period.day.year, period.day.month
    if month in known:
        return
    said = f"no file of {period.id} lies in the source: their names begin with {prefix_of(period)}"
    if known and max(known) < month:
        year, number = max(known)
        raise BuildError(f"{said}; the last month there is {year:04}-{number:02}")
    raise NotBegun(said)


def _months(source: Storage) -> Iterator[tuple[tuple[int, int], ObjectInfo]]:
    for info in source.list(""):
        if named := _NAME.fullmatch(info.key):
            yield (int(named["year"]), MONTHS.index(named["month"].lower()) + 1), info
