"""Rules for when a request is here as a whole."""

from http import HTTPStatus

import pytest

from app.arriving import LONGEST_BODY_BYTES, verdict

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\ncontent-LENGTH:  5 \r\n\r\n12345"


@pytest.mark.parametrize("request_", [GET, POST, GET + GET, b"nonsense\r\n\r\n"])
def test_a_whole_request_needs_no_waiting(request_: bytes) -> None:
    """With its body, whatever follows it, and whether or not it makes sense."""
    assert verdict(request_) is None


@pytest.mark.parametrize("request_", [GET, POST])
def test_less_than_a_request_is_waited_for(request_: bytes) -> None:
    """Wherever it is cut."""
    assert {verdict(request_[:cut]) for cut in range(len(request_))} == {HTTPStatus.CONTINUE}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (f"Content-Length: {LONGEST_BODY_BYTES}", HTTPStatus.CONTINUE),
        (f"Content-Length: {LONGEST_BODY_BYTES + 1}", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ("Content-Length: 1\r\nContent-Length: 99999", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (f"Content-Length: {'0' * 18}9", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (f"Content-Length: {'9' * 9000}", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ("Transfer-Encoding: chunked", HTTPStatus.LENGTH_REQUIRED),
        ("transfer-encoding : x\r\nContent-Length: 5", HTTPStatus.LENGTH_REQUIRED),
        ("X-Transfer-Encoding: chunked", None),
    ],
)
def test_a_body_says_how_long_it_is(said: str, status: HTTPStatus | None) -> None:
    """And is no longer than a form of ours, or it is not waited for."""
    assert verdict(f"POST / HTTP/1.1\r\n{said}\r\n\r\n".encode()) is status


def test_a_head_ends_some_time() -> None:
    """One that goes on and on is refused."""
    assert verdict(b"GET / HTTP/1.1\r\nA: " + b"a" * 33_000) is HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
