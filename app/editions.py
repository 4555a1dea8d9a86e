"""The addresses of a report: the newest, today so far, the archive, and every file of each edition."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from app.answers import ALONE_POLICY, FOR_EVER, FRESH, answer
from app.builds import Build, Hope, Prospect, StartBuild
from app.library import PAGE, Library, drafted_at
from app.pages import archive_page, failing_page, lacking_page, waiting_page
from report.catalogue import FIRST, Recipe
from report.editions import Edition
from report.errors import NotFound
from report.periods import newest_over
from report.values import Span
from report.web_paths import home_of
from report.window import last_whole_day
from report.window import today as today_in

DATA = "data.json"
_DRAFT_AGE = timedelta(minutes=5)


def edition_pages(library: Library, recipe: Recipe, start_build: StartBuild) -> Blueprint:
    """Return the pages of one report's editions; what is missing or old is asked to be built."""
    pages = Blueprint(
        f"editions of {recipe.name}", __name__, url_prefix=home_of(recipe.name).rstrip("/") or None
    )
    build = Build(recipe.name)

    @pages.get("/")
    def newest() -> Response:
        try:
            edition = library.newest()
        except NotFound:
            return _waiting(recipe, start_build(build), _first_words(recipe))
        if edition.day < _expected(recipe, edition):
            start_build(build)
        return _show(library, edition, PAGE, FRESH)

    @pages.get("/latest.json")
    def latest() -> Response:
        return _show(library, library.newest(), DATA, FRESH)

    if Span.SO_FAR in recipe.spans:
        _add_today(pages, library, recipe, start_build)
    _add_files(pages, library, recipe)
    return pages


def _add_today(pages: Blueprint, library: Library, recipe: Recipe, start_build: StartBuild) -> None:
    build, words = Build(recipe.name, is_today=True), "Today's report"

    @pages.get("/today", strict_slashes=False)
    def today() -> Response:
        try:
            draft = library.draft()
        except NotFound:
            return _waiting(recipe, start_build(build), words)
        now = datetime.now(UTC)
        prospect = start_build(build) if now - drafted_at(draft) > _DRAFT_AGE else None
        if draft.day < today_in(now, ZoneInfo(draft.zone)):
            return _waiting(recipe, prospect, words)
        return _show(library, draft, PAGE, FRESH)

    @pages.get("/drafts/<minute:minute>/", defaults={"name": PAGE})
    @pages.get("/drafts/<minute:minute>/<name>")
    def of_draft(minute: str, name: str) -> Response:
        return _show(library, library.draft_of(minute), name, FRESH)


def _add_files(pages: Blueprint, library: Library, recipe: Recipe) -> None:
    @pages.get("/editions/")
    def archive() -> Response:
        return archive_page(recipe, library.archived())

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


def _waiting(recipe: Recipe, prospect: Prospect | None, what: str) -> Response:
    hope = prospect.hope if prospect else Hope.COMING
    if hope is Hope.LACKING:
        return lacking_page(recipe)
    if prospect and prospect.since:
        return failing_page(what, prospect.since, prospect.again_seconds, recipe.name)
    return waiting_page(f"{what} is being built", recipe.name)


def _first_words(recipe: Recipe) -> str:
    return "The first report" if recipe.name == FIRST else f"The first report of {recipe.title}"


def _expected(recipe: Recipe, edition: Edition) -> date:
    """The last day of the newest period that is over, by the clock of the edition's zone."""
    zone = ZoneInfo(edition.zone)
    return newest_over(recipe.spans, last_whole_day(datetime.now(UTC), zone), zone).day


def _show(library: Library, edition: Edition, name: str, cache_control: str) -> Response:
    blob = library.file(edition, name)
    saved_as = f"{edition.report}-{edition.period}-{name}" if name.endswith(".csv") else ""
    response = answer(blob, cache_control, saved_as)
    if name != PAGE and blob.content_type.startswith("text/html"):
        response.headers["Content-Security-Policy"] = ALONE_POLICY
    return response
