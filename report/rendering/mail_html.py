"""The mail's HTML: the report's body in the mail's shell, with its style inline and its pictures within."""

import re
from functools import cache

import css_inline
from markupsafe import Markup

from report.rendering.shell import environment
from report.values import Report

_LINK = re.compile(r'(?<=href=")/')
_PICTURE = re.compile(r'(?<=src=")[^"]*/(?P<name>[^"/]+)(?=")')
_TAG = re.compile(r"<[a-z][^<>]*>")
_CLASS = re.compile(r' (?:class|aria-hidden)="[^"]*"')
_SCRIPTED = re.compile(r' data-chart(?:-dark)?="[^"]*"')


def render_mail(report: Report, body: Markup, public_url: str, link: str) -> str:
    """Return the mail's HTML: links absolute under `public_url`, pictures as cid:<file name>."""
    shell = environment().get_template("mail.html.j2")
    page = shell.render(title=report.title, body=_for_mail(body, public_url), link=link)
    return _TAG.sub(lambda tag: _CLASS.sub("", tag[0]), str(_inliner().inline(page)))


def _for_mail(body: Markup, public_url: str) -> Markup:
    """Only what a mail cannot have is changed; the words and numbers are the page's own."""
    text = _SCRIPTED.sub("", str(body))
    text = _PICTURE.sub(r"cid:\g<name>", text)
    return Markup(_LINK.sub(f"{public_url}/", text))  # noqa: S704 the body is escaped already


@cache
def _inliner() -> css_inline.CSSInliner:
    source = environment().loader
    assert source is not None
    style = source.get_source(environment(), "mail.css")[0]
    return css_inline.CSSInliner(extra_css=style, load_remote_stylesheets=False)
