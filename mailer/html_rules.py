"""What a mail's HTML may hold, one rule a function; each gives a sentence a problem."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from mailer.colours import DARKENINGS, LEAST_CONTRAST, Colour, contrast, hex_of
from mailer.markup import Markup, Run, Tag

WIDEST = 600
"""In pixels: what mail programs show beside their lists of folders and mails."""

LARGEST_STYLE_BYTES = 16_384
"""Gmail drops every style sheet beyond: 16 KB."""

_FORBIDDEN = (
    "script",
    "svg",
    "link",
    "iframe",
    "frame",
    "form",
    "object",
    "embed",
    "base",
    "math",
    "video",
    "audio",
)
_ADDRESSES = ("href", "src", "background", "action", "poster", "srcset")
_WIDE = ("table", "td", "th", "tr", "col", "img", "div")
_PIXELS = re.compile(r"(\d+(?:\.\d+)?)(?:px)?")
_SHOWN_WORDS = 30


def html_problems(markup: Markup, public_url: str, pictures: Collection[str]) -> list[str]:
    """Return what mail programs would remove, break or not show.

    `pictures` are the Content-IDs of those the message brings.
    """
    return [
        *_forbidden(markup),
        *_links(markup, public_url),
        *_pictures(markup, pictures),
        *_widths(markup),
        *_sheets(markup),
        *_colours(markup),
    ]


def _forbidden(markup: Markup) -> Iterator[str]:
    for name in dict.fromkeys(tag.name for tag in markup.named(*_FORBIDDEN)):
        yield f"The HTML has a <{name}>, which mail programs remove or take for an attack; take it out."
    for tag in markup.tags:
        for name, value in tag.attributes.items():
            if name.startswith("on"):
                yield f"<{tag.name}> has the event handler {name}; mail runs no scripts: take it out."
            if name in (*_ADDRESSES, "style") and re.search(r"\bdata:", value, re.IGNORECASE):
                yield f"<{tag.name}> has a data: address in {name}, which Gmail does not show; use cid:."
        if tag.name == "meta" and tag.attributes.get("http-equiv", "").lower() == "refresh":
            yield "The HTML would move on by <meta http-equiv=refresh>; take it out."


def _links(markup: Markup, public_url: str) -> Iterator[str]:
    for tag in markup.named("a", "area"):
        link = tag.attributes.get("href")
        if link is not None and not _is_safe(link, public_url):
            yield f"A link leads to {link!r}; it must be https or below PUBLIC_URL, {public_url}."


def _is_safe(link: str, public_url: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    if parts.scheme == "http":
        return link == public_url or link.startswith(f"{public_url}/")
    return parts.scheme == "https" and bool(parts.netloc)


def _pictures(markup: Markup, pictures: Collection[str]) -> Iterator[str]:
    for tag in markup.named("img"):
        source = tag.attributes.get("src", "")
        if not source.startswith("cid:"):
            yield f"A picture comes from {source!r}; mail programs block that: bring it as a part, by cid:."
        elif source.removeprefix("cid:") not in pictures:
            yield f"The picture {source!r} is shown, but no part of the message has that Content-ID; add it."
        if not tag.attributes.get("alt", "").strip():
            yield f"The picture {source!r} has no alt; say there what it shows: many block pictures."
        if not tag.attributes.get("width", "").isdecimal():
            yield f"The picture {source!r} has no width in pixels, so the mail would jump; give it one."
    for tag in markup.tags:
        if "url(" in " ".join(tag.style.values()) or tag.attributes.get("background"):
            yield f"<{tag.name}> has a picture for a ground, which few mail programs show; use a colour."


def _widths(markup: Markup) -> Iterator[str]:
    for tag in markup.named(*_WIDE):
        widest = max(_pixels(tag, name) for name in ("width", "min-width"))
        if widest > WIDEST:
            yield f"A <{tag.name}> is {widest:g} pixels wide, over {WIDEST}; make it narrower."


def _pixels(tag: Tag, name: str) -> float:
    said = (tag.style.get(name, ""), tag.attributes.get(name, ""))
    return max(float(found[1]) if (found := _PIXELS.fullmatch(value.strip())) else 0 for value in said)


def _sheets(markup: Markup) -> Iterator[str]:
    size = sum(len(sheet.encode()) for sheet in markup.sheets)
    if size > LARGEST_STYLE_BYTES:
        yield f"The style sheet is {size:,} bytes, over {LARGEST_STYLE_BYTES:,}: Gmail drops it; write less."


def _colours(markup: Markup) -> Iterator[str]:
    for said in dict.fromkeys(markup.strange_colours):
        yield f"Whether {said!r} can be read is not known; write that colour as #rrggbb."
    first: dict[tuple[Colour, Colour], Run] = {}
    for run in markup.runs:
        first.setdefault((run.colour, run.ground), run)
    for pair, run in first.items():
        yield from _unreadable(*pair, run.words)


def _unreadable(colour: Colour, ground: Colour, words: str) -> Iterator[str]:
    for how, darkened in DARKENINGS.items():
        found = contrast(darkened(colour), darkened(ground))
        if found < LEAST_CONTRAST:
            shown = " ".join(words.split())[:_SHOWN_WORDS]
            yield (
                f"{shown!r} cannot be read {how}: {hex_of(colour)} on {hex_of(ground)} has a contrast of"
                f" {found:.1f}, under {LEAST_CONTRAST}; choose colours further apart."
            )
