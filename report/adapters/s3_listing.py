"""What lies in a bucket below a prefix, page by page, in S3's own order: by the keys' UTF-8 bytes."""

import heapq
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING

from report.adapters.s3_errors import translated
from report.storage import Folder, ObjectInfo, is_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

_ACTION = "s3:ListBucket"


class S3Listing:
    """Lists one bucket's keys with `start`, which is empty or ends in "/", taken off."""

    def __init__(self, client: "S3Client", bucket: str, start: str) -> None:
        self._pages = client.get_paginator("list_objects_v2")
        self._bucket = bucket
        self._start = start

    def objects(self, prefix: str) -> Iterator[ObjectInfo]:
        """Yield all objects whose key begins with `prefix`."""
        where = self._start + prefix
        with translated(_ACTION, self._bucket, where):
            for page in self._pages.paginate(Bucket=self._bucket, Prefix=where):
                yield from self._infos(page)

    def level(self, prefix: str) -> Iterator[ObjectInfo | Folder]:
        """Yield the same, but once for all that goes on with the same name and a "/"."""
        where = self._start + prefix
        with translated(_ACTION, self._bucket, where):
            for page in self._pages.paginate(Bucket=self._bucket, Prefix=where, Delimiter="/"):
                found: list[Iterator[ObjectInfo | Folder]] = [self._folders(page), self._infos(page)]
                yield from heapq.merge(*found, key=_by_bytes)

    def _infos(self, page: "ListObjectsV2OutputTypeDef") -> Iterator[ObjectInfo]:
        for found in page.get("Contents", []):
            key = found["Key"][len(self._start) :]
            if key and is_key(key):  # the prefix itself may be an object: the console makes such
                yield ObjectInfo(key, found["Size"], found["ETag"], found["LastModified"].astimezone(UTC))

    def _folders(self, page: "ListObjectsV2OutputTypeDef") -> Iterator[Folder]:
        for found in page.get("CommonPrefixes", []):
            key = found["Prefix"][len(self._start) :]
            if is_key(key):
                yield Folder(key)


def _by_bytes(one: ObjectInfo | Folder) -> bytes:
    return one.key.encode()
