"""Small tables that people keep as CSV files: their headings as people write them, each row with its line."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from report.errors import BuildError, NotFound
from report.storage import Storage

_LARGEST_BYTES = 1_000_000


@dataclass(frozen=True)
class Row:
    """A row's values in the columns that were asked for, and the line of the file it ends at."""

    line: int
    values: Mapping[str, str]


def bare(heading: str) -> str:
    """Return what tells columns apart: "Service Name " is service_name, and "E-mail" is email."""
    return re.sub(r"[\W_]+", "", heading.casefold())


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces and without signs that nobody sees."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def separation(headings: Sequence[str]) -> str:
    """Return what to say of a first line that is no list by commas, as some spreadsheets write."""
    if len(headings) == 1 and any(sign in headings[0] for sign in ";\t|"):
        return "; save it with commas between columns"
    return ""


def rows_of(source: Storage, key: str, columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a small file, empty ones left out; nothing where there is no such file.

    Raise `BuildError` for a file that is too large, no CSV in UTF-8, or lacks one of the `columns`.
    """
    try:
        size, body = source.head(key).size, b""
        if size <= _LARGEST_BYTES:
            body = source.get(key)
    except NotFound:
        return
    if size > _LARGEST_BYTES:
        raise BuildError(f"{key} has {size:,} bytes: such a list has at most {_LARGEST_BYTES:,}")
    try:
        yield from _rows(body.decode("utf-8-sig"), key, columns)
    except UnicodeDecodeError as error:
        raise BuildError(f"{key} is not UTF-8, from byte {error.start:,} on: save it as CSV UTF-8") from error
    except csv.Error as error:
        raise BuildError(f"{key} is no CSV: {error}; look for a quote that is not closed") from error


def _rows(text: str, key: str, columns: Sequence[str]) -> Iterator[Row]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    headings = next(reader, [])
    names = [bare(heading) for heading in headings]
    if missing := [column for column in columns if bare(column) not in names]:
        shown = ", ".join(headings)[:200]
        raise BuildError(f"{key} has no column {missing[0]}; its columns: {shown}{separation(headings)}")
    places = {column: names.index(bare(column)) for column in columns}
    for values in reader:
        if any(map(str.strip, values)):
            padded = [*map(str.strip, values), *[""] * len(names)]
            yield Row(reader.line_num, {column: padded[at] for column, at in places.items()})
