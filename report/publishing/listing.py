"""What the pages that list a site's files say, in their final words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from report.publishing.links import path_of
from report.publishing.shelf import PAGE, Shelved
from report.words import count_of

_KB = 1000
_ORDER = (".html", ".txt", ".json", ".csv", ".png")


@dataclass(frozen=True)
class FileRow:
    """A file: where it is, when it was frozen, how large it is."""

    name: str
    link: str
    stamp: str
    modified: str
    size: str


@dataclass(frozen=True)
class ReportRow:
    """A report with its files; without files it is only led to."""

    name: str
    headline: str
    link: str
    sum: str = ""
    files: tuple[FileRow, ...] = ()
    is_open: bool = False


@dataclass(frozen=True)
class Group:
    """A month's reports, and where its own page is, if it has one."""

    title: str
    reports: tuple[ReportRow, ...]
    link: str = ""


@dataclass(frozen=True)
class Folder:
    """A month or a year with a page of its own."""

    title: str
    link: str
    reports: str
    files: str
    stamp: str
    modified: str
    size: str


@dataclass(frozen=True)
class ListingContext:
    """All that a listing says."""

    heading: str
    told: str
    newest: tuple[ReportRow, ...] = ()
    groups: tuple[Group, ...] = ()
    folders: tuple[Folder, ...] = ()
    folders_title: str = ""
    folders_told: str = ""
    folders_head: str = ""


def by_month(shelf: Sequence[Shelved]) -> list[tuple[tuple[int, int], list[Shelved]]]:
    """Return the editions by (year, month), newest first."""
    return [(month, list(group)) for month, group in groupby(newest_first(shelf), _month)]


def by_year(shelf: Sequence[Shelved]) -> list[tuple[int, list[Shelved]]]:
    """Return the editions by year, newest first."""
    return [(year, list(group)) for year, group in groupby(newest_first(shelf), lambda one: one.day.year)]


def newest_first(shelf: Iterable[Shelved]) -> list[Shelved]:
    """Return the editions, newest first."""
    return sorted(shelf, key=lambda one: one.order, reverse=True)


def month_title(month: tuple[int, int]) -> str:
    """Return "November 2026"."""
    return f"{datetime(*month, 1, tzinfo=UTC):%B} {month[0]}"


def report_row(one: Shelved, is_newest: bool, titles: Sequence[str], with_files: bool = True) -> ReportRow:
    """Return a report; its title stands before its day where the site has reports of several `titles`."""
    name = f"{one.title}: {one.name}" if len(titles) > 1 else one.name
    if one.revision > 1 and not is_newest:
        name += f", version {one.revision}"
    link = one.base if is_newest else f"/{one.root}"
    if not with_files:
        return ReportRow(name, one.headline, link)
    rows = tuple(_file_row(one, file) for file in sorted(one.files, key=_file_order))
    total = sum(file.size for file in one.files.values())
    return ReportRow(name, one.headline, link, f"{count_of(len(rows), 'file')}, {size_of(total)}", rows)


def folder(title: str, link: str, shelf: Sequence[Shelved]) -> Folder:
    """Return the row of a month or year that has a page of its own."""
    files = [file for one in shelf for file in one.files.values()]
    modified_at = max(one.modified_at for one in shelf)
    return Folder(
        title=title,
        link=link,
        reports=f"{len(shelf):,}",
        files=f"{len(files):,}",
        stamp=_stamp(modified_at),
        modified=minute_of(modified_at),
        size=size_of(sum(file.size for file in files)),
    )


def sum_of(shelf: Sequence[Shelved]) -> str:
    """Return "14 reports, 308 files, 2.1 MB"."""
    files = [file.size for one in shelf for file in one.files.values()]
    return f"{count_of(len(shelf), 'report')}, {count_of(len(files), 'file')}, {size_of(sum(files))}"


def size_of(size: int) -> str:
    """Return a number of bytes as "812 B", "12.3 kB", "2.1 MB"; a kB is 1,000 bytes."""
    for unit in ("B", "kB", "MB"):
        if size < _KB:
            return f"{size:.1f} {unit}" if isinstance(size, float) else f"{size} {unit}"
        size = size / _KB  # type: ignore[assignment]
    return f"{size:,.1f} GB"


def minute_of(moment: datetime) -> str:
    """Return "20 Nov 2026, 05:01", UTC."""
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def _file_row(one: Shelved, name: str) -> FileRow:
    file = one.files[name]
    return FileRow(
        name,
        path_of(one.root + name),
        _stamp(file.modified_at),
        minute_of(file.modified_at),
        size_of(file.size),
    )


def _file_order(name: str) -> tuple[bool, int, str]:
    """The page first, then what people read, then what machines do."""
    rank = next((at for at, ending in enumerate(_ORDER) if name.endswith(ending)), len(_ORDER))
    return name != PAGE, rank, name


def _month(one: Shelved) -> tuple[int, int]:
    return one.day.year, one.day.month


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
