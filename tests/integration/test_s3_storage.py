"""What S3 promises besides the contract: links that open, and refusals in words."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from report.adapters.s3_storage import S3Storage, check_bucket_name
from report.errors import AlreadyExists, BadKey, NotFound, StorageError, StorageUnavailable
from tests.canned_s3 import Answer, canned, refusal
from tests.s3_server import client_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HOUR = timedelta(hours=1)


@contextmanager
def canned_s3(*answers: Answer) -> Iterator[tuple[S3Storage, list[str]]]:
    """Give a store whose S3 gives these answers, and the requests it has seen."""
    with canned(*answers) as (url, seen):
        # boto3 alone pauses between its own attempts: one attempt keeps the test from waiting.
        client = client_of(url, attempts=1)
        yield S3Storage(client, "bucket", sleep=lambda _: None), seen
        client.close()


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


def test_s3s_own_words_name_the_missing_right() -> None:
    """Where S3 says which action lacks, as of a key of KMS, that one is named, and an outright denial."""
    words = (
        'User: arn:aws:iam::1:user/x is not authorized to perform: kms:GenerateDataKey on resource: "arn"'
        " with an explicit deny in an identity-based policy"
    )
    with canned_s3(refusal(403, "AccessDenied", words)) as (storage, _):
        with pytest.raises(
            StorageError, match=r"'a' in bucket 'bucket': allow kms:GenerateDataKey"
        ) as caught:
            storage.put("a", b"")
        assert "denies it outright" in str(caught.value)


def test_a_denied_listing_names_the_bucket() -> None:
    """Where no key was asked for, the bucket alone is named."""
    with (
        canned_s3(refusal(403, "AccessDenied")) as (storage, _),
        pytest.raises(StorageError, match=r"denies bucket 'bucket': allow s3:ListBucket "),
    ):
        list(storage.list())


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (400, "ExpiredToken", "credentials are over .* AWS_SESSION_TOKEN"),
        (400, "AccessControlListNotSupported", "has ACLs disabled.* 'a' was not put: leave out --public"),
        (403, "InvalidObjectState", "'a' in bucket 'bucket' is archived"),
        (403, "RequestTimeTooSkewed", "s3:PutObject on 'a' in bucket 'bucket': this machine's clock"),
        (400, "EntityTooLarge", "5 TB"),
    ],
)
def test_refusal_says_what_to_do(status: int, code: str, advice: str) -> None:
    """Each refusal S3 has a name for comes with advice, and never as an error that can pass."""
    with (
        canned_s3(refusal(status, code)) as (storage, _),
        pytest.raises(StorageError, match=advice) as caught,
    ):
        storage.put("a", b"")

    assert caught.value.permanent


def test_a_head_without_a_reason_is_explained() -> None:
    """S3 tells a HEAD nothing: an expired token and a wrong region look the same."""
    with canned_s3((400, "", b"", 0)) as (storage, _), pytest.raises(StorageError, match="token has expired"):
        storage.head("a")


def test_wrong_region_is_named() -> None:
    """Where S3 says which region is right, so do we."""
    more = "<Region>eu-west-1</Region>"
    with canned(refusal(400, "AuthorizationHeaderMalformed"), more=more) as (url, _):
        client = client_of(url, attempts=1)
        with pytest.raises(StorageError, match="AWS_DEFAULT_REGION to eu-west-1"):
            S3Storage(client, "bucket").put("a", b"")
        client.close()


def test_a_public_put_asks_for_the_acl(s3: "S3Client", bucket: str, tmp_path: Path) -> None:
    """What is put with an ACL has it, by every way of writing."""
    (tmp_path / "up").write_bytes(b"")
    storage = S3Storage(s3, bucket, acl="public-read")
    storage.put("a", b"")
    storage.upload(tmp_path / "up", "b")

    for key in ("a", "b"):
        grants = s3.get_object_acl(Bucket=bucket, Key=key)["Grants"]
        assert any(grant["Grantee"].get("URI", "").endswith("AllUsers") for grant in grants)


def test_a_public_put_without_the_right_names_it() -> None:
    """A denial of a public object is one of the ACL, which Block Public Access may be behind."""
    with canned(refusal(403, "AccessDenied")) as (url, _):
        client = client_of(url, attempts=1)
        with pytest.raises(StorageError, match=r"allow s3:PutObjectAcl .* Block Public Access"):
            S3Storage(client, "bucket", acl="public-read").put("a", b"")
        client.close()


def test_no_link_is_made_without_credentials(s3_endpoint: str, s3: "S3Client", bucket: str) -> None:
    """An unsigned address is no link that ends: who has no credentials is told so."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    client = client_of(s3_endpoint, anonymous=True)

    with pytest.raises(StorageError, match="without credentials"):
        S3Storage(client, bucket).share("a", HOUR)
    client.close()


def test_what_cannot_be_deleted_is_named() -> None:
    """Where S3 refuses one of many, the others are said to be gone, and the one is named with the right."""
    error = b"<Error><Key>b</Key><Code>AccessDenied</Code><Message>no</Message></Error>"
    body = b"<DeleteResult>" + error + b"</DeleteResult>"
    with canned_s3((200, "", body, 0)) as (storage, _):
        gone = storage.delete_many(["a", "b", "c"])
        assert [next(gone), next(gone)] == ["a", "c"]
        with pytest.raises(StorageError, match="'b' in bucket 'bucket': allow s3:DeleteObject"):
            next(gone)


def test_foreign_metadata_is_read(s3: "S3Client", bucket: str) -> None:
    """What others noted is shown as it is, though we would not write it."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"", Metadata={"they_say": "=?UTF-8?Q?=C3=BC?= \t"})

    assert S3Storage(s3, bucket).describe("a").metadata == {"they_say": "=?UTF-8?Q?=C3=BC?= \t"}
