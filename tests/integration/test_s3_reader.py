"""What bulk reads from S3 promise: as boto3 would read, with less work, and a clean end."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from report.adapters.s3_storage import S3Storage
from report.errors import StorageError, StorageUnavailable
from tests.s3_server import client_of, variables_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RUNS = 50


class Seen(BaseHTTPRequestHandler):
    """Answers every GET; denies keys below `no/`, and cuts off those below `cut/` for obstore."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, SeenServer)
        self.server.seen.append(dict(self.headers))
        quick = "object_store" in self.headers["User-Agent"]
        denied, cut = "/no/" in self.path, "/cut/" in self.path and quick
        body = b"<Error><Code>AccessDenied</Code></Error>" if denied else b"body"
        self.send_response(403 if denied else 200)
        self.send_header("Content-Length", str(len(body) + cut))
        self.send_header("ETag", '"etag"')
        self.send_header("Last-Modified", "Fri, 20 Nov 2026 10:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = cut

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class SeenServer(ThreadingHTTPServer):
    """A stand-in for S3 that keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Seen)
        self.seen: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def keys_used(self) -> list[str]:
        """Return the id of the access key each request was signed with."""
        signed = [headers.get("authorization", headers.get("Authorization", "")) for headers in self.seen]
        return [text.partition("Credential=")[2].partition("/")[0] for text in signed]


@pytest.fixture
def server() -> Iterator[SeenServer]:
    """Serve on loopback."""
    server = SeenServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def read(client: "S3Client", *keys: str) -> list[bytes]:
    """Read many from the bucket named "bucket", and close the client."""
    try:
        return [body for _, body in S3Storage(client, "bucket").get_many(keys)]
    finally:
        client.close()


def test_bulk_reads_are_quick(server: SeenServer, tmp_path: Path) -> None:
    """Many small objects and a file come without boto3, signed with its credentials."""
    client = client_of(server.url, AWS_ACCESS_KEY_ID="AKIDEXAMPLE")
    S3Storage(client, "bucket").download("b", tmp_path / "file")

    assert read(client, "a") == [b"body"]
    assert (tmp_path / "file").read_bytes() == b"body"
    assert server.keys_used() == ["AKIDEXAMPLE"] * 2
    assert all("object_store" in headers["user-agent"] for headers in server.seen)


def test_environment_is_boto3s_to_read(server: SeenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What boto3 resolved holds, whatever obstore would find in the environment itself."""
    client = client_of(server.url, AWS_ACCESS_KEY_ID="AKIDEXAMPLE")
    for name, value in variables_of("http://127.0.0.1:1").items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_SKIP_SIGNATURE", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "true")

    assert read(client, "a") == [b"body"]
    assert server.keys_used() == ["AKIDEXAMPLE"]
    assert "x-amz-security-token" not in server.seen[0]


def test_renewed_credentials_are_used(server: SeenServer, tmp_path: Path) -> None:
    """Credentials that boto3 renews, as a role's, are the next read's credentials."""
    count = tmp_path / "count"
    script = tmp_path / "credentials.py"
    script.write_text(f"""
from datetime import datetime, timedelta, UTC
import json, pathlib
count = pathlib.Path({str(count)!r})
count.write_text(count.read_text() + "I" if count.exists() else "I")
ends = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
print(json.dumps({{"Version": 1, "AccessKeyId": "KEY" + count.read_text(), "SecretAccessKey": "secret",
                  "SessionToken": "token", "Expiration": ends}}))
""")
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
    client = client_of(
        server.url, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_CONFIG_FILE=str(config)
    )
    storage = S3Storage(client, "bucket")
    for _ in range(2):
        assert list(storage.get_many(["a"])) == [("a", b"body")]
    client.close()

    first, second = server.keys_used()
    assert first != second
    assert all("object_store" in headers["user-agent"] for headers in server.seen)


def test_anonymous_signs_nothing(server: SeenServer) -> None:
    """A public bucket is read many at a time without credentials."""
    client = client_of(server.url, anonymous=True, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    assert read(client, "a") == [b"body"]
    assert server.keys_used() == [""]
    assert "object_store" in server.seen[0]["user-agent"]


def test_missing_credentials_are_named(server: SeenServer) -> None:
    """Bulk reads without credentials say what to set."""
    with pytest.raises(StorageError, match="AWS_ACCESS_KEY_ID"):
        read(client_of(server.url, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""), "a")


def test_denial_names_the_action(server: SeenServer, tmp_path: Path) -> None:
    """A denied bulk read names the action to allow."""
    client = client_of(server.url)
    with pytest.raises(StorageError, match="allow s3:GetObject"):
        S3Storage(client, "bucket").download("no/a", tmp_path / "file")
    with pytest.raises(StorageError, match="allow s3:GetObject"):
        read(client, "a", "no/a")

    assert list(tmp_path.iterdir()) == []


def test_cut_body_is_read_whole(server: SeenServer, tmp_path: Path) -> None:
    """What obstore got cut off is read again, and never given out short."""
    client = client_of(server.url)
    S3Storage(client, "bucket").download("cut/a", tmp_path / "file")

    assert read(client, "cut/a") == [b"body"]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"body"]


def test_nobody_there_is_unavailable() -> None:
    """A host that does not answer is an error that can pass."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        client = client_of(f"http://127.0.0.1:{closed.getsockname()[1]}", attempts=1)
        with pytest.raises(StorageUnavailable, match="cannot be reached"):
            read(client, "a")


def test_process_ends_cleanly(server: SeenServer) -> None:
    """A process that read many, or left off half-way, ends as it should every time."""
    program = """
import os
import signal
import sys
from report.adapters.s3_client import s3_client
from report.adapters.s3_storage import S3Storage

client, children = s3_client(False), []

def read(number):
    reading = S3Storage(client, "bucket").get_many(f"{n}" for n in range(100))
    next(reading) if number % 2 else list(reading)

def ended():
    print(os.waitpid(children.pop(0), 0)[1], flush=True)  # or a child would print it again

for number in range(int(sys.argv[1])):
    if not (child := os.fork()):  # nothing was read yet: each process has its own reader
        signal.alarm(60)
        read(number)
        sys.exit()
    children.append(child)
    if len(children) > 2:
        ended()
while children:
    ended()
"""

    ran = subprocess.run(
        [sys.executable, "-c", program, str(RUNS)],
        env=variables_of(server.url),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert ran.stdout.split() == ["0"] * RUNS
    assert len(server.seen) >= RUNS // 2 * 100


def test_slash_at_the_end_counts(s3: "S3Client", bucket: str) -> None:
    """An object "a/", as consoles make them, is not taken for the object "a"."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"object")
    s3.put_object(Bucket=bucket, Key="a/", Body=b"folder")

    assert dict(S3Storage(s3, bucket).get_many(["a", "a/"])) == {"a": b"object", "a/": b"folder"}
