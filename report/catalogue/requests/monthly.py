"""Counts a month: all its files, one after the other."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from report.catalogue.requests.counting import BadFile, Tally, count_file
from report.catalogue.requests.files import files_of
from report.errors import BuildError, NotFound
from report.storage import Storage
from report.values import Period
from report.words import count_of

NO_NAME = "(none)"
_ENDINGS = (".csv", ".csv.gz")
_UNSHOWN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_NAME = 200


@dataclass(frozen=True)
class CountedFile:
    """A file of the month: how many requests of it count; `refused` says why none, `remarks` what was odd."""

    key: str
    requests: int
    refused: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Month:
    """A month's requests by service, the most first; `days` are those of the month that have any.

    `outside` requests carry a date of another month, `undated` none that can be read; both count.
    """

    period: Period
    services: Mapping[str, int]
    days: int
    outside: int
    undated: int
    files: tuple[CountedFile, ...]

    @property
    def total(self) -> int:
        """How many requests there were."""
        return sum(self.services.values())

    @property
    def calendar_days(self) -> int:
        """How many days the month has."""
        return self.period.day.day

    @property
    def observed_minutes(self) -> int:
        """The minutes of the days that have requests; of all days where no date can be read."""
        return 1440 * (self.days or self.calendar_days)


def count_month(source: Storage, period: Period) -> Month:
    """Return the month's count; raise `BuildError` naming each file where none can be counted."""
    month = _counted(source, period)
    refused = [f"{file.key} {file.refused}" for file in month.files if file.refused]
    if len(refused) == len(month.files):
        raise BuildError(f"no file of {period.id} can be counted: {'; '.join(refused)}")
    return month


def count_month_before(source: Storage, period: Period) -> Month | None:
    """Return the count of the month to compare with, None where it has no file that can be counted."""
    month = _counted(source, period)
    return month if any(not file.refused for file in month.files) else None


def shown_name(name: str) -> str:
    """Return a service's name as it is counted: its spelling, on one line, of bearable length."""
    shown = _UNSHOWN.sub(" ", name).strip()
    return shown[:_LONGEST_NAME] or NO_NAME


def _counted(source: Storage, period: Period) -> Month:
    services: Counter[str] = Counter()
    days: Counter[str] = Counter()
    files = []
    for info in files_of(source, period):
        try:
            tally = _tally_of(source, info.key)
        except BadFile as error:
            files.append(CountedFile(info.key, 0, str(error)))
            continue
        except NotFound:  # gone since it was listed
            continue
        services.update(tally.services)
        days.update(tally.days)
        files.append(CountedFile(info.key, tally.services.total(), remarks=tuple(_remarks(tally))))
    return _month(period, services, days, tuple(files))


def _tally_of(source: Storage, key: str) -> Tally:
    if not key.lower().endswith(_ENDINGS):
        raise BadFile("is named after the month, but is neither .csv nor .csv.gz")
    with TemporaryDirectory(prefix="requests-") as folder:
        path = Path(folder) / "file"
        source.download(key, path)
        return count_file(path)


def _month(
    period: Period, services: Counter[str], days: Mapping[str, int], files: tuple[CountedFile, ...]
) -> Month:
    named: Counter[str] = Counter()
    for name, requests in services.items():
        named[shown_name(name)] += requests
    ranked = sorted(named.items(), key=lambda item: (-item[1], item[0].casefold(), item[0]))
    dated = [(_day(text), requests) for text, requests in days.items()]
    inside = {day for day, _ in dated if day and period.first_day <= day <= period.day}
    return Month(
        period=period,
        services=dict(ranked),
        days=len(inside),
        outside=sum(requests for day, requests in dated if day and day not in inside),
        undated=sum(requests for day, requests in dated if not day),
        files=files,
    )


def _remarks(tally: Tally) -> Iterable[str]:
    if tally.is_western:
        yield "is not UTF-8, and was read as Windows-1252"
    if tally.broken_count:
        lines = ", ".join(f"{line:,}" for line in tally.broken)
        more = " and others" if tally.broken_count > len(tally.broken) else ""
        yield (
            f"{count_of(tally.broken_count, 'row')} left out, with fewer or more fields than the first line: "
            f"line {lines}{more}"
        )
    if tally.blank:
        yield f"{count_of(tally.blank, 'row')} without any value left out"


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None
