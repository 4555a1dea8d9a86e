"""Rules for answers that are repeated without asking Flask again."""

from itertools import product
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client, TestResponse, create_environ

from app.repeating import Repeating
from app.request_ids import Identified
from tests.some_editions import FragileStorage, publish, save_draft

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SERVERS = (
    pytest.param(0, "198.51.100.7", id="none, whatever somebody says"),
    pytest.param(1, "203.0.113.9, 198.51.100.7", id="one, behind another that is not ours"),
    pytest.param(2, "203.0.113.9 , 198.51.100.7", id="two"),
    pytest.param(2, "198.51.100.7", id="one too few"),
    pytest.param(1, "", id="one that says nothing"),
)
ADDRESSES = (
    "/",
    "/today",
    "/latest.json",
    "/editions/",
    "/editions/2026-11-20",
    "/editions/2026-11-20/",
    "/editions/2026-11-20/r1/",
    "/editions/2026-11-20/mail.html",
    "/editions/2026-11-20/hours.png",
    "/editions/2026-11-20/top-hashtags.csv",
    "/editions/2026-11-21/",
    "/drafts/20261121T1305Z/",
    "/static/charts.js",
    "/static/bokeh/3.0.0/bokeh.min.js",
    "/robots.txt",
    "/healthz",
    "/files/a.json",
    "/no",
    "//",
)
METHODS = ("GET", "HEAD", "POST")
CODINGS = ("gzip, deflate, br, zstd", "gzip", "br;q=0.2, gzip;q=0.8", "br;q=0", "*", "")
CONDITIONS: tuple[dict[str, str], ...] = (
    {},
    {"If-None-Match": "the entity tag"},
    {"If-None-Match": '"another"'},
    {"If-None-Match": "*"},
    {"If-Match": '"another"'},
    {"Range": "bytes=0-9"},
)


class Counted:
    """Counts what reaches the application behind it."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.calls = 0
        self._application = application

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        self.calls += 1
        return self._application(environ, start_response)


def lasting(response: TestResponse) -> list[tuple[str, str]]:
    """Return the headers, in order, less the clock's."""
    return [(name, value) for name, value in response.headers if name != "Date"]


def without_repeating(app: Flask) -> Client:
    """Return a client of Flask itself, but for the names of requests."""
    return Client(Identified(Flask.wsgi_app.__get__(app)))


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_repeated_is_what_flask_says(app: Flask, storage: FragileStorage, address: str) -> None:
    """Status, bytes and headers, all but the clock, are Flask's own for every coding and condition."""
    publish(storage)
    save_draft(storage, "20261121T1305Z")
    flask, client = without_repeating(app), app.test_client()

    for method, coding, condition in product(METHODS, CODINGS, CONDITIONS):
        headers = {"Accept-Encoding": coding, "X-Request-ID": "one-for-all", **condition}
        if condition.get("If-None-Match") == "the entity tag":
            headers["If-None-Match"] = flask.get(address, headers=headers).headers.get("ETag", "")
        said = flask.open(address, method=method, headers=headers)
        for _ in range(2):
            repeated = client.open(address, method=method, headers=headers)
            assert (repeated.status, repeated.data) == (said.status, said.data), (method, headers)
            assert lasting(repeated) == lasting(said), (method, headers)


@pytest.fixture
def counted(app: Flask) -> Counted:
    """Return a counter between the repeating layer and Flask."""
    counted = Counted(Flask.wsgi_app.__get__(app))
    app.wsgi_app = Repeating(counted)  # type: ignore[method-assign]
    return counted


def test_an_answer_for_all_is_repeated_for_a_second(
    client: FlaskClient, counted: Counted, storage: FragileStorage
) -> None:
    """Within the second Flask is not asked again, after it it is, so nothing grows old here."""
    publish(storage)

    with patch("app.repeating.monotonic", side_effect=[100.0, 100.9, 101.1, 101.1]):
        for _ in range(3):
            assert client.get("/").status_code == 200

    assert counted.calls == 2


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        pytest.param("/healthz", {}, id="kept by nobody"),
        pytest.param("/nothing", {}, id="not found"),
        pytest.param("/?page=2", {}, id="with a query"),
        pytest.param("/", {"If-None-Match": "x" * 5_000}, id="endless header"),
    ],
)
def test_what_may_differ_is_asked_anew(
    client: FlaskClient, counted: Counted, storage: FragileStorage, address: str, headers: dict[str, str]
) -> None:
    """Health, errors, queries and headers made to fill memory go to Flask each time."""
    publish(storage)

    for _ in range(3):
        client.get(address, headers=headers)

    assert counted.calls == 3


def test_an_answer_that_depends_on_more_is_not_repeated() -> None:
    """An answer that varies by language would be wrong for the next reader."""
    app = Flask(__name__)

    @app.get("/")
    def hello() -> Response:
        headers = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
        return Response(request.headers["Accept-Language"], headers=headers)

    client = Client(Repeating(app.wsgi_app))

    assert [client.get("/", headers={"Accept-Language": tongue}).text for tongue in ("de", "fr")] == [
        "de",
        "fr",
    ]


@pytest.mark.parametrize(("trusted", "said"), SERVERS)
def test_the_log_names_who_asks_for_what_is_repeated(trusted: int, said: str) -> None:
    """The address that Flask would have seen, and not that of the web server in front."""
    seen: list[str] = []

    def answer(environ, start_response):  # type: ignore[no-untyped-def]
        seen.append(environ["REMOTE_ADDR"])
        start_response("200 OK", [("Cache-Control", "public, max-age=60"), ("Content-Length", "0")])
        return [b""]

    repeating = Repeating(ProxyFix(answer, x_for=trusted), trusted)
    for _ in range(2):
        asked = create_environ(
            "/", headers={"X-Forwarded-For": said}, environ_base={"REMOTE_ADDR": "192.0.2.1"}
        )
        repeating(asked, lambda *_: lambda _: None)
        seen.append(asked["REMOTE_ADDR"])

    assert len(seen) == 3
    assert len(set(seen)) == 1
