"""The page of all reports, and what is said where there is no report of a name."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response
from markupsafe import Markup

from app.answers import NEVER_KEPT, REVALIDATED
from app.libraries import Libraries
from app.pages import list_page, problem_page
from report.catalogue import FIRST, Recipe
from report.editions import Edition
from report.errors import NotFound, StorageError
from report.periods import period_of
from report.web_paths import archive_of, home_of
from report.words import period_name

_ROW = Markup(
    '<section><h2><a href="{home}">{title}</a></h2><p><bdi dir="auto">{headline}</bdi></p>'
    '<p class="note">{name}{archive}</p></section>'
)
_ARCHIVE = Markup(' · <a href="{}">All of them<span class="aside">, of {}</span></a>')
_NONE = "There is none yet."


def report_list(libraries: Libraries) -> Blueprint:
    """Return `/reports/`, and the answer for every address below it that is no report's."""
    pages = Blueprint("reports", __name__, url_prefix="/reports")

    @pages.get("/")
    def all_reports() -> Response:
        found = libraries.newest()
        rows = Markup("").join(_row(recipe, newest) for recipe, newest in found)
        page = list_page("Reports", Markup('<h1 class="headline">The reports</h1>{}').format(rows))
        if any(_is_unknown(newest) for _, newest in found):
            page.headers["Cache-Control"] = NEVER_KEPT
        return page

    @pages.get("/<name>/")
    def unknown(name: str) -> Response:
        if name == FIRST:
            return Response(status=308, headers={"Location": home_of(FIRST), "Cache-Control": REVALIDATED})
        there = ", ".join(recipe.title for recipe, _ in libraries)
        return problem_page(404, "There is no report of this name", f"There are: {there}.")

    return pages


def _row(recipe: Recipe, newest: Edition | StorageError) -> Markup:
    headline, name, archive = _NONE, "Its page says what it is made from.", Markup()
    if isinstance(newest, Edition):
        headline = newest.headline
        name = period_name(period_of(newest.period, ZoneInfo(newest.zone)))
        archive = _ARCHIVE.format(archive_of(recipe.name), recipe.title)
    elif _is_unknown(newest):
        headline, name = "It cannot be looked up just now.", "Try again in a minute."
    return _ROW.format(
        home=home_of(recipe.name), title=recipe.title, headline=headline, name=name, archive=archive
    )


def _is_unknown(newest: Edition | StorageError) -> bool:
    return not isinstance(newest, (Edition, NotFound))
