"""What S3 refuses of a website, in words, and where it shows one."""

from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from report.adapters.s3_site import S3Site
from report.adapters.s3_website import S3Website
from report.errors import StorageError
from report.publishing.access import Block, Change, Configure, WritePolicy
from report.publishing.site import Access, Parcel
from tests.s3_server import client_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAGE = Parcel("a/b.html", b"<p>a page</p>", "text/html; charset=utf-8", "public, max-age=60", "")


def refusing(call: str, code: str, status: int = 403) -> "S3Client":
    """Return a client that S3 gives this error to, at its first request."""
    client = client_of("http://127.0.0.1:9", attempts=1)
    stub = Stubber(client)
    stub.add_client_error(call, code, "no", status)
    stub.activate()
    return client


def test_a_bucket_without_acls_says_what_to_do() -> None:
    """AccessControlListNotSupported is said in words, with both ways out."""
    site = S3Site(refusing("put_object", "AccessControlListNotSupported", 400), "bucket", "", Access.ACL)

    with pytest.raises(
        StorageError, match=r"bucket 'bucket' takes no ACLs.*SITE_ACCESS=policy.*put-bucket-ownership"
    ):
        site.put(PAGE)


@pytest.mark.parametrize(
    ("access", "said"),
    [
        (
            Access.ACL,
            "'a/b.html' in bucket 'bucket' with the ACL public-read: allow s3:PutObject and s3:PutObjectAcl",
        ),
        (Access.POLICY, "S3 denies 'a/b.html' in bucket 'bucket': allow s3:PutObject"),
    ],
)
def test_a_refused_file_names_the_right_that_is_missing(access: Access, said: str) -> None:
    """Bucket, key, and the IAM action; where an ACL is asked for, Block Public Access too."""
    site = S3Site(refusing("put_object", "AccessDenied"), "bucket", "", access)

    with pytest.raises(StorageError) as caught:
        site.put(PAGE)

    assert said in str(caught.value)
    assert ("Block Public Access" in str(caught.value)) == (access is Access.ACL)


@pytest.mark.parametrize(
    ("call", "change", "action"),
    [
        ("put_bucket_policy", WritePolicy("", '{"Version": "2012-10-17"}'), "s3:PutBucketPolicy"),
        ("delete_bucket_policy", WritePolicy("", ""), "s3:DeleteBucketPolicy"),
        ("put_public_access_block", Block("", frozenset()), "s3:PutBucketPublicAccessBlock"),
        ("put_bucket_website", Configure("", {"IndexDocument": {"Suffix": "i"}}), "s3:PutBucketWebsite"),
    ],
)
def test_a_refused_change_names_the_right_that_is_missing(call: str, change: Change, action: str) -> None:
    """Each change at the bucket has its own IAM action; a policy may be forbidden by the whole account."""
    with pytest.raises(StorageError, match=f"bucket 'bucket'.*{action}") as caught:
        S3Website(refusing(call, "AccessDenied"), "bucket").apply(change)

    assert ("whole account" in str(caught.value)) == (action == "s3:PutBucketPolicy")


@pytest.mark.parametrize(
    ("call", "action"),
    [("get_public_access_block", "s3:GetBucketPublicAccessBlock"), ("list_objects_v2", "s3:ListBucket")],
)
def test_a_refused_look_names_the_right_that_is_missing(call: str, action: str) -> None:
    """Reading how a bucket stands needs rights too."""
    client = refusing(call, "AccessDenied")
    with pytest.raises(StorageError, match=f"bucket 'bucket': allow {action}"):
        S3Website(client, "bucket").look() if "access" in call else S3Site(
            client, "bucket", "", Access.ACL
        ).list()


@pytest.mark.parametrize(
    ("region", "endpoint", "address"),
    [
        ("eu-west-1", "https://s3.eu-west-1.amazonaws.com", "http://b.s3-website-eu-west-1.amazonaws.com/x/"),
        (
            "eu-central-1",
            "https://s3.eu-central-1.amazonaws.com",
            "http://b.s3-website.eu-central-1.amazonaws.com/x/",
        ),
        (
            "cn-north-1",
            "https://s3.cn-north-1.amazonaws.com.cn",
            "http://b.s3-website.cn-north-1.amazonaws.com.cn/x/",
        ),
        ("us-east-1", "http://127.0.0.1:9", ""),
    ],
)
def test_a_website_is_where_its_region_shows_it(region: str, endpoint: str, address: str) -> None:
    """Older regions have a dash in the host's name, newer a dot; of other endpoints nothing is known."""
    client = client_of(endpoint, attempts=1, AWS_DEFAULT_REGION=region)
    with Stubber(client) as stub:
        stub.add_response("head_bucket", {"BucketRegion": region})

        assert S3Website(client, "b", "x/").address() == address
