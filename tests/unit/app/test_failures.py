"""Rules for what is said when something is missing or broken."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.some_editions import FragileStorage, publish, save_draft

STRANGE = [
    "/editions/2026-02-30/",
    "/editions/0000-01-01/",
    "/editions/٢٠٢٦-١١-٢٠/",
    "/editions/2026-11-20/r0/",
    "/editions/2026-11-20/r01/",
    "/editions/2026-11-20/r9999999999999999999999/",
    "/editions/2026-11-20/r1/%00",
    "/editions/2026-11-20/%2e%2e/%2e%2e/etc/passwd",
    "/drafts/20269999T9999Z/",
    "/static/../app/__init__.py",
    "/static/bokeh/../bokeh.min.js",
    "/static/bokeh/x%0d%0aSet-Cookie:a/bokeh.min.js",
]


@pytest.mark.parametrize("address", STRANGE)
def test_a_strange_address_is_not_found(storage: FragileStorage, client: FlaskClient, address: str) -> None:
    """Days that are in no calendar, climbing paths and the like are plain 404s."""
    publish(storage)

    assert client.get(address).status_code == 404


_NAMES = (
    "editions",
    "drafts",
    "files",
    "static",
    "today",
    "2026-11-20",
    "r1",
    "page.html",
    "..",
    "bokeh",
    "",
)
_PARTS = st.sampled_from(_NAMES) | st.text(max_size=12)
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    st.lists(_PARTS, max_size=5).map(lambda parts: "/" + "/".join(parts)),
    st.sampled_from(_METHODS),
)
@example("/\ud800", "GET")
@example("//today", "GET")
def test_no_address_breaks_the_server(storage: FragileStorage, app: Flask, path: str, method: str) -> None:
    """Whatever is asked, however, the fault is never the server's."""
    publish(storage)
    save_draft(storage, "20261120T1305Z", day=datetime.now(UTC).date())
    sent = {"PATH_INFO": path.encode("utf-8", "surrogatepass").decode("latin-1"), "REQUEST_METHOD": method}

    assert app.test_client().open("/", environ_overrides=sent).status_code < 500


def test_a_missing_page_says_what_to_do_next(client: FlaskClient) -> None:
    """A 404 is a page of the house, with ways on."""
    answer = client.get("/nothing")

    assert answer.status_code == 404
    assert '<a href="/editions/">' in answer.text
    assert '<html lang="en">' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        pytest.param("application/json", "application/json", id="a program"),
        pytest.param("text/plain", "text/plain; charset=utf-8", id="a terminal"),
        pytest.param("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8", id="a browser"),
        pytest.param("image/png", "text/html; charset=utf-8", id="none of ours"),
    ],
)
def test_errors_speak_the_client_s_language(client: FlaskClient, accept: str, content_type: str) -> None:
    """Programs get JSON, terminals text, everybody else a page; all hold the same advice."""
    answer = client.get("/nothing", headers={"Accept": accept})

    assert answer.content_type == content_type
    assert "There is nothing at this address" in answer.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("/editions", "/editions/", id="no last slash"),
        pytest.param("//editions", "/editions/", id="a slash too many"),
        pytest.param("/editions/2026-11-20", "/editions/2026-11-20/", id="a day"),
    ],
)
def test_an_address_typed_nearly_right_leads_on(app: Flask, typed: str, meant: str) -> None:
    """The way on names no host and no scheme: behind a proxy ours are not theirs, and both may be made up."""
    asked = {"PATH_INFO": typed, "HTTP_HOST": "evil.example/a", "wsgi.url_scheme": "evil:////"}
    answer = app.test_client().open("/", environ_overrides=asked)

    assert (answer.status_code, answer.headers["Location"], answer.data) == (308, meant, b"")


def test_a_page_can_only_be_read(client: FlaskClient) -> None:
    """Sending something is refused, and what is allowed is said."""
    answer = client.post("/")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_bug_is_a_page_and_a_log_line(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours shows no innards to the reader, and leaves its trace in the log."""

    @app.get("/bug")
    def bug() -> str:
        raise RuntimeError("secret innards")

    answer = client.get("/bug")

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "innards" not in answer.text
    assert "secret innards" in caplog.text


def test_without_storage_and_without_memory_the_reader_is_asked_to_come_back(
    storage: FragileStorage, client: FlaskClient
) -> None:
    """When nothing can be shown, the page says so and when to try again."""
    storage.is_cut_off = True

    answer = client.get("/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "does not answer" in answer.text
