"""Editions to put on the shelf, without building any."""

from collections.abc import Mapping
from datetime import date

from report import drafts, editions
from report.editions import Edition, File
from report.errors import StorageUnavailable
from report.storage import Storage
from tests.fakes import MemoryStorage

HTML, JSON, CSV = "text/html; charset=utf-8", "application/json", "text/csv; charset=utf-8"
DAY = date(2026, 11, 20)
SECRET = "a secret of the tests"


class FragileStorage(MemoryStorage):
    """A memory that can be cut off, and counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.is_cut_off = False
        self.reads = 0

    def get(self, key: str) -> bytes:
        self.reads += 1
        if self.is_cut_off:
            raise StorageUnavailable(f"{key} could not be read: the test cut the line")
        return super().get(key)


def some_files(page: str = "news") -> dict[str, File]:
    """Return files as an edition has them; the page is long enough to be worth packing."""
    return {
        "page.html": File(
            f'<!doctype html><main id="report" tabindex="-1"><p>{page}</p>{"<p>more</p>" * 200}'.encode(),
            HTML,
        ),
        "mail.html": File(b"<p>a mail</p>", HTML),
        "data.json": File(b'{"report": "trends"}', JSON),
        "top-hashtags.csv": File(b"rank,tag\n1,news\n", CSV),
        "hours.png": File(b"\x89PNG" + bytes(range(256)) * 4, "image/png"),
    }


def an_edition(
    files: Mapping[str, File],
    day: date = DAY,
    revision: int = 1,
    folder: str = "",
    period: str = "",
    report: str = "trends",
) -> Edition:
    """Return the edition of these files; a `folder` makes it a draft. The period is the day if not said."""
    period = period or day.isoformat()
    folder = folder or editions.edition_folder(report, period, revision)
    known = editions.describe(files)
    title = "Twitter Trends" if report == "trends" else report.title()
    return Edition(report, title, "News.", day, "UTC", revision, folder, known, period)


def publish(
    storage: Storage,
    page: str = "news",
    day: date = DAY,
    revision: int = 1,
    period: str = "",
    report: str = "trends",
) -> Edition:
    """Freeze and announce an edition whose page says `page`."""
    files = some_files(page)
    edition = an_edition(files, day, revision, period=period, report=report)
    editions.freeze(storage, edition, files)
    editions.announce(storage, edition)
    return edition


def save_draft(
    storage: Storage, minute: str, page: str = "so far", day: date = DAY, report: str = "trends"
) -> None:
    """Save a draft made at `minute`, such as 20261120T1305Z."""
    files = some_files(page)
    folder = f"drafts/{report}/{minute}/"
    drafts.save_draft(storage, an_edition(files, day, 0, folder, report=report), files)
