"""The frame every page stands in: masthead, navigation, style, footer."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from report.catalogue import FIRST, recipes
from report.values import Span
from report.web_paths import archive_of, home_of, subscribing_to


@cache
def environment() -> Environment:
    """Return the templates: everything escaped, and a missing value is an error."""
    return Environment(
        loader=PackageLoader("report.rendering", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def charts_script() -> str:
    """Return the script by which still charts come alive, on a server and within a page that is one file."""
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), "charts.js")[0]


def render_shell(
    title: str,
    body_html: Markup,
    *,
    description: str = "",
    dateline: str = "",
    head_html: Markup | str = "",
    report: str = FIRST,
) -> str:
    """Return a whole page: `body_html` within the frame. `dateline` stands in the masthead.

    `head_html` goes into <head>, for what one page alone needs. The navigation is that of `report`.
    """
    page = environment().get_template("shell.html.j2")
    recipe = recipes().get(report)  # an old edition may be of a report that is gone
    return page.render(
        title=title,
        body=body_html,
        description=description,
        dateline=dateline,
        head=head_html,
        home=home_of(report),
        archive=archive_of(report),
        subscribe=subscribing_to(report),
        has_today=bool(recipe and Span.SO_FAR in recipe.spans),
        other=recipe.title if recipe and report != FIRST else "",
    )
