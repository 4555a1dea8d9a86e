"""Which editions a site shows, and what it must know of each without reading it again."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from report.catalogue import FIRST
from report.editions import Edition
from report.errors import PublishError
from report.periods import day_named, month_named, period_of
from report.publishing.links import links_of
from report.storage import Storage
from report.web_paths import period_path
from report.words import period_name

PAGE, DATA = "page.html", "data.json"


@dataclass(frozen=True)
class ShelvedFile:
    """A file of an edition; `modified_at` is when it was frozen, UTC."""

    content_type: str
    size: int
    sha256: str
    modified_at: datetime


@dataclass(frozen=True)
class Shelved:
    """An edition as it was when it came to the site; it is frozen, so nothing of this changes.

    `base` is the folder its period has on the web, from the root, ending in "/"; `links` lead from its page
    elsewhere on the site; `bokeh` is the version of BokehJS its charts were made with, if it has any.
    """

    report: str
    title: str
    name: str
    headline: str
    period: str
    day: date
    revision: int
    folder: str
    base: str
    links: tuple[str, ...]
    bokeh: str
    files: Mapping[str, ShelvedFile] = field(default_factory=dict)

    @property
    def id(self) -> tuple[str, str, int]:
        """What tells it from every other: its report, period and revision."""
        return self.report, self.period, self.revision

    @property
    def root(self) -> str:
        """The folder of its own files on the site, ending in "/"."""
        return f"{self.base.removeprefix('/')}r{self.revision}/"

    @property
    def order(self) -> tuple[date, bool, str, int]:
        """What sorts editions by time; a whole day or month comes after its parts, and the week it ends."""
        return self.day, self.is_whole, self.period, self.revision

    @property
    def is_whole(self) -> bool:
        """Whether it is of one whole day or month, of which a report has one kind; such is its newest."""
        return bool(day_named(self.period) or month_named(self.period))

    @property
    def modified_at(self) -> datetime:
        """When the last of its files was frozen, UTC."""
        return max(file.modified_at for file in self.files.values())


def shelve(storage: Storage, edition: Edition) -> Shelved:
    """Read what a site must know of an edition; raise `NotFound`, `StorageError`, `PublishError`."""
    page = storage.get(edition.folder + PAGE).decode()
    links = links_of(page)
    base = _base(edition, links)
    return Shelved(
        report=edition.report,
        title=edition.title,
        name=period_name(period_of(edition.period, ZoneInfo(edition.zone))),
        headline=edition.headline,
        period=edition.period,
        day=edition.day,
        revision=edition.revision,
        folder=edition.folder,
        base=base,
        links=tuple(link for link in links if not link.startswith(f"{base}r{edition.revision}/")),
        bokeh=_bokeh_version(storage, edition),
        files=_files(storage, edition),
    )


def _base(edition: Edition, links: list[str]) -> str:
    """The folder the page itself says its files lie under; where it links to none, the usual one."""
    own = re.compile(rf"(?P<base>/.+/)r{edition.revision}/[^/]+")
    found = {match["base"] for link in links if (match := own.fullmatch(link))}
    if len(found) > 1:
        raise PublishError(f"{edition.folder}{PAGE} has files in several places: {', '.join(sorted(found))}")
    return found.pop() if found else period_path(edition.report, edition.period)


def _bokeh_version(storage: Storage, edition: Edition) -> str:
    charts = sorted(name for name in edition.files if name.endswith("-chart.json"))
    if not charts:
        return ""
    key = edition.folder + charts[0]
    try:
        return str(json.loads(storage.get(key))["doc"]["version"])
    except (ValueError, LookupError, TypeError) as error:
        raise PublishError(f"{key} is no chart ({error!r}): look into it, or build the day anew") from error


def _files(storage: Storage, edition: Edition) -> dict[str, ShelvedFile]:
    frozen_at = {info.key: info.modified_at.replace(microsecond=0) for info in storage.list(edition.folder)}
    missing = [name for name in edition.files if edition.folder + name not in frozen_at]
    if missing:
        raise PublishError(f"{edition.folder} lacks {', '.join(missing)}, which its manifest names")
    return {
        name: ShelvedFile(info.content_type, info.size, info.sha256, frozen_at[edition.folder + name])
        for name, info in edition.files.items()
    }


def last_revisions(shelf: Iterable[Shelved]) -> list[Shelved]:
    """Return the editions that are their period's last revision on the site."""
    last: dict[tuple[str, str], Shelved] = {}
    for one in sorted(shelf, key=lambda one: one.revision):
        last[one.report, one.period] = one
    return list(last.values())


def newest_of_each(shelf: Iterable[Shelved]) -> list[Shelved]:
    """Return the newest edition of a whole day or month of each report, else its newest of any period.

    The site's own report goes first; the others by name.
    """
    newest: dict[str, Shelved] = {}
    for one in sorted(last_revisions(shelf), key=lambda one: (one.is_whole, one.order)):
        newest[one.report] = one
    return sorted(newest.values(), key=lambda one: (one.report != FIRST, one.report))
