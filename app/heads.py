"""Understands the plainest requests by their bytes; whatever is not one of them is gunicorn's to parse."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_LONGEST = 8_000
_MOST_HEADERS = 50
_ASKED = re.compile(r"(GET|HEAD) (/|(?:/[A-Za-z0-9._-]+)+/?) HTTP/1\.1\r\n")
_SAID = re.compile(r"^([A-Za-z0-9-]+):[ \t]*([\t\x20-\x7e]*)\r\n", re.MULTILINE)
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
    text = head[:-2].decode("latin-1")
    address = _ASKED.match(text)
    lines = text.count("\n") - 1  # each header ends one, so none was passed over if as many are found
    if address is None or lines > _MOST_HEADERS:
        return None
    environ = {_wsgi_name(name): said.rstrip(" \t") for name, said in _SAID.findall(text, address.end())}
    if len(environ) < lines or not _keeps_the_line(environ):
        return None
    environ["REQUEST_METHOD"], environ["PATH_INFO"] = address.groups()
    return environ


@lru_cache(maxsize=256)
def _wsgi_name(name: str) -> str:
    return "HTTP_" + name.upper().replace("-", "_")


def _keeps_the_line(environ: dict[str, str]) -> bool:
    is_kept = environ.get("HTTP_CONNECTION", "keep-alive").lower() == "keep-alive"
    return is_kept and "HTTP_HOST" in environ and _ABOUT_THE_LINE.isdisjoint(environ)
