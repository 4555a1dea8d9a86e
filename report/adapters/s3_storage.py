"""Storage in S3: each object under its key, below a prefix of one bucket.

<bucket>/<prefix>raw/dt=2026-11-20/hour=13/x.json   the object "raw/dt=2026-11-20/hour=13/x.json"
"""

import contextlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError

from report.adapters.file_cache import FileCache
from report.adapters.file_errors import translated_local
from report.adapters.read_ahead import read_ahead
from report.adapters.s3_bulk import S3Bulk
from report.adapters.s3_client import check_bucket_name, s3_client
from report.adapters.s3_errors import RACE, NotRead, code_of, missing_bucket, translated
from report.errors import AlreadyExists, NotFound
from report.storage import OCTETS, ObjectInfo, check_folder, check_key, check_lifetime, check_prefix, is_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from report.adapters.s3_reader import S3Reader

__all__ = ["S3Storage", "check_bucket_name", "s3_client"]

_READ_ATTEMPTS = 3
_RACE_ATTEMPTS = 5
_RACE_PAUSE_SECONDS = 0.05
_TRANSFER = TransferConfig(max_concurrency=4)
_READ, _WRITE, _LIST, _DELETE = "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject"


class _Condition(TypedDict, total=False):
    IfNoneMatch: str
    IfMatch: str


class S3Storage:
    """Keeps objects in `bucket`, all below `prefix` ("" or a folder); the client is `s3_client`'s.

    A file that was downloaded comes from `cache` the next time, if its object is still the same.
    Raises `BadKey` for a bucket name S3 cannot have, before any call is made.
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        prefix: str = "",
        sleep: Callable[[float], None] = time.sleep,
        cache: FileCache | None = None,
    ) -> None:
        check_bucket_name(bucket)
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        check_prefix(self._prefix)
        self._sleep = sleep
        self._bulk = S3Bulk(client, bucket, cache)

    def get(self, key: str) -> bytes:
        """Return the object's bytes; raise `NotFound`."""
        return self.get_with_etag(key)[0]

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        """Return the object's bytes and the etag `put_if_match` wants; raise `NotFound`."""
        name = self._name(key)
        with self._translated(_READ, key):
            for attempt in range(1, _READ_ATTEMPTS + 1):
                answer = self._client.get_object(Bucket=self._bucket, Key=name)
                try:
                    return answer["Body"].read(), answer["ETag"]
                except (
                    HTTPClientError,
                    IncompleteReadError,
                ):  # cut off half-way: botocore does not try again
                    if attempt == _READ_ATTEMPTS:
                        raise
        raise AssertionError("the last attempt returns or raises")

    def get_many(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (key, bytes) in the order given, without the missing, reading a few hundred ahead at most."""
        reader = self._bulk.reader  # made here once, not by each thread
        for key, body in read_ahead(keys, lambda batch: self._read_batch(reader, batch)):
            if body is not None:
                yield key, body

    def head(self, key: str) -> ObjectInfo:
        """Return what is known of the object; raise `NotFound`."""
        name = self._name(key)
        with self._heading(key):
            answer = self._client.head_object(Bucket=self._bucket, Key=name)
        modified_at = answer["LastModified"].astimezone(UTC)
        return ObjectInfo(key, answer["ContentLength"], answer["ETag"], modified_at)

    def content_type(self, key: str) -> str:
        """Return the content type the object was put with; raise `NotFound`."""
        name = self._name(key)
        with self._heading(key):
            return self._client.head_object(Bucket=self._bucket, Key=name)["ContentType"]

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield the objects whose key starts with `prefix`, in S3's own order: by UTF-8 bytes."""
        check_prefix(prefix)
        return self._objects(prefix)

    def list_folders(self, prefix: str) -> Sequence[str]:
        """Return the names one level below `prefix` that have something below them, in order."""
        check_folder(prefix)
        start = self._prefix + prefix
        pages = self._client.get_paginator("list_objects_v2")
        with self._translated(_LIST, prefix):
            found = [
                folder["Prefix"][len(start) : -1]
                for page in pages.paginate(Bucket=self._bucket, Prefix=start, Delimiter="/")
                for folder in page.get("CommonPrefixes", [])
            ]
        return sorted(name for name in found if is_key(f"{prefix}{name}/"))

    def put(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        """Write the object, whole or not at all."""
        self._put(key, body, content_type, {})

    def put_if_absent(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        """Write the object; raise `AlreadyExists` if the key is taken.

        Where S3's answer is lost and the request tried again, the taker may be ourselves.
        """
        self._put(key, body, content_type, {"IfNoneMatch": "*"})

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        """Replace the object if its etag is still `etag`; raise `AlreadyExists` if not, or if it is gone."""
        try:
            self._put(key, body, content_type, {"IfMatch": etag})
        except NotFound as error:
            raise AlreadyExists(f"{key!r} in bucket {self._bucket!r} has gone since it was read") from error

    def upload(self, path: Path, key: str, content_type: str = OCTETS) -> None:
        """Write a file's bytes in parts, without holding them in memory, whole or not at all."""
        name = self._name(key)
        extra = {"ContentType": content_type}
        with translated_local("read", path), path.open("rb") as file, self._translated(_WRITE, key):
            self._client.upload_fileobj(file, self._bucket, name, ExtraArgs=extra, Config=_TRANSFER)

    def download(self, key: str, path: Path) -> None:
        """Write the object to a file in parts, whole or not at all; raise `NotFound`."""
        name = self._name(key)
        with translated_local("write", path), self._heading(key):
            with contextlib.suppress(NotRead):
                self._bulk.download(name, path)
                return
            self._client.download_file(self._bucket, name, str(path), Config=_TRANSFER)

    def delete(self, key: str) -> None:
        """Remove the object; a missing one is no error."""
        name = self._name(key)
        with self._translated(_DELETE, key):
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def share(self, key: str, lifetime: timedelta) -> str:
        """Return a presigned URL of the object; it ends with `lifetime`, or with a role's credentials."""
        check_lifetime(key, lifetime)
        self.head(key)
        place = {"Bucket": self._bucket, "Key": self._name(key)}
        seconds = int(lifetime.total_seconds())
        with self._translated(_READ, key):
            return self._client.generate_presigned_url("get_object", Params=place, ExpiresIn=seconds)

    def _read_batch(self, reader: "S3Reader", keys: Sequence[str]) -> Sequence[tuple[str, bytes | None]]:
        bodies = reader.read([self._name(key) for key in keys])
        return [
            (key, self._get_or_none(key) if body is None else body)
            for key, body in zip(keys, bodies, strict=True)
        ]

    def _get_or_none(self, key: str) -> bytes | None:
        with contextlib.suppress(NotFound):
            return self.get(key)
        return None

    def _put(self, key: str, body: bytes, content_type: str, condition: _Condition) -> None:
        name = self._name(key)
        with self._translated(_WRITE, key):
            for attempt in range(1, _RACE_ATTEMPTS + 1):
                try:
                    self._client.put_object(
                        Bucket=self._bucket, Key=name, Body=body, ContentType=content_type, **condition
                    )
                    return
                except ClientError as error:
                    if code_of(error) not in RACE or attempt == _RACE_ATTEMPTS:
                        raise
                self._sleep(random.uniform(0, _RACE_PAUSE_SECONDS * 2**attempt))  # noqa: S311 - jitter

    def _objects(self, prefix: str) -> Iterator[ObjectInfo]:
        pages = self._client.get_paginator("list_objects_v2")
        with self._translated(_LIST, prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for found in page.get("Contents", []):
                    key = found["Key"][len(self._prefix) :]
                    if key and is_key(key):  # the prefix itself may be an object: the console makes such
                        modified_at = found["LastModified"].astimezone(UTC)
                        yield ObjectInfo(key, found["Size"], found["ETag"], modified_at)

    def _name(self, key: str) -> str:
        """Return the key in the bucket."""
        check_key(key)
        check_key(self._prefix + key)
        return self._prefix + key

    def _translated(self, action: str, key: str) -> contextlib.AbstractContextManager[None]:
        return translated(action, self._bucket, self._prefix + key)

    @contextlib.contextmanager
    def _heading(self, key: str) -> Iterator[None]:
        """Translate the errors of a HEAD, whose bare 404 may mean the object or the bucket."""
        try:
            with self._translated(_READ, key):
                yield
        except NotFound as error:
            if self._bucket_is_missing():
                raise missing_bucket(self._bucket) from error
            raise

    def _bucket_is_missing(self) -> bool:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            return code_of(error) == "404"
        except BotoCoreError:
            return False
        return False
