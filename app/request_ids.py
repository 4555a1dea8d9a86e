"""Gives each request an id: it stands in the answer, on the page of an error, and in the lines of the log."""

import random
import re
from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
KEPT_AS = "trends.request_id"
"""Under this name the id stands in WSGI's environment."""

_SAID_IN = ("HTTP_X_REQUEST_ID", "HTTP_X_AMZN_TRACE_ID")
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:;=-]{7,127}")
_CURRENT: ContextVar[str] = ContextVar("request id", default="")


class Identified:
    """A WSGI application whose every answer names the request it answers."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        name = environ[KEPT_AS] = id_of(environ)
        before = _CURRENT.set(name)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, (HEADER, name)], *rest)

        try:
            return self._application(environ, start)
        finally:
            _CURRENT.reset(before)


def id_of(environ: "WSGIEnvironment") -> str:
    """Return the id a server in front gave the request, or a new one.

    What is not well-formed is passed over: it would end up in the log, where others read it.
    """
    for name in _SAID_IN:
        if (said := environ.get(name)) and _WELL_FORMED.fullmatch(said):
            return str(said)
    return new_id()


def new_id() -> str:
    """Return an id nobody else has; it is no secret, and each process draws from a chance of its own."""
    return f"{random.getrandbits(64):016x}"


def current_id() -> str:
    """Return the id of the request this thread answers; empty where it answers none."""
    return _CURRENT.get()
