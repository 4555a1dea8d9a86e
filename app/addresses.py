"""What may stand in an address: a day, a revision, a draft's minute."""

from datetime import date
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response
from werkzeug.routing import BaseConverter, ValidationError


class DayConverter(BaseConverter):
    """A day such as 2026-11-20, and no other way to write it."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Return the day; a day that is in no calendar matches no address."""
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError from error


class RevisionConverter(BaseConverter):
    """A revision's number, from 1, without zeros in front."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


class MinuteConverter(BaseConverter):
    """A draft's minute as its folder is named, such as 20261120T1305Z."""

    regex = "[0-9]{8}T[0-9]{4}Z"


def know_addresses(app: Flask) -> None:
    """Let the app's rules say `<day:…>`, `<revision:…>` and `<minute:…>`."""
    app.url_map.redirect_defaults = False  # page.html is a file's name as good as any other
    app.url_map.converters |= {"day": DayConverter, "revision": RevisionConverter, "minute": MinuteConverter}
    app.after_request(_name_the_path_alone)


def _name_the_path_alone(response: Response) -> Response:
    """Lead on without host and scheme: behind a proxy ours are not the reader's."""
    if response.status_code == HTTPStatus.PERMANENT_REDIRECT and response.location:
        response.location = "/" + urlsplit(response.location).path.lstrip("/")
    return response
