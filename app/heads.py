"""Understands the plainest requests by their bytes; whatever is not one of them is gunicorn's to parse."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_LONGEST = 8_000
_MOST_HEADERS = 50
_ASKED = re.compile(r"(GET|HEAD) (/|(?:/[A-Za-z0-9._-]+)+/?) HTTP/1\.1")
_SAID = re.compile(r"([A-Za-z0-9-]+):[ \t]*([\t\x20-\x7e]*)")
_ABOUT_THE_LINE = frozenset(
    ("HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_UPGRADE", "HTTP_HTTP2_SETTINGS")
)


def plain_request(head: bytes) -> "WSGIEnvironment | None":
    """Return method, path and headers, by WSGI's names, of a GET or HEAD that is whole and has no body.

    None for anything else, and wherever two readers of these bytes might not agree: an address with more
    than plain characters, a header said twice, one that is folded or about the line itself, bytes behind it.
    """
    if len(head) > _LONGEST or not head.endswith(b"\r\n\r\n"):
        return None
    asked, *lines = head[:-4].decode("latin-1").split("\r\n")
    address = _ASKED.fullmatch(asked)
    said = [_SAID.fullmatch(line) for line in lines[:_MOST_HEADERS]]
    if address is None or len(lines) > _MOST_HEADERS:
        return None
    environ = {f"HTTP_{it[1].upper().replace('-', '_')}": it[2].rstrip(" \t") for it in said if it}
    if len(environ) < len(lines) or not _keeps_the_line(environ):
        return None
    return environ | {"REQUEST_METHOD": address[1], "PATH_INFO": address[2]}


def _keeps_the_line(environ: dict[str, str]) -> bool:
    is_kept = environ.get("HTTP_CONNECTION", "keep-alive").lower() == "keep-alive"
    return is_kept and "HTTP_HOST" in environ and _ABOUT_THE_LINE.isdisjoint(environ)
