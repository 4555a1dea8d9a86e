"""Opens http and https addresses, nothing else, and reads no answer past a moment.

A timeout of the standard library holds for each read anew: whoever drips a byte at a time, of the
headers or of the body, would keep us for ever.
"""

import io
import socket
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPMessage, HTTPResponse, HTTPSConnection
from typing import IO, Any, cast
from urllib.parse import urlsplit
from urllib.request import (
    AbstractHTTPHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)


class StillAnswering(OSError):
    """The answer was not complete when its time was over."""


def opener_until(moment: float) -> OpenerDirector:
    """Return an opener whose answers raise `StillAnswering` where they are read past `moment`.

    The moment is one of `time.monotonic()`. A few redirects are followed, in the same time.
    """
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        _Web(moment),
        HTTPDefaultErrorHandler(),
        _WebRedirects(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


class _Web(AbstractHTTPHandler):
    """Opens both kinds of web address."""

    http_request = https_request = AbstractHTTPHandler.do_request_

    def __init__(self, moment: float) -> None:
        super().__init__()
        self._moment = moment

    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(self._hurried(HTTPConnection), request)

    def https_open(self, request: Request) -> HTTPResponse:
        return self.do_open(self._hurried(HTTPSConnection), request)

    def _hurried(self, kind: type[HTTPConnection]) -> Callable[..., HTTPConnection]:
        def connection(host: str, **options: Any) -> HTTPConnection:
            made = kind(host, **options)
            made.response_class = partial(_HurriedResponse, self._moment)  # type: ignore[assignment]
            return made

        return connection


class _WebRedirects(HTTPRedirectHandler):
    """Follows a few redirects, to http and https only."""

    max_redirections = 5

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme not in ("http", "https"):
            return None  # which leaves the redirect itself as the answer, for the asker to name
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _HurriedResponse(HTTPResponse):
    """An answer that is read until a moment."""

    def __init__(self, moment: float, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_HurriedBytes(moment, sock))


class _HurriedBytes(io.RawIOBase):
    """What a socket receives, each wait for it cut to what is left of the time."""

    def __init__(self, moment: float, sock: socket.socket) -> None:
        self._moment = moment
        self._sock = sock
        self._quiet_seconds = sock.gettimeout() or 0.0
        self._received = cast(io.RawIOBase, sock.makefile("rb", buffering=0))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._moment - time.monotonic()
        if left <= 0:
            raise StillAnswering
        self._sock.settimeout(min(left, self._quiet_seconds))
        try:
            return self._received.readinto(buffer)
        except TimeoutError as error:
            if left < self._quiet_seconds:
                raise StillAnswering from error
            raise

    def close(self) -> None:
        self._received.close()
        super().close()
