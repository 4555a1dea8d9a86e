"""Notes which of our routes answered: there are few, while of addresses there is no end."""

from flask import Flask, Response, request

ROUTE = "trends.route"
"""Under this name the route stands in WSGI's environment."""

UNKNOWN = "none"


def note_route(app: Flask) -> None:
    """Write down the rule that answered, such as `/tags/<path:written>`."""
    app.after_request(_noted)


def _noted(response: Response) -> Response:
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else UNKNOWN
    return response
