"""A bucket as a website: what it lets others read, and where they find it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from report.adapters.s3_errors import code_of
from report.adapters.site_errors import site_translated
from report.publishing.access import ACL_BLOCKS, POLICY_BLOCKS, Block, Bucket, Change, Configure, WritePolicy

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PublicAccessBlockConfigurationTypeDef

_Answer = TypeVar("_Answer")
_WITH_A_DASH = {
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
}


class S3Website:
    """Reads and changes who may read `bucket`; `prefix` is the site's."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str = "") -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    def look(self) -> Bucket:
        """Return the bucket as it stands; raise `StorageError`."""
        blocks = self._or_none(
            "s3:GetBucketPublicAccessBlock", self._blocks, "NoSuchPublicAccessBlockConfiguration"
        )
        return replace(
            self.look_at_policy(),
            blocked=frozenset(name for name, is_on in (blocks or {}).items() if is_on),
            website=self._or_none("s3:GetBucketWebsite", self._website, "NoSuchWebsiteConfiguration") or {},
        )

    def look_at_policy(self) -> Bucket:
        """Return the bucket with its policy alone: all that a private site asks; raise `StorageError`."""
        policy = self._or_none("s3:GetBucketPolicy", self._policy, "NoSuchBucketPolicy") or ""
        return Bucket(self._bucket, self._client.meta.partition, policy)

    def apply(self, change: Change) -> None:
        """Make a change at the bucket; raise `StorageError`."""
        if isinstance(change, Configure):
            self._configure(change)
        elif isinstance(change, Block):
            self._block(change)
        elif isinstance(change, WritePolicy):
            self._write_policy(change)

    def address(self) -> str:
        """Return where S3 shows the website, ending in "/"; "" where the endpoint is not Amazon's own.

        The forms are those of https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints.
        """
        host = urlsplit(self._client.meta.endpoint_url).hostname or ""
        _, amazon, ending = host.partition(".amazonaws.com")
        if not amazon:
            return ""
        with site_translated("s3:ListBucket", self._bucket, ""):
            found = self._client.head_bucket(Bucket=self._bucket)
        region = found.get("BucketRegion") or self._client.meta.region_name
        mark = "-" if region in _WITH_A_DASH else "."
        return f"http://{self._bucket}.s3-website{mark}{region}.amazonaws.com{ending}/{self._prefix}"

    def _or_none(self, call: str, ask: Callable[[], _Answer], missing: str) -> _Answer | None:
        with site_translated(call, self._bucket, ""):
            try:
                return ask()
            except ClientError as error:
                if code_of(error) != missing:
                    raise
        return None

    def _blocks(self) -> "PublicAccessBlockConfigurationTypeDef":
        return self._client.get_public_access_block(Bucket=self._bucket)["PublicAccessBlockConfiguration"]

    def _policy(self) -> str:
        return self._client.get_bucket_policy(Bucket=self._bucket)["Policy"]

    def _website(self) -> dict[str, Any]:
        answer: dict[str, Any] = dict(self._client.get_bucket_website(Bucket=self._bucket))
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def _configure(self, change: Configure) -> None:
        with site_translated("s3:PutBucketWebsite", self._bucket, ""):
            self._client.put_bucket_website(Bucket=self._bucket, WebsiteConfiguration=dict(change.website))  # type: ignore[arg-type]  # as S3 itself gave it

    def _block(self, change: Block) -> None:
        flags = {name: name in change.blocked for name in (*POLICY_BLOCKS, *ACL_BLOCKS)}
        with site_translated("s3:PutBucketPublicAccessBlock", self._bucket, ""):
            self._client.put_public_access_block(
                Bucket=self._bucket,
                PublicAccessBlockConfiguration=flags,  # type: ignore[arg-type]  # its four names
            )

    def _write_policy(self, change: WritePolicy) -> None:
        if not change.policy:
            with site_translated("s3:DeleteBucketPolicy", self._bucket, ""):
                self._client.delete_bucket_policy(Bucket=self._bucket)
            return
        with site_translated("s3:PutBucketPolicy", self._bucket, ""):
            self._client.put_bucket_policy(Bucket=self._bucket, Policy=change.policy)
