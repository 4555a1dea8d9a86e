"""Where each reader's own links stand in a frozen mail, and how they get there.

A frozen mail is the same for all its readers. Near its end it keeps a line, the mark; whoever writes a
letter puts the reader's links in its stead, or takes the mark away where there are none. The mark and its
line end are 57 bytes and begin at a multiple of 57 bytes: in base64 that is one whole line. So a message is
encoded once for all its readers and then filled by replacing bytes, whatever its transfer encoding.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from email.quoprimime import body_encode
from html import escape

LARGEST_FOOT_BYTES = 2_500
"""What two links of 300 signs take in both parts, as they travel; a mail's size leaves room for them."""

HTML_MARK = "<!-- foot = here each reader of a mail finds links. -->"
TEXT_MARK = "= In the mail, each reader's own links stand here. ===="
"""Each has a sign that quoted-printable writes otherwise: as it stands, so stands the whole body."""

_LINE_BYTES = 57  # 76 signs of base64, the longest line MIME allows: RFC 2045, section 6.8
_WORDS = {"manage": "Change what you get", "unsubscribe": "Unsubscribe"}


def with_mark_aligned(body: str) -> str:
    """Return a mail's HTML or text with a line of spaces that gives its mark a line of base64.

    The mark must stand on a line by itself. The message will have CRLF as its line ends, and those count.
    """
    mark = _mark_of(body)
    before, _, after = body.rpartition(mark)
    length = len("\r\n".join(f"{before}\n".split("\n")).encode())
    return f"{before}{' ' * (-length % _LINE_BYTES)}\n{mark}{after}"


def with_foot(body: str, links: Mapping[str, str]) -> str:
    """Return a mail's HTML or text with its reader's links, which are named "manage" and "unsubscribe".

    Without links the mark is only taken away; a body that has no mark is returned as it is.
    """
    mark = _mark_of(body)
    return body.replace(f"{mark}\n", _FEET[mark](links)) if mark else body


def wire_with_foot(wire: bytes, links: Mapping[str, str]) -> bytes:
    """Return a whole message, as it travels, with its reader's links; links must be ASCII.

    It says what encoding the bodies `with_foot` returns would say.
    """
    for mark, foot_of in _FEET.items():
        for encoded in (_plainly, _in_quoted_printable, _in_base64):
            if (place := encoded(f"{mark}\n")) in wire:
                wire = wire.replace(place, encoded(foot_of(links)))
                break
    return wire


def _mark_of(body: str) -> str:
    return next((mark for mark in _FEET if mark in body), "")


def _html_foot(links: Mapping[str, str]) -> str:
    said = "\n| ".join(
        f'<a href="{escape(links[name])}" style="color:#1b5e9b">{words}</a>'
        for name, words in _WORDS.items()
        if name in links
    )
    return f'<p style="margin:0 0 10px;color:#5c6066;font-size:13px">{said}</p>\n' if said else ""


def _text_foot(links: Mapping[str, str]) -> str:
    return "".join(f"{words}: {links[name]}\n" for name, words in _WORDS.items() if name in links)


def _plainly(lines: str) -> bytes:
    return lines.replace("\n", "\r\n").encode("ascii")


def _in_quoted_printable(lines: str) -> bytes:
    return _plainly(body_encode(lines))


def _in_base64(lines: str) -> bytes:
    """Whole lines only: spaces before the last line end make up for what is missing."""
    body = _plainly(lines).removesuffix(b"\r\n")
    if not body:
        return b""
    body += b" " * (-(len(body) + 2) % _LINE_BYTES) + b"\r\n"
    parts = (body[at : at + _LINE_BYTES] for at in range(0, len(body), _LINE_BYTES))
    return b"".join(b64encode(part) + b"\r\n" for part in parts)


_FEET: dict[str, Callable[[Mapping[str, str]], str]] = {HTML_MARK: _html_foot, TEXT_MARK: _text_foot}

MARKS_AS_THEY_TRAVEL = tuple(
    encoded(f"{mark}\n") for mark in _FEET for encoded in (_plainly, _in_quoted_printable, _in_base64)
)
"""What `wire_with_foot` looks for; nothing else of a message need be given to it."""
