"""The study's file, checked row by row: what cannot be right is named by its line, and left out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from report.errors import BuildError
from report.sheets import rows_of
from report.storage import Storage

FILE = "cancer.csv"
_WHOLE = re.compile(r"-?[0-9]{1,15}(\.0*)?")
_SHOWN = 40
_NAMED = 3


@dataclass(frozen=True)
class County:
    """A row of the study, by its number from 1."""

    row: int
    cancer: int
    population: int

    @property
    def rate(self) -> float:
        """Cases by people."""
        return self.cancer / self.population


@dataclass(frozen=True)
class Study:
    """The counties that count, in the file's order, and of other rows the line and what is wrong with it."""

    counties: Sequence[County]
    left_out: Sequence[tuple[int, str]]


def read_study(source: Storage) -> Study:
    """Return the study of a source; raise `BuildError` where nothing in it counts, and `StorageError`."""
    counties, left_out = [], []
    for number, row in enumerate(rows_of(source, FILE, ("cancer", "population")), start=1):
        try:
            counties.append(_county(number, row.values))
        except ValueError as error:
            left_out.append((row.line, str(error)))
    if not counties:
        raise BuildError(_lacking(source, left_out))
    return Study(counties, left_out)


def _lacking(source: Storage, left_out: Sequence[tuple[int, str]]) -> str:
    there = [info.key for info in source.list()]
    if FILE not in there:
        others = ", ".join(there[:_NAMED]) + (" and more" if len(there) > _NAMED else "")
        return f"{FILE} is missing in the source of rates, which has {others or 'nothing'}"
    why = f"; line {left_out[0][0]}: {left_out[0][1]}" if left_out else ""
    return f"{FILE} has no row that counts{why}"


def _county(number: int, values: Mapping[str, str]) -> County:
    county = County(number, _whole("cancer", values), _whole("population", values))
    if not county.population:
        raise ValueError("population is 0, so there is no rate")
    if county.cancer > county.population:
        raise ValueError(f"cancer is {county.cancer}, more than the {county.population} people there are")
    return county


def _whole(name: str, values: Mapping[str, str]) -> int:
    text = values[name]
    if not text:
        raise ValueError(f"{name} is missing")
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{name} is {text[:_SHOWN]!r}, which is no whole number")
    if text.startswith("-"):
        raise ValueError(f"{name} is {text}, which is below 0")
    return int(text.partition(".")[0])
