"""What S3 alone has: buckets, their regions, and addresses that anybody can open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from report.adapters.s3_client import check_bucket_name, check_region
from report.adapters.s3_errors import translated
from report.errors import AlreadyExists

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType

_FIRST_REGION = "us-east-1"
_PAGE = 1000


@dataclass(frozen=True)
class Bucket:
    """A bucket of the account; `region` is empty where S3 does not say."""

    name: str
    region: str
    created_at: datetime


class S3Buckets:
    """Lists, makes and removes buckets; `client_in` gives `s3_client`s by region, None for boto3's own."""

    def __init__(self, client_in: "Callable[[str | None], S3Client]") -> None:
        self._client_in = client_in
        self._client = client_in(None)

    def list(self) -> Iterator[Bucket]:
        """Yield the account's buckets by name; raise `StorageError`."""
        pages = self._client.get_paginator("list_buckets")
        with translated("s3:ListAllMyBuckets", "", ""):
            for page in pages.paginate(PaginationConfig={"PageSize": _PAGE}):
                for found in page.get("Buckets", []):
                    created_at = found["CreationDate"].astimezone(UTC)
                    yield Bucket(found["Name"], found.get("BucketRegion", ""), created_at)

    def create(self, name: str, region: str | None) -> str:
        """Make a bucket, in boto3's own region if none is given; return the region.

        Raise `BadKey` for a name or region S3 cannot have, `AlreadyExists` for a name that is taken, and
        `StorageError`.
        """
        check_bucket_name(name)
        if region:
            check_region(region)
        client = self._client_in(region)
        region = region or client.meta.region_name
        with translated("s3:CreateBucket", name, ""):
            self._refuse_standing(name)
            client.create_bucket(Bucket=name, **_placed(region))
        return region

    def delete(self, name: str) -> None:
        """Remove an empty bucket; raise `StorageError`, as for one that holds anything."""
        check_bucket_name(name)
        with translated("s3:DeleteBucket", name, ""):
            self._client.delete_bucket(Bucket=name)

    def address(self, bucket: str, key: str) -> str:
        """Return the address at which anybody can read a public object."""
        place: dict[str, Any] = {"Bucket": bucket, "Key": key}
        return self._client.generate_presigned_url("get_object", Params=place).partition("?")[0]

    def _refuse_standing(self, name: str) -> None:
        """Raise `AlreadyExists` for a bucket of ours: in its first region, S3 would say "made" again."""
        try:
            self._client.head_bucket(Bucket=name)
        except ClientError:
            return  # not there, somebody else's, or not to be known: making it tells
        raise AlreadyExists(f"bucket {name!r} is there already, and you may read it")


def _placed(region: str) -> dict[str, Any]:
    if region == _FIRST_REGION:
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": cast("BucketLocationConstraintType", region)}}
