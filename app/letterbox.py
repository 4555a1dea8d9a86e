"""The pages of subscribing as HTML: our templates within the frame all pages have."""

from functools import cache
from typing import Any

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from report.rendering.shell import render_shell


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("app", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, title: str, status: int = 200, **values: Any) -> Response:
    """Return a page whose body is the template filled with these values, under its title."""
    body = _environment().get_template(template).render(title=title, **values)
    style = _environment().get_template("form_style.html.j2").render()
    whole = render_shell(title, Markup(body), head_html=Markup(style))  # noqa: S704 - our templates, escaped
    return Response(whole, status, content_type="text/html; charset=utf-8")


def notice(title: str, *paragraphs: str) -> Response:
    """Return a page that says something and asks nothing."""
    return page("notice.html.j2", title, paragraphs=paragraphs, invites=False)


def invitation(title: str, *paragraphs: str, status: int = 200) -> Response:
    """Return a page that says something to people who may want to subscribe."""
    return page("notice.html.j2", title, status, paragraphs=paragraphs, invites=True)
