"""What may stand in an address: a period, a revision, a draft's minute."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response
from werkzeug.routing import BaseConverter, ValidationError

from report.periods import last_day_named, minute_named

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class PeriodConverter(BaseConverter):
    """A period by its id, such as 2026-11-20, 2026-W47, 2026-11 or 2026-11-20T0730Z, written just so."""

    regex = "[0-9]{4}-[0-9TWZ-]{2,13}"

    def to_python(self, value: str) -> str:
        """Return the id; what is in no calendar matches no address."""
        if last_day_named(value) or minute_named(value):
            return value
        raise ValidationError


class RevisionConverter(BaseConverter):
    """A revision's number, from 1, without zeros in front."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


class MinuteConverter(BaseConverter):
    """A draft's minute as its folder is named, such as 20261120T1305Z."""

    regex = "[0-9]{8}T[0-9]{4}Z"


class Unnamed:
    """A WSGI application that never hears by which host it was asked, nor of any scheme but http and https.

    Both are whatever somebody sent, and would be repeated where the way on is told.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        environ["HTTP_HOST"] = "localhost"
        if environ["wsgi.url_scheme"] != "https":
            environ["wsgi.url_scheme"] = "http"
        return self._application(environ, start_response)


def know_addresses(app: Flask) -> None:
    """Let the app's rules say `<period:…>`, `<revision:…>` and `<minute:…>`."""
    app.url_map.redirect_defaults = False  # page.html is a file's name as good as any other
    known = {"period": PeriodConverter, "revision": RevisionConverter, "minute": MinuteConverter}
    app.url_map.converters |= known
    app.after_request(_name_the_path_alone)


def _name_the_path_alone(response: Response) -> Response:
    """Lead on without host and scheme: behind a proxy ours are not the reader's."""
    if response.status_code == HTTPStatus.PERMANENT_REDIRECT and response.location:
        response.location = "/" + urlsplit(response.location).path.lstrip("/")
        response.set_data(b"")
    return response
