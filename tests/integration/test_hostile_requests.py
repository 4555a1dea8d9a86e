"""Rules for hostile bytes at the pages under gunicorn, and for what stays unsaid."""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.adapters.directory_storage import DirectoryStorage
from tests.gunicorn_server import Gunicorn, gunicorn
from tests.hostile_requests import EVIL_HOST, OFTEN
from tests.some_editions import publish

SECRETS = {
    "SECRET_KEY": "marked-secret-of-links",
    "PAGE_PASSWORD": "marked-secret-of-pages",
    "SMTP_PASSWORD": "marked-secret-of-mail",
    "PING_URL": "https://example.com/marked-secret-of-pings",
}
HIDDEN = b"GET /robots.txt HTTP/1.1\r\nHost: a\r\nX-Request-ID: hidden-in-a-body\r\n\r\n"
FRAMINGS = [
    *("Content-Length: {n}", "content-length:\t{n} ", "Content-Length: 0{n}", "Content-Length: {zeros}{n}"),
    *(
        "Content-Length : {n}",
        "Content-Length\t: {n}",
        " Content-Length: {n}",
        "X: a\r\n Content-Length: {n}",
    ),
    *("Content-Length: +{n}", "Content-Length: -{n}", "Content-Length: {n}.0", "Content-Length: {n}, {n}"),
    *(
        "Content-Length: 0x{n:x}",
        'Content-Length: "{n}"',
        "Content-Length: {n}\x0b",
        "Content-Length:\x0c{n}",
    ),
    *("Content-Length: {n}\r\nContent-Length: {n}", "Content-Length: 0\r\nContent-Length: {n}"),
    *("Content-Length: {n}\r\nContent-Length: 0", "X: a\nContent-Length: {n}", "X: a\rContent-Length: {n}"),
    *("Content-Length: {n}\x00", "Content-Length: {n}\xb2", "Content-\x00Length: {n}", "Content-Length:"),
    *("Transfer-Encoding: chunked", "Transfer-Encoding : chunked", "Transfer-Encoding: xchunked"),
    *("Transfer-Encoding:\r\n chunked", "transfer-encoding:\x0bchunked", "Transfer-Encoding: gzip, chunked"),
    *(
        "Transfer-Encoding: identity, chunked",
        "X: a\nTransfer-Encoding: chunked",
        "Transfer-Encoding: CHUNKED",
    ),
    *(
        "Transfer-Encoding: chunked\r\nContent-Length: {n}",
        "Content-Length: {n}\r\nTransfer-Encoding: chunked",
    ),
]
"""By each of these somebody in front might take what follows the head for its body."""

BEGINNINGS = [
    *("GET / HTTP/1.1", "POST /subscribe HTTP/1.1", "POST /healthz HTTP/1.1", "GET /healthz HTTP/1.0"),
    *("OPTIONS * HTTP/1.1", "GET http://evil.example/ HTTP/1.1", "CONNECT a:80 HTTP/1.1", "GET / HTTP/2.0"),
    *("GET  / HTTP/1.1", "GET / HTTP/1.1 ", "\r\nGET / HTTP/1.1", "GET /\xff HTTP/1.1", "GET /%00 HTTP/1.1"),
    *("PRI * HTTP/2.0", "GET / HTTP/1.1\r\nUpgrade: h2c", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1"),
]
PIECES = [
    *(b"GET ", b"POST ", b"get ", b" ", b"/", b"//", b"..", b"%2e%2e%2f", b"%00", b"\x00", b"\xff"),
    *(
        b"/editions/",
        b"2026-11-20",
        b"/r1/",
        b"/tags/",
        b"%F0%9F",
        b"?",
        b"#",
        b"\\",
        b"http://evil.example/",
    ),
    *(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", b" HTTP/9.9\r\n", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b":", b"abc"),
    *(
        b"Host: evil.example\r\n",
        b"Host: a b\r\n",
        b"Host: ]\r\n",
        b"Expect: 100-continue\r\n",
        b"X-Y: a\r\n",
    ),
    *(
        b"Content-Length: 3\r\n",
        b"Connection: close\r\n",
        b"Connection: keep-alive\r\n",
        b"Range: bytes=9-1\r\n",
    ),
    *(b"Authorization: Basic \xe9\r\n", b"Cookie: shared=\xff\r\n", b"X-Forwarded-Proto: gopher\r\n"),
    *(b'If-None-Match: "\r\n', b"Accept: ;q=x\r\n", b"A" * 5_000, b"A: a\r\n" * 70, b"X: " + b"a" * 9_000),
]
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) [ -~]+")
_HEADER = re.compile(rb"([A-Za-z0-9-]+): ([ -~]*)")


@dataclass(frozen=True)
class Said:
    """One answer, as it came over the line."""

    status: int
    headers: dict[bytes, bytes]


@st.composite
def framed(draw: st.DrawFn) -> bytes:
    """Draw a request that hides another in what somebody may take for its body."""
    beginning, framing = draw(st.sampled_from(BEGINNINGS)), draw(st.sampled_from(FRAMINGS))
    body = HIDDEN
    if "chunked" in framing.lower():
        body = draw(
            st.sampled_from([b"0\r\n\r\n" + HIDDEN, b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)])
        )
    framing = framing.format(n=len(body), zeros="0" * 20)
    return f"{beginning}\r\nHost: a\r\n{framing}\r\n\r\n".encode("latin-1") + body


BYTES = framed() | st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=12).map(
    lambda it: b"".join(it) + b"\r\n\r\n"
)
CUTS = st.lists(st.integers(0, 400), max_size=3).map(lambda it: [0, *sorted(it), None])


def said_to(server: Gunicorn, sent: bytes, cuts: list[int | None]) -> bytes:
    """Return all the server says to these bytes, cut there, after which it hears no more."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        told = b""
        try:
            for begin, end in pairwise(cuts):
                line.sendall(sent[begin:end])
            line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65_536):
                told += piece
        except (ConnectionResetError, BrokenPipeError):
            pass
        return told


def answers_in(told: bytes) -> Iterator[Said]:
    """Yield the answers, which must be HTTP to the letter; a line may break within the last one's body."""
    while told:
        head, _, told = told.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        status, said = _STATUS_LINE.fullmatch(first), [_HEADER.fullmatch(line) for line in lines]
        assert status, first
        assert all(said), lines
        headers = {it[1]: it[2] for it in said if it}
        yield Said(int(status[1]), headers)
        told = told[int(headers.get(b"Content-Length", b"0")) :]


@pytest.mark.parametrize("has_password", [False, True])
def test_no_bytes_are_a_fault_of_ours(tmp_path: Path, has_password: bool) -> None:
    """However sent, each is answered properly, nothing hidden in a body is, and no secret is told."""
    publish(DirectoryStorage(tmp_path / "data", None, "http://localhost"))
    secrets = {name: value for name, value in SECRETS.items() if has_password or name != "PAGE_PASSWORD"}
    environ = {"STORAGE_URL": f"file:{tmp_path / 'data'}", "TRUSTED_PROXIES": "1", **secrets}
    log = tmp_path / "access.log"  # a pipe nobody reads would fill up, and stop the server
    with gunicorn(environ, "--workers", "1", "--threads", "2", "--access-logfile", str(log)) as server:
        everything = [*_try(server), *_command_lines(server.process.pid)]
        assert server.ask("/healthz").status == 200
        server.stop()

    everything += [log.read_bytes(), *(line.encode() for line in server.lines)]
    assert not [line for line in everything if b"marked-secret" in line or b"Traceback" in line]


def _try(server: Gunicorn) -> list[bytes]:
    everything: list[bytes] = []

    @OFTEN
    @given(sent=BYTES, cuts=CUTS)
    def answered_properly(sent: bytes, cuts: list[int | None]) -> None:
        told = said_to(server, sent, cuts)
        everything.append(told)
        answers = list(answers_in(told))
        assert not [it for it in answers if it.status >= 500 and b"Retry-After" not in it.headers]
        assert b"hidden-in-a-body" not in told
        assert EVIL_HOST.encode() not in told

    answered_properly()
    return everything


def _command_lines(parent: int) -> list[bytes]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in [str(parent), *children]]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/nothing",
        "/editions",
        "/healthz",
        "/freshness",
        "/static/charts.js",
        "/today",
        "/files/a",
        "/metrics",
    ],
)
def test_every_kind_of_answer_is_as_safe(tmp_path: Path, address: str) -> None:
    """Pages, files, errors, ways on, health: and by TLS each says to come back by TLS alone."""
    from app import create_app
    from report.settings import Settings

    settings = Settings.from_environ({"STORAGE_URL": f"file:{tmp_path}", "TRUSTED_PROXIES": "1"})
    client = create_app(settings, start_build=lambda _: None).test_client()
    by_tls = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}

    plain, safe = client.get(address), client.get(address, headers=by_tls)

    assert "Strict-Transport-Security" not in plain.headers
    assert safe.headers["Strict-Transport-Security"] == "max-age=31536000"
    policy = plain.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy"):
        assert name in plain.headers
