"""The mail's HTML: the report's body in the mail's shell, with its style inline and its pictures within."""

import re
from collections.abc import Sequence
from functools import cache

import css_inline
from markupsafe import Markup

from report.rendering.foot import HTML_MARK, with_mark_aligned
from report.rendering.nothing import what_to_look_at
from report.rendering.shell import environment
from report.values import Report

_LINK = re.compile(r'(?<=href=")/')
_PICTURE = re.compile(r'src="[^"]*/(?P<name>[^"/]+)" width="(?P<width>\d+)" height="(?P<height>\d+)"')
_WIDEST_PICTURE = 560
_HASHTAG = re.compile(r'<a href="(?P<path>/tags/[^"]*)">(?P<words>.*?)</a>')
_LONGEST_PATH = 300
_TAG = re.compile(r"<[a-z][^<>]*>")
_CLASS = re.compile(r' (?:class|aria-hidden)="(?P<said>[^"]*)"')
_NARROW = (
    "<style>@media (max-width:480px){.drawn{display:none}th bdi{display:inline-block;min-width:92px}}</style>"
)
"""Where a program heeds it, a telephone's width goes to the hashtags instead of their bars."""

_STYLE = re.compile(r' style="[^"]*"')
_SPACES = re.compile(r"([:;,]) |;(?=\"$)")
_SCRIPTED = re.compile(r' data-chart(?:-dark)?="[^"]*"')


def render_mail(
    report: Report, body: Markup, public_url: str, link: str, left_out: Sequence[str] = ()
) -> str:
    """Return the mail's HTML: links absolute under `public_url`, pictures as cid:<file name>.

    `left_out` names the sections the body goes without. Of an empty report two lines are left. A line marks
    where each reader's links go.
    """
    shell = environment().get_template("mail.html.j2")
    page = shell.render(
        title=report.title,
        notice=report.notice,
        headline=report.headline,
        nothing=what_to_look_at(report.period) if report.is_empty else "",
        body=_for_mail(body, public_url),
        link=link,
        left_out=", ".join(left_out),
        mark=Markup(HTML_MARK),  # noqa: S704 a constant
    )
    inlined = str(_inliner().inline(page)).replace("</head>", f"{_NARROW}</head>", 1)
    return with_mark_aligned(_TAG.sub(_in_short, inlined))


def _in_short(tag: re.Match[str]) -> str:
    """A tag without what only a page needs, and without the spaces within its style."""
    return _STYLE.sub(lambda style: _SPACES.sub(r"\1", style[0]), _CLASS.sub(_kept, tag[0]))


def _kept(classes: re.Match[str]) -> str:
    return ' class="drawn"' if "drawn" in classes["said"].split() else ""


def _for_mail(body: Markup, public_url: str) -> Markup:
    """Only what a mail cannot have is changed; the words and numbers are the page's own."""
    text = _SCRIPTED.sub("", str(body))
    text = _linked_once(text)
    text = _PICTURE.sub(_related, text)
    return Markup(_LINK.sub(f"{public_url}/", text))  # noqa: S704 the body is escaped already


def _related(picture: re.Match[str]) -> str:
    """A picture within the message, no wider than the mail: Outlook goes by the attribute, not the style."""
    width = min(_WIDEST_PICTURE, int(picture["width"]))
    height = round(int(picture["height"]) * width / int(picture["width"]))
    return f'src="cid:{picture["name"]}" width="{width}" height="{height}"'


def _linked_once(text: str) -> str:
    """Link a hashtag where it is first named, for links take room: the longest, escaped, a kilobyte."""
    linked: set[str] = set()

    def chosen(link: re.Match[str]) -> str:
        if link["path"] in linked or len(link["path"]) > _LONGEST_PATH:
            return link["words"]
        linked.add(link["path"])
        return link[0]

    return _HASHTAG.sub(chosen, text)


@cache
def _inliner() -> css_inline.CSSInliner:
    source = environment().loader
    assert source is not None
    style = source.get_source(environment(), "mail.css")[0]
    return css_inline.CSSInliner(extra_css=style, load_remote_stylesheets=False)
