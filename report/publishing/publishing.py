"""Publishing, from what is asked for to what is to be done; the door tells of it, and lets it be done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from report import editions
from report.editions import Edition
from report.errors import NotFound, PublishError
from report.periods import last_day_named
from report.publishing.access import Bucket, Change, changes_for
from report.publishing.difference import Difference, compare
from report.publishing.memory import Memory, recall
from report.publishing.plan import Surroundings, site_files
from report.publishing.shelf import Shelved, shelve
from report.publishing.site import Access, Manner, Site, SiteFile
from report.storage import Storage


class Website(Protocol):
    """Who may read a bucket, and where it is shown; every verb raises `StorageError`."""

    def look(self) -> Bucket:
        """Return the bucket as it stands."""

    def look_at_policy(self) -> Bucket:
        """Return the bucket with its policy alone."""

    def apply(self, change: Change) -> None:
        """Make a change at the bucket."""


@dataclass(frozen=True)
class Place:
    """A site and all that is known of where it is; `address` ends in "/", or is "" where none is known.

    A folder has no `website`, and no links that are signed. `prefix` is the site's in its bucket.
    """

    url: str
    site: Site
    manner: Manner
    address: str
    prefix: str = ""
    website: Website | None = None
    link: Callable[[str, timedelta], str] | None = None


@dataclass(frozen=True)
class Publication:
    """What is to be done: the files to send, the changes at the bucket, and what the site shows after."""

    memory: Memory
    shelf: tuple[Shelved, ...]
    files: Sequence[SiteFile]
    difference: Difference
    changes_before: Sequence[Change]
    changes_after: Sequence[Change]

    @property
    def changes(self) -> list[Change]:
        """All changes at the bucket."""
        return [*self.changes_before, *self.changes_after]


Extra = Callable[[Sequence[Shelved]], Iterable[SiteFile]]
"""Makes further pages for what the site shows."""


def publication(
    storage: Storage,
    place: Place,
    around: Surroundings,
    wanted: Iterable[Edition],
    more: Extra,
    now: datetime,
) -> Publication:
    """Return what it takes for the site to show the editions wanted besides those it shows; `now` is aware.

    Raise `PublishError` where there is nothing to show, and what storage and the site raise.
    """
    memory = recall(storage, place.url)
    shelf = _with(storage, memory.editions, wanted)
    if not shelf:
        raise PublishError("there is nothing to publish yet: `python -m report build` makes a report")
    files = site_files(shelf, around, more(shelf))
    listed = place.site.list()
    difference = compare(files, place.manner, memory, listed, now)
    strangers = listed.keys() - {file.key for file in files} - memory.files.keys()
    changes = _changes(place, len(strangers))
    if place.manner.access is Access.POLICY:  # nobody is let in before there is something to see
        return Publication(memory, shelf, files, difference, [], changes)
    return Publication(memory, shelf, files, difference, changes, [])


def editions_of(storage: Storage, report: str, period_id: str) -> Edition:
    """Return the newest edition of a report's period, or of its newest day where `period_id` is empty.

    Raise `PublishError` where there is none.
    """
    try:
        return (
            editions.newest_of(storage, report, period_id) if period_id else editions.latest(storage, report)
        )
    except NotFound as error:
        of = f"of {period_id}" if period_id else "yet"
        build = f"build --report {report}" + (f" --period {period_id}" if period_id else "")
        raise PublishError(
            f"there is no {report} report {of}: `python -m report {build}` makes one"
        ) from error


def all_editions(storage: Storage, report: str = "") -> list[Edition]:
    """Return the newest edition of every whole day, week and month, of one report or of all.

    A day so far is left out: it is published by its own id.
    """
    return [
        edition
        for name, period_id in _whole_periods(storage, report)
        for edition in _finished(storage, name, period_id)
    ]


def not_shown(storage: Storage, shelf: Iterable[Shelved]) -> list[tuple[str, str]]:
    """Return report and period of each edition that `all_editions` would add to those of the shelf."""
    shown = {(one.report, one.period) for one in shelf}
    others = [one for one in _whole_periods(storage) if one not in shown]
    return [one for one in others if editions.last_revision(storage, *one)]


def _whole_periods(storage: Storage, report: str = "") -> list[tuple[str, str]]:
    reports = [report] if report else storage.list_folders("editions/")
    return [
        (name, period_id)
        for name in reports
        for period_id in storage.list_folders(f"editions/{name}/")
        if last_day_named(period_id)
    ]


def _finished(storage: Storage, report: str, period_id: str) -> list[Edition]:
    try:
        return [editions.newest_of(storage, report, period_id)]
    except NotFound:
        return []


def _changes(place: Place, strangers: int) -> list[Change]:
    """A private site has nothing to open, and needs no right to look at what is blocked."""
    if not place.website:
        return []
    access = place.manner.access
    bucket = place.website.look_at_policy() if access is Access.PRIVATE else place.website.look()
    return changes_for(access, place.prefix, bucket, strangers)


def _with(storage: Storage, shown: Iterable[Shelved], wanted: Iterable[Edition]) -> tuple[Shelved, ...]:
    shelf = {one.id: one for one in shown}
    for edition in wanted:
        identity = (edition.report, edition.period, edition.revision)
        if identity not in shelf:
            shelf[identity] = shelve(storage, edition)
    return tuple(sorted(shelf.values(), key=lambda one: (one.order, one.report)))
