"""Rules for hostile requests to the pages under gunicorn, and for what stays unsaid."""

import socket
from pathlib import Path
from random import Random

import pytest

from report.adapters.directory_storage import DirectoryStorage
from tests.gunicorn_server import gunicorn
from tests.some_editions import publish

SECRETS = {
    "SECRET_KEY": "marked-secret-of-links",
    "PAGE_PASSWORD": "marked-secret-of-pages",
    "SMTP_PASSWORD": "marked-secret-of-mail",
    "PING_URL": "https://example.com/marked-secret-of-pings",
}
PIECES = [
    *(
        b"GET",
        b"POST",
        b"HEAD",
        b"OPTIONS",
        b"BREW",
        b" ",
        b"/",
        b"//",
        b"..",
        b"%2e%2e%2f",
        b"%00",
        b"\x00",
        b"\xff",
    ),
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
    *(
        b" HTTP/1.1",
        b" HTTP/1.0",
        b" HTTP/9.9",
        b"\r\n",
        b"\n",
        b"\r",
        b":",
        b"Host: evil.example",
        b"Host: a b",
    ),
    *(
        b"Host: ]",
        b"Content-Length: 3",
        b"Content-Length: -1",
        b"Content-Length: +3",
        b"Transfer-Encoding: chunked",
    ),
    *(
        b"Expect: 100-continue",
        b"Authorization: Basic =",
        b"Range: bytes=9-1",
        b"Cookie: shared=\xff",
        b"abc",
    ),
    *(b"X-Forwarded-Proto: gopher", b"X-Forwarded-For: ::1%a", b'If-None-Match: "', b"Accept: ;q=x"),
]


def hostile(number: int) -> bytes:
    """Return some bytes that are nearly a request."""
    dice = Random(number)
    if number % 2:
        return b"".join(dice.choices(PIECES, k=dice.randint(1, 12))) + b"\r\n\r\n"
    address = b"/" + b"".join(dice.choices(PIECES[5:22], k=dice.randint(0, 4)))
    headers = b"\r\n".join(dice.choices(PIECES[26:], k=dice.randint(0, 3)))
    return b"GET " + address.replace(b" ", b"") + b" HTTP/1.1\r\nHost: a\r\n" + headers + b"\r\n\r\n"


def answer_to(port: int, sent: bytes) -> bytes:
    """Return all the server says to these bytes, after which it hears no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        try:
            return b"".join(iter(lambda: line.recv(65_536), b""))
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("has_password", [False, True])
def test_no_bytes_are_a_fault_of_ours(tmp_path: Path, has_password: bool) -> None:
    """No answer is a 5xx or repeats a made-up host; no secret is said, logged, or in a command's line."""
    publish(DirectoryStorage(tmp_path / "data", None, "http://localhost"))
    secrets = {name: value for name, value in SECRETS.items() if has_password or name != "PAGE_PASSWORD"}
    environ = {"STORAGE_URL": f"file:{tmp_path / 'data'}", "TRUSTED_PROXIES": "1", **secrets}
    with gunicorn(environ, "--workers", "1") as server:
        answers = {sent: answer_to(server.port, sent) for sent in map(hostile, range(400))}
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        command_lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in [server.process.pid, *children]]
        assert server.ask("/healthz").status == 200
        server.stop()

    faults = {sent: said[:40] for sent, said in answers.items() if said.startswith(b"HTTP/1.1 5")}
    assert {sent for sent in faults if b"/today" not in sent} == set()
    assert not [said for said in answers.values() if b"evil.example" in said]
    everything = b"\n".join([*answers.values(), *command_lines, *(line.encode() for line in server.lines)])
    assert b"marked-secret" not in everything
    assert b"Traceback" not in everything


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
