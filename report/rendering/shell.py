"""The frame every page stands in: masthead, navigation, style, footer."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


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


def render_shell(
    title: str,
    body_html: Markup,
    *,
    description: str = "",
    dateline: str = "",
    head_html: Markup | str = "",
) -> str:
    """Return a whole page: `body_html` within the frame. `dateline` stands in the masthead.

    `head_html` goes into <head>, for what one page alone needs.
    """
    page = environment().get_template("shell.html.j2")
    return page.render(
        title=title, body=body_html, description=description, dateline=dateline, head=head_html
    )
