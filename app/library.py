"""The editions and drafts a web worker can show, from memory where it can."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeVar

from app.blobs import Blob, Lru, make_blob
from app.loading import Freshest, Loader
from report import editions
from report.drafts import latest_draft
from report.editions import Edition
from report.errors import NotFound, StorageError
from report.rendering.superseded import superseded
from report.storage import Storage
from report.web_paths import period_path

PAGE = "page.html"
_Value = TypeVar("_Value")
_FILES_BYTES = 64 * 1024 * 1024
_FOLDERS = 512
_PERIODS = 64
_PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class Room:
    """Where libraries load and keep things: one a worker, so its memory has one bound for all reports."""

    loader: Loader = field(default_factory=Loader)
    files: Lru[tuple[str, str], Blob] = field(default_factory=lambda: Lru(_FILES_BYTES, lambda it: it.weight))
    folders: Lru[str, Edition] = field(default_factory=lambda: Lru(_FOLDERS))
    periods: Lru[tuple[str, str], Freshest[Edition]] = field(default_factory=lambda: Lru(_PERIODS))


class Library:
    """One report's editions. Every verb raises `NotFound`, and `StorageError` where storage fails.

    The newest edition and the newest draft are kept whole, so they can be shown without storage.
    """

    def __init__(
        self, storage: Storage, report: str, max_age_seconds: float = 10, room: Room | None = None
    ) -> None:
        room = room or Room()
        self.report, self._storage, self._loader = report, storage, room.loader
        self._files, self._folders, self._periods = room.files, room.folders, room.periods
        self._newest = self._freshest("the newest edition", self._load_newest, max_age_seconds)
        self._draft = self._freshest("today's draft", self._load_draft, max_age_seconds)
        self._archived = self._freshest("the archive", self._load_archived, max_age_seconds)

    def _freshest(
        self, what: str, load: Callable[[], _Value], max_age_seconds: float = 10
    ) -> Freshest[_Value]:
        return Freshest(f"{what} of {self.report}", load, self._loader, max_age_seconds)

    def newest(self) -> Edition:
        """Return the newest edition."""
        return self._newest.get()

    def draft(self) -> Edition:
        """Return the newest report of the open day."""
        return self._draft.get()

    def archived(self) -> list[str]:
        """Return the ids of the days, weeks and months with an edition, the last to end first."""
        return self._archived.get()

    def newest_of(self, period: str) -> Edition:
        """Return the last revision of a period's edition."""
        with suppress(NotFound):
            newest = self.newest()
            if newest.period == period:
                return newest
        freshest = self._periods.get((self.report, period))
        if freshest is not None:
            return freshest.get()
        freshest = self._freshest(f"the edition of {period}", lambda: self._load_newest_of(period))
        edition = freshest.get()
        # Only now: those without one must not push out the others.
        self._periods.put((self.report, period), freshest)
        return edition

    def revision(self, period: str, revision: int) -> Edition:
        """Return one edition by its number; it never changes."""
        return self._frozen(editions.edition_folder(self.report, period, revision))

    def page_of_revision(self, edition: Edition) -> Blob:
        """Return an edition's page, with a word that there is a newer version of it where there is."""
        page = self.file(edition, PAGE)
        with suppress(StorageError):  # where nobody can say, the page is better than none
            if self.newest_of(edition.period).revision > edition.revision:
                return self._superseded(edition, page)
        return page

    def _superseded(self, edition: Edition, page: Blob) -> Blob:
        name = (f"superseded {PAGE} of {self.report}", page.sha256)
        known = self._files.get(name)
        if known is None:
            body = superseded(page.body, edition.revision, period_path(self.report, edition.period))
            known = make_blob(body, page.content_type, sha256(body).hexdigest())
            self._files.put(name, known)
        return known

    def draft_of(self, minute: str) -> Edition:
        """Return the draft made at that minute, named as its folder is."""
        return self._frozen(f"drafts/{self.report}/{minute}/")

    def file(self, edition: Edition, name: str) -> Blob:
        """Return a file the edition's manifest names; no other can be asked for."""
        if name not in edition.files:
            raise NotFound(f"{edition.folder} has no file {name!r}")
        known = self._files.get((name, edition.files[name].sha256))
        if known is not None:
            return known
        return self._loader.load(
            edition.folder + name, lambda: self._load_file(edition, name), _PATIENCE_SECONDS
        )

    @property
    def is_behind(self) -> bool:
        """True while the newest edition may be an old one because storage is slow or failing."""
        return self._newest.is_behind

    def _frozen(self, folder: str) -> Edition:
        known = self._folders.get(folder)
        if known is not None:
            return known
        edition = self._loader.load(folder, lambda: self._load_folder(folder), _PATIENCE_SECONDS)
        self._folders.put(folder, edition)
        return edition

    def _load_newest(self) -> Edition:
        with _readable("the newest edition"):
            return self._whole(editions.latest(self._storage, self.report))

    def _load_draft(self) -> Edition:
        with _readable("today's draft"):
            return self._whole(latest_draft(self._storage, self.report))

    def _load_newest_of(self, period: str) -> Edition:
        with _readable(f"the edition of {period}"):
            return editions.newest_of(self._storage, self.report, period)

    def _load_folder(self, folder: str) -> Edition:
        with _readable(folder):
            return editions.load(self._storage, folder)

    def _load_archived(self) -> list[str]:
        return editions.archived(self._storage, self.report)

    def _whole(self, edition: Edition) -> Edition:
        """Bring every file of the edition into memory before anybody is shown it."""
        missing = {
            edition.folder + name: name
            for name, info in edition.files.items()
            if self._files.get((name, info.sha256)) is None
        }
        for key, body in self._storage.get_many(missing):
            self._keep(edition, missing[key], body)
        self._folders.put(edition.folder, edition)
        return edition

    def _load_file(self, edition: Edition, name: str) -> Blob:
        return self._keep(edition, name, self._storage.get(edition.folder + name))

    def _keep(self, edition: Edition, name: str, body: bytes) -> Blob:
        info = edition.files[name]
        if sha256(body).hexdigest() != info.sha256:
            raise StorageError(f"{edition.folder}{name} is not what its manifest says; build the day again")
        blob = make_blob(body, info.content_type, info.sha256)
        self._files.put((name, info.sha256), blob)
        return blob


@contextmanager
def _readable(what: str) -> Iterator[None]:
    """A pointer or manifest that is no longer ours to read is a fault of storage, not of the reader."""
    try:
        yield
    except (ValueError, LookupError, TypeError) as error:
        raise StorageError(f"{what} cannot be read ({error!r}); build it again") from error


def drafted_at(draft: Edition) -> datetime:
    """Return the minute a draft was made, UTC, as its folder says."""
    minute = draft.folder.rstrip("/").rpartition("/")[2]
    return datetime.strptime(minute, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
