"""Notes which of our routes answered: there are few, while of addresses there is no end."""

from flask import Flask, Response, request

ROUTE = "trends.route"
"""Under this name the route stands in WSGI's environment."""

UNKNOWN = "none"
WAITING = "waiting"
"""A page that only says a report is on its way: its 503 is no failure of ours, whatever page was wanted."""


def note_route(app: Flask) -> None:
    """Write down the rule that answered, such as `/tags/<path:written>`."""
    app.after_request(_noted)


def count_as(name: str) -> None:
    """Have this answer counted and logged under a name of its own instead of the rule that answered."""
    request.environ[ROUTE] = name


def _noted(response: Response) -> Response:
    request.environ.setdefault(ROUTE, request.url_rule.rule if request.url_rule else UNKNOWN)
    return response
