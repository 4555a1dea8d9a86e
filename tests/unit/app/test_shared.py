"""Rules for files opened by a signed link."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from report.links import LinkSigner
from tests.some_editions import SECRET, FragileStorage

KEY = "raw/dt=2026-11-20/ein #tag & 趋势.json"


def _query(key: str = KEY, lifetime: timedelta = timedelta(hours=1)) -> str:
    return LinkSigner(SECRET).query(key, datetime.now(UTC) + lifetime)


def test_a_signed_link_opens_its_file(storage: FragileStorage, client: FlaskClient) -> None:
    """The bytes come as they were put, kept by nobody on the way."""
    storage.put(KEY, b'{"a": 1}', "application/json")

    answer = client.get(f"/files/{KEY.replace('#', '%23')}", query_string=_query(), buffered=True)

    assert (answer.status_code, answer.data) == (200, b'{"a": 1}')
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/octet-stream"])
def test_what_could_run_is_only_saved(
    storage: FragileStorage, client: FlaskClient, content_type: str
) -> None:
    """A shared document never runs as a page of ours."""
    storage.put("a.html", b"<script>", content_type)

    answer = client.get("/files/a.html", query_string=_query("a.html"), buffered=True)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("", 403, id="unsigned"),
        pytest.param("expires=9999999999&signature=abc", 403, id="made up"),
        pytest.param("expires=%00&signature=%ff", 403, id="nonsense"),
        pytest.param(_query("other.json"), 403, id="another file's"),
        pytest.param(_query(lifetime=timedelta(hours=-1)), 410, id="over"),
    ],
)
def test_no_other_link_opens(storage: FragileStorage, client: FlaskClient, query: str, status: int) -> None:
    """Links that are altered, borrowed or old are refused, with what to do next."""
    storage.put(KEY, b"private")

    answer = client.get(f"/files/{KEY.replace('#', '%23')}", query_string=query)

    assert answer.status_code == status
    assert b"private" not in answer.data
    assert "ask for a new one" in answer.text


def test_a_signed_link_to_nothing_is_not_found(client: FlaskClient) -> None:
    """A file that went meanwhile is a 404."""
    assert client.get("/files/gone.json", query_string=_query("gone.json")).status_code == 404
