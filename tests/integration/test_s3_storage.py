"""What S3 promises besides the contract: links that open, and refusals in words."""

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from report.adapters.s3_storage import S3Storage, check_bucket_name
from report.errors import AlreadyExists, BadKey, NotFound, StorageError, StorageUnavailable
from tests.s3_server import client_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HOUR = timedelta(hours=1)


class Canned(BaseHTTPRequestHandler):
    """Answers every request with one canned answer after the other, the last for ever."""

    protocol_version = "HTTP/1.1"
    answers: ClassVar[list[tuple[int, str, bytes, int]]]
    seen: ClassVar[list[str]]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        self.seen.append(self.command)
        status, code, body, promised = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode() if code else body
        self.send_response(status)
        self.send_header("Content-Length", str(promised or len(body)))
        self.send_header("ETag", '"etag"')
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    do_HEAD = do_PUT = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def canned_s3(*answers: tuple[int, str, bytes, int]) -> Iterator[tuple[S3Storage, list[str]]]:
    """Give a store whose S3 gives these answers (status, error code, body, length promised)."""
    seen: list[str] = []
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Answers", (Canned,), {"answers": list(answers), "seen": seen})
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # boto3 alone pauses between its own attempts: one attempt keeps the test from waiting.
    client = client_of(f"http://127.0.0.1:{server.server_port}", attempts=1)
    try:
        yield S3Storage(client, "bucket", sleep=lambda _: None), seen
    finally:
        client.close()
        server.shutdown()
        thread.join()
        server.server_close()


def refusal(status: int, code: str) -> tuple[int, str, bytes, int]:
    return status, code, b"", 0


@pytest.fixture
def storage(s3: "S3Client", bucket: str) -> S3Storage:
    return S3Storage(s3, bucket, "trends/")


def test_link_opens_the_object(storage: S3Storage) -> None:
    """A shared link opens the object for anybody, with its type."""
    storage.put("a b/ü#1.html", b"<p>body</p>", "text/html; charset=utf-8")

    link = storage.share("a b/ü#1.html", timedelta(days=7))

    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"<p>body</p>"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["604800"]


def test_objects_lie_below_the_prefix(storage: S3Storage, s3: "S3Client", bucket: str) -> None:
    """Two prefixes of one bucket know nothing of each other."""
    storage.put("a", b"")
    s3.put_object(Bucket=bucket, Key="trends/", Body=b"")
    s3.put_object(Bucket=bucket, Key="other/b", Body=b"")

    assert [info.key for info in storage.list()] == ["a"]
    assert [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [
        "other/b",
        "trends/",
        "trends/a",
    ]


@pytest.mark.parametrize("prefix", ["", "/", "x", "x/", "/x/y/"])
def test_prefix_is_read_kindly(s3: "S3Client", bucket: str, prefix: str) -> None:
    """A prefix means the same folder with slashes around it and without."""
    S3Storage(s3, bucket, prefix).put("a", b"body")

    expected = f"{prefix.strip('/')}/a".lstrip("/")
    assert s3.get_object(Bucket=bucket, Key=expected)["Body"].read() == b"body"


def test_foreign_key_is_left_out(
    storage: S3Storage, s3: "S3Client", bucket: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An object whose key we could not ask for is named in the log, and hides no other."""
    s3.put_object(Bucket=bucket, Key="trends/a//b", Body=b"")
    storage.put("good", b"")

    assert [info.key for info in storage.list()] == ["good"]
    assert storage.list_folders("") == ["a"]
    assert storage.list_folders("a/") == []
    assert "'a//b'" in caplog.text


def test_missing_bucket_is_named(s3: "S3Client", tmp_path: Path) -> None:
    """Every verb says which bucket is missing, and what to do."""
    storage = S3Storage(s3, "no-such-bucket-here")
    for verb in (
        lambda: storage.get("a"),
        lambda: storage.head("a"),
        lambda: storage.content_type("a"),
        lambda: list(storage.list()),
        lambda: storage.list_folders(""),
        lambda: storage.put("a", b""),
        lambda: storage.put_if_absent("a", b""),
        lambda: storage.put_if_match("a", b"", '"etag"'),
        lambda: storage.delete("a"),
        lambda: storage.download("a", tmp_path / "file"),
        lambda: storage.share("a", HOUR),
    ):
        with pytest.raises(StorageError, match=r"'no-such-bucket-here': create it, or correct") as caught:
            verb()
        assert not isinstance(caught.value, NotFound | AlreadyExists)


@pytest.mark.parametrize(
    ("verb", "action"),
    [
        ("get", "s3:GetObject"),
        ("head", "s3:GetObject"),
        ("put", "s3:PutObject"),
        ("list", "s3:ListBucket"),
        ("list_folders", "s3:ListBucket"),
        ("delete", "s3:DeleteObject"),
    ],
)
def test_missing_right_is_named(verb: str, action: str) -> None:
    """A denial names the bucket, the key and the action to allow."""
    with canned_s3(refusal(403, "AccessDenied")) as (storage, _):
        verbs: dict[str, Callable[[], object]] = {
            "get": lambda: storage.get("a/"),
            "head": lambda: storage.head("a/"),
            "put": lambda: storage.put("a/", b""),
            "list": lambda: list(storage.list("a/")),
            "list_folders": lambda: storage.list_folders("a/"),
            "delete": lambda: storage.delete("a/"),
        }
        with pytest.raises(StorageError, match=f"'a/' in bucket 'bucket': allow {action}") as caught:
            verbs[verb]()

    assert caught.value.permanent
    assert caught.value.__cause__ is not None
    assert (verb in ("get", "head")) == ("without s3:ListBucket" in str(caught.value))


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "ServiceUnavailable"])
def test_what_can_pass_is_told_apart(code: str) -> None:
    """S3 out of breath is worth another try later."""
    with canned_s3(refusal(503, code)) as (storage, _), pytest.raises(StorageUnavailable) as caught:
        storage.put("a", b"")

    assert not caught.value.permanent


@pytest.mark.parametrize("code", ["InvalidAccessKeyId", "ExpiredToken", "SignatureDoesNotMatch"])
def test_wrong_credentials_are_named(code: str) -> None:
    """Credentials S3 does not take are named as the trouble, with what to set."""
    with (
        canned_s3(refusal(403, code)) as (storage, _),
        pytest.raises(StorageError, match="AWS_ACCESS_KEY_ID"),
    ):
        storage.get("a")


def test_lost_race_is_tried_again() -> None:
    """S3's 409 between two conditional writes is tried again, and then is an answer like any other."""
    race = refusal(409, "ConditionalRequestConflict")
    with canned_s3(race, race, refusal(412, "PreconditionFailed")) as (storage, seen):
        with pytest.raises(AlreadyExists):
            storage.put_if_absent("a", b"")
        assert seen == ["PUT"] * 3


def test_endless_race_is_given_up() -> None:
    """Trying again has a limit."""
    with canned_s3(refusal(409, "ConditionalRequestConflict")) as (storage, seen):
        with pytest.raises(StorageUnavailable):
            storage.put_if_absent("a", b"")
        assert seen == ["PUT"] * 5


def test_cut_body_is_read_again() -> None:
    """A body cut off half-way is asked for again, and is never given out short."""
    cut, whole = (200, "", b"hal", 4), (200, "", b"half", 4)
    with canned_s3(cut, cut, whole) as (storage, seen):
        assert storage.get("a") == b"half"
        assert seen == ["GET"] * 3


def test_ever_cut_body_is_unavailable() -> None:
    """A body that never comes whole is an error that can pass."""
    with canned_s3((200, "", b"hal", 4)) as (storage, _), pytest.raises(StorageUnavailable):
        storage.get("a")


def test_nobody_there_is_unavailable() -> None:
    """A host that does not answer is an error that can pass."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        client = client_of(f"http://127.0.0.1:{closed.getsockname()[1]}", attempts=1)
        with pytest.raises(StorageUnavailable, match="cannot be reached"):
            S3Storage(client, "bucket").get("a")
        client.close()


def test_missing_credentials_are_named(s3_endpoint: str) -> None:
    """Without credentials the message says what to set."""
    client = client_of(s3_endpoint, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    with pytest.raises(StorageError, match=r"AWS_ACCESS_KEY_ID.*STORAGE_ANONYMOUS"):
        S3Storage(client, "bucket").get("a")
    client.close()


def test_anonymous_reads_a_public_bucket(s3_endpoint: str, s3: "S3Client", bucket: str) -> None:
    """A public bucket is read without credentials, and nothing is signed."""
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    s3.put_object(Bucket=bucket, Key="a", Body=b"public")
    client = client_of(s3_endpoint, anonymous=True, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    assert S3Storage(client, bucket).get("a") == b"public"
    client.close()


def test_wrong_profile_is_named(s3_endpoint: str) -> None:
    """A profile that is not there is said when the client is made."""
    with pytest.raises(StorageError, match="absent-profile"):
        client_of(s3_endpoint, AWS_PROFILE="absent-profile")


def test_client_waits_with_limits(s3: "S3Client") -> None:
    """Every wait has a limit, and trying again has one too."""
    config = vars(s3.meta.config)

    assert (config["connect_timeout"], config["read_timeout"]) == (5, 30)
    assert config["retries"] == {"mode": "standard", "total_max_attempts": 4}


@pytest.mark.parametrize("name", ["abc", "a-b", "my.bucket", "1" * 63, "trends-2026"])
def test_bucket_name_is_taken(name: str) -> None:
    """A name S3 could have is taken."""
    check_bucket_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 64,
        "Upper",
        "under_score",
        "-a-b",
        "a-b-",
        ".abc",
        "abc.",
        "a..b",
        "a.-b",
        "10.0.0.1",
        "ünder",
        "a b c",
        "a/b/c",
        "xn--abc",
        "abc-s3alias",
        "abc\n",
    ],
)
def test_bucket_name_is_refused(s3: "S3Client", name: str) -> None:
    """A name S3 cannot have is refused before any call is made."""
    with pytest.raises(BadKey, match="bucket name"):
        S3Storage(s3, name)
