"""The addresses of reports: the newest, today so far, the archive, and every file of each."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from app.answers import ALONE_POLICY, FOR_EVER, FRESH, answer
from app.builds import Build, StartBuild
from app.library import PAGE, Library, drafted_at
from app.pages import archive_page, waiting_page
from report.editions import Edition
from report.errors import NotFound
from report.window import last_whole_day
from report.window import today as today_in

DATA = "data.json"
_DRAFT_AGE = timedelta(minutes=5)


def edition_pages(library: Library, start_build: StartBuild) -> Blueprint:
    """Return the pages of one report's editions; what is missing or old is asked to be built."""
    pages = Blueprint("editions", __name__)

    @pages.get("/")
    def newest() -> Response:
        try:
            edition = library.newest()
        except NotFound:
            start_build(Build.EDITIONS)
            return waiting_page("The first report is being built")
        if edition.day < last_whole_day(datetime.now(UTC), ZoneInfo(edition.zone)):
            start_build(Build.EDITIONS)
        return _show(library, edition, PAGE, FRESH)

    @pages.get("/today", strict_slashes=False)
    def today() -> Response:
        try:
            draft = library.draft()
        except NotFound:
            start_build(Build.TODAY)
            return waiting_page("Today's report is being built")
        if datetime.now(UTC) - drafted_at(draft) > _DRAFT_AGE:
            start_build(Build.TODAY)
        if draft.day < today_in(datetime.now(UTC), ZoneInfo(draft.zone)):
            return waiting_page("Today's report is being built")
        return _show(library, draft, PAGE, FRESH)

    @pages.get("/latest.json")
    def latest() -> Response:
        return _show(library, library.newest(), DATA, FRESH)

    _add_files(pages, library)
    return pages


def _add_files(pages: Blueprint, library: Library) -> None:
    @pages.get("/editions/")
    def archive() -> Response:
        return archive_page(library.archived())

    @pages.get("/editions/<period:period>/", defaults={"name": PAGE})
    @pages.get("/editions/<period:period>/<name>")
    def newest_of(period: str, name: str) -> Response:
        return _show(library, library.newest_of(period), name, FRESH)

    @pages.get("/editions/<period:period>/r<revision:revision>/", defaults={"name": PAGE})
    @pages.get("/editions/<period:period>/r<revision:revision>/<name>")
    def of_revision(period: str, revision: int, name: str) -> Response:
        edition = library.revision(period, revision)
        if name != PAGE:
            return _show(library, edition, name, FOR_EVER)
        return answer(library.page_of_revision(edition), FRESH)  # a newer one may come

    @pages.get("/drafts/<minute:minute>/", defaults={"name": PAGE})
    @pages.get("/drafts/<minute:minute>/<name>")
    def of_draft(minute: str, name: str) -> Response:
        return _show(library, library.draft_of(minute), name, FRESH)


def _show(library: Library, edition: Edition, name: str, cache_control: str) -> Response:
    blob = library.file(edition, name)
    saved_as = f"{edition.report}-{edition.period}-{name}" if name.endswith(".csv") else ""
    response = answer(blob, cache_control, saved_as)
    if name != PAGE and blob.content_type.startswith("text/html"):
        response.headers["Content-Security-Policy"] = ALONE_POLICY
    return response
