"""A website in a bucket: each file with the headers its readers get it with."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from report.adapters.s3_client import check_bucket_name
from report.adapters.site_errors import site_translated
from report.adapters.site_fetch import fetch
from report.publishing.links import path_of
from report.publishing.site import Access, Fetched, Parcel

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import ObjectCannedACLType

_FOR_A_CHECK = timedelta(minutes=15)


class _Headers(TypedDict, total=False):
    ContentEncoding: str
    ContentDisposition: str
    ACL: "ObjectCannedACLType"


class S3Site:
    """Keeps a site's files in `bucket`, below `prefix` ("" or ending in "/").

    `address` is where its readers find it, ending in "/"; it is fetched from there unless access is private.
    """

    def __init__(
        self, client: "S3Client", bucket: str, prefix: str, access: Access, address: str = ""
    ) -> None:
        check_bucket_name(bucket)
        self._client, self._bucket, self._prefix = client, bucket, prefix
        self._access, self._address = access, address

    def list(self) -> Mapping[str, str]:
        """Return the etag of each file there is, by key."""
        pages = self._client.get_paginator("list_objects_v2")
        with site_translated("s3:ListBucket", self._bucket, self._prefix):
            return {
                found["Key"].removeprefix(self._prefix): found["ETag"]
                for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix)
                for found in page.get("Contents", [])
            }

    def put(self, parcel: Parcel) -> str:
        """Write the file, whole or not at all; return its etag."""
        call = "s3:PutObjectAcl" if self._access is Access.ACL else "s3:PutObject"
        with site_translated(call, self._bucket, self._prefix + parcel.key):
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + parcel.key,
                Body=parcel.body,
                ContentType=parcel.content_type,
                CacheControl=parcel.cache_control,
                **self._headers(parcel),
            )
        return answer["ETag"]

    def delete(self, key: str) -> None:
        """Remove the file; a missing one is no error."""
        with site_translated("s3:DeleteObject", self._bucket, self._prefix + key):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def fetch(self, key: str) -> Fetched:
        """Get the file over HTTP: from the site's address, or by a signed link."""
        if self._access is not Access.PRIVATE and self._address:
            return fetch(self._address + path_of(key).removeprefix("/"))
        return fetch(self.link(key, _FOR_A_CHECK))

    def link(self, key: str, lifetime: timedelta) -> str:
        """Return a link that opens the file without further rights; it ends with a role's session, too."""
        place = {"Bucket": self._bucket, "Key": self._prefix + key}
        with site_translated("s3:GetObject", self._bucket, self._prefix + key):
            return self._client.generate_presigned_url(
                "get_object", Params=place, ExpiresIn=int(lifetime.total_seconds())
            )

    def _headers(self, parcel: Parcel) -> _Headers:
        headers = _Headers()
        if parcel.coding:
            headers["ContentEncoding"] = parcel.coding
        if parcel.saved_as:
            headers["ContentDisposition"] = f'attachment; filename="{parcel.saved_as}"'
        if self._access is Access.ACL:
            headers["ACL"] = "public-read"
        return headers
