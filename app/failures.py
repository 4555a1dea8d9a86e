"""Says in our own words what went wrong, and what to do next."""

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from app.meters import meters
from app.pages import problem_page
from app.visitors import TooManyGuesses
from report.errors import BadKey, LinkExpired, LinkRefused, NotFound, StorageError, TrendsError

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 10
_TOLD = ("Allow", "Retry-After", "WWW-Authenticate")
_WORDS = {
    400: ("This request makes no sense to us", "Check the address, or start from the newest report."),
    401: ("These reports ask for a password", "Open the page again and give it; the name does not matter."),
    403: ("This link does not open here", "It may have been cut or changed on its way: ask for a new one."),
    404: ("There is nothing at this address", "The day may have no report, or the address may be mistyped."),
    405: ("This page can only be read", "Open it in a browser, without sending anything."),
    410: ("This link has run out", "Shared links open for a while only: ask for a new one."),
    413: ("This is too much to send", "No form of ours is that long: start from the newest report."),
    429: ("This was asked for too often", "Try again in an hour; nothing is lost."),
    500: ("Something broke on our side", "It is in the server's log. Try again in a minute."),
    503: ("The store of reports does not answer", "Try again in a minute; nothing is lost."),
}
_GUESSED = (
    "Too many wrong passwords came from here",
    "Nothing opens from here for an hour; then give the right one.",
)
_ELSE = ("This did not work", "Start from the newest report.")
_STATUS: dict[type[TrendsError], int] = {NotFound: 404, BadKey: 404, LinkExpired: 410, LinkRefused: 403}


def explain_failures(app: Flask) -> None:
    """Answer every error of this app with a page in the house's design."""
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(TrendsError, _failed)


def _refused(error: HTTPException) -> Response | HTTPException:
    if error.code is None:
        return error
    response = problem_page(
        error.code, *(_GUESSED if isinstance(error, TooManyGuesses) else _words(error.code))
    )
    for name, value in error.get_headers():
        if name in _TOLD:
            response.headers[name] = value
    return response


def _failed(error: TrendsError) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), None)
    if status is not None:
        return _problem(status)
    _log.warning("a page could not be shown: %s", error)
    if isinstance(error, StorageError):
        meters().count_storage_error()
    response = _problem(503 if isinstance(error, StorageError) else 500)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _problem(status: int) -> Response:
    return problem_page(status, *_words(status))


def _words(status: int) -> tuple[str, str]:
    return _WORDS.get(status, _ELSE)
