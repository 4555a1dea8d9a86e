"""Rules for understanding the plainest requests without gunicorn's parser."""

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.heads import plain_request

BROWSER = (
    b"GET /editions/2026-11-20/ HTTP/1.1\r\n"
    b"Host: trends.example\r\n"
    b"Connection: keep-alive\r\n"
    b'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"\r\n'
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n"
    b"Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
    b"Accept-Encoding: gzip, deflate, br, zstd \r\n"
    b"If-None-Match:\t\"a-gzip\"\r\n"
    b"Cookie: a=1; b=2\r\n"
    b"\r\n"
)  # fmt: skip


def by_gunicorn(head: bytes) -> dict[str, str]:
    """Return the same names as gunicorn tells an application, by its own parser."""
    config = Config()
    request = next(RequestParser(config, iter([head]), ("127.0.0.1", 1)))
    _, environ = create(request, None, ("127.0.0.1", 1), ("127.0.0.1", 80), config)
    told = ("REQUEST_METHOD", "PATH_INFO")
    return {name: value for name, value in environ.items() if name in told or name.startswith("HTTP_")}


def test_a_browsers_request_is_understood() -> None:
    """What a browser sends is plain, and means what gunicorn's parser finds."""
    assert plain_request(BROWSER) == by_gunicorn(BROWSER)


STRANGE_NAMES = ("X_Under", " Folded", "Sp ace", "")
ABOUT_THE_LINE = ("Connection", "Content-Length", "Transfer-Encoding", "Expect", "Upgrade", "Host")
NAMES = st.sampled_from(("Accept-Encoding", "accept-encoding", "Range", *ABOUT_THE_LINE, *STRANGE_NAMES))
STRANGE_VALUES = ("\x00", "é", "a\nb", "a\r", "a:b", '"x", W/"y"')
VALUES = st.sampled_from(
    ("", "gzip", "  br ", "\t*\t", "close", "keep-alive", "0", "chunked", *STRANGE_VALUES)
)
STRANGE_PATHS = ("//", "/a//b", "/%2e", "/a?b", "/a#b", "*", "/é", "http://h/a", "/a b", "")
PATHS = st.sampled_from(("/", "/today", "/a/b.c-d_e/", "/../x", *STRANGE_PATHS))
ENDS = st.sampled_from(["\r\n", "", "\r\n\r\n", "\r\nGET / HTTP/1.1\r\n\r\n", "\n"])


@settings(max_examples=400, deadline=None)
@example(method="GET", path="", version="1.1", said=[], end="\r\n")
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "get", "GET "]),
    path=PATHS,
    version=st.sampled_from(["1.1", "1.0", "1.10", "2.0"]),
    said=st.lists(st.tuples(NAMES, VALUES), max_size=4),
    end=ENDS,
)
def test_what_is_plain_means_the_same_to_gunicorn(
    method: str, path: str, version: str, said: list[tuple[str, str]], end: str
) -> None:
    """Whatever is taken for plain, gunicorn would have understood just so, and kept the line open."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in [("Host", "h"), *said])
    head = f"{method} {path} HTTP/{version}\r\n{lines}{end}".encode("latin-1")

    found = plain_request(head)

    if found is not None:
        assert found == by_gunicorn(head)
        assert not next(RequestParser(Config(), iter([head]), ("127.0.0.1", 1))).should_close()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        pytest.param(b"GET /edit", b"GET /edit%20", id="escaped address"),
        pytest.param(b"GET /edit", b"GET //edit", id="two slashes"),
        pytest.param(b"ions/2026-11-20/", b"ions/2026-11-20/?a", id="query"),
        pytest.param(b"GET", b"POST", id="another method"),
        pytest.param(b"HTTP/1.1", b"HTTP/1.0", id="old version"),
        pytest.param(b"Host: trends.example\r\n", b"", id="no host"),
        pytest.param(b"keep-alive", b"close", id="line to be closed"),
        pytest.param(b"Cookie: a=1; b=2", b"Content-Length: 5", id="a body"),
        pytest.param(b"Cookie: a=1; b=2", b"Transfer-Encoding: chunked", id="a body in chunks"),
        pytest.param(b"Cookie: a=1; b=2", b"Expect: 100-continue", id="a body announced"),
        pytest.param(b"Cookie: a=1; b=2", b"Upgrade: h2c", id="another protocol"),
        pytest.param(b"Cookie: a=1; b=2", b"accept-encoding: br", id="a header twice"),
        pytest.param(b"Cookie: a=1; b=2", b"SCRIPT_NAME: /x", id="a header with an underscore"),
        pytest.param(b"Cookie: a=1; b=2", b"Cookie: a\r\n b", id="a folded header"),
        pytest.param(b"Cookie: a=1; b=2", b"Cookie: a\nRange: b", id="half a line's end"),
        pytest.param(b"Cookie: a=1; b=2", b"Cookie: \xff", id="a strange byte"),
        pytest.param(b"Cookie: a=1; b=2", b"Cookie: " + b"a" * 8_000, id="endless"),
        pytest.param(b"Cookie: a=1; b=2", b"\r\n".join(b"A%d: a" % i for i in range(60)), id="many headers"),
        pytest.param(b"\r\n\r\n", b"\r\n", id="unfinished"),
        pytest.param(b"\r\n\r\n", b"\r\n\r\nGET / HTTP/1.1\r\n\r\n", id="the next one behind it"),
    ],
)
def test_all_else_is_left_to_gunicorn(said: bytes, meant: bytes) -> None:
    """Where there is more to it than an address and plain headers, nothing is guessed."""
    assert BROWSER.count(said) == 1

    assert plain_request(BROWSER.replace(said, meant)) is None
