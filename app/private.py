"""Pages whose address is a key: kept by no cache, told to no other site, named in no log."""

import re
from typing import Any

from flask import Flask, Response, request

from app.answers import NEVER_KEPT

_KEY = re.compile(r"/(subscribe|manage|unsubscribe|shared)/.+", re.DOTALL)  # "//manage/…" finds its page too
_PRIVATE = re.compile(r"^/(subscribe|manage|unsubscribe|shared)(/|$)")
_KEYS = (
    (re.compile(r"/(subscribe|manage|unsubscribe|shared)/[^\s'\"]+"), r"/\1/(hidden)"),
    (re.compile(r"\b(signature=)[^\s&'\"]+"), r"\1(hidden)"),
    (re.compile(r"\b(Basic|Bearer) [^\s'\"]+", re.IGNORECASE), r"\1 (hidden)"),
)


def shown_path(path: str) -> str:
    """Return the path as a log may show it: whoever has the rest could act for a reader."""
    return _KEY.sub(r"/\1/(hidden)", path)


def without_keys(text: str) -> str:
    """Return what others may read of a text that quotes requests: links, signatures and passwords hidden."""
    for pattern, shown in _KEYS:
        text = pattern.sub(shown, text)
    return text


class Pages(Flask):
    """Flask, which names the whole path of a page that broke when it logs the trace."""

    def log_exception(self, exc_info: Any) -> None:
        """Log the trace of a bug, the path as a log may show it."""
        self.logger.error("Exception on %s [%s]", shown_path(request.path), request.method, exc_info=exc_info)


def keep_private(app: Flask) -> None:
    """See to it that every answer under these addresses, a failure's too, stays between us and the reader."""
    app.after_request(_between_us)


def _between_us(response: Response) -> Response:
    if _PRIVATE.match(request.path):
        response.headers["Cache-Control"] = NEVER_KEPT
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
    return response
