"""Rules for how stored bytes are sent."""

import gzip

import brotli
import pytest
from flask.testing import FlaskClient

from tests.some_editions import FragileStorage, publish, some_files

PAGE = some_files()["page.html"].body


@pytest.fixture(autouse=True)
def edition(storage: FragileStorage) -> None:
    publish(storage)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        pytest.param("gzip, deflate, br, zstd", "br", id="as browsers ask"),
        pytest.param("gzip", "gzip", id="gzip alone"),
        pytest.param("br;q=0.2, gzip;q=0.8", "gzip", id="by weight"),
        pytest.param("br;q=0, gzip;q=0", None, id="refused"),
        pytest.param("*", "br", id="anything"),
        pytest.param("", None, id="nothing said"),
    ],
)
def test_a_page_is_sent_in_the_coding_the_client_likes(
    client: FlaskClient, accepted: str, coding: str | None
) -> None:
    """Every coding unpacks to the frozen bytes, and caches are told to keep them apart."""
    answer = client.get("/", headers={"Accept-Encoding": accepted})

    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert answer.headers.get("Content-Encoding") == coding
    assert unpack(answer.data) == PAGE
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_picture_is_sent_as_it_is(client: FlaskClient) -> None:
    """Packing a PNG gains nothing."""
    answer = client.get("/editions/2026-11-20/hours.png", headers={"Accept-Encoding": "br, gzip"})

    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_what_the_client_has_is_not_sent_again(client: FlaskClient, coding: str) -> None:
    """The entity tag of each coding answers 304 with the headers a cache needs."""
    first = client.get("/", headers={"Accept-Encoding": coding})
    again = client.get("/", headers={"Accept-Encoding": coding, "If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]


def test_each_coding_has_its_own_entity_tag(client: FlaskClient) -> None:
    """Bytes that differ never share a strong validator."""
    tags = {
        client.get("/", headers={"Accept-Encoding": coding}).headers["ETag"] for coding in ("br", "gzip", "")
    }

    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)


def test_head_says_what_get_would(client: FlaskClient) -> None:
    """HEAD answers the same headers, and no body."""
    named = {"X-Request-ID": "one-for-both"}
    get, head = client.get("/", headers=named), client.head("/", headers=named)

    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize("address", ["/", "/editions/", "/nothing", "/healthz", "/static/charts.js"])
def test_every_answer_keeps_to_itself(client: FlaskClient, address: str) -> None:
    """Pages load nothing from elsewhere, are framed nowhere, and are what they say they are."""
    headers = client.get(address).headers

    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
