"""Storage in S3: each object under its key, below a prefix of one bucket.

<bucket>/<prefix>raw/dt=2026-11-20/hour=13/x.json   the object "raw/dt=2026-11-20/hour=13/x.json"
"""

import contextlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypedDict, cast

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError

from report.adapters.file_cache import FileCache
from report.adapters.file_errors import translated_local
from report.adapters.read_ahead import read_ahead
from report.adapters.s3_advice import HOW_TO_SIGN_IN
from report.adapters.s3_bulk import S3Bulk
from report.adapters.s3_client import check_bucket_name, is_anonymous, s3_client
from report.adapters.s3_errors import RACE, NotRead, code_of, missing_bucket, translated
from report.adapters.s3_listing import S3Listing
from report.errors import AlreadyExists, NotFound, StorageError
from report.storage import (
    OCTETS,
    Description,
    Folder,
    ObjectInfo,
    Sink,
    check_folder,
    check_key,
    check_lifetime,
    check_metadata,
    check_prefix,
    unheard,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

    from report.adapters.s3_reader import S3Reader

__all__ = ["S3Storage", "check_bucket_name", "s3_client"]

_READ_ATTEMPTS = 3
_RACE_ATTEMPTS = 5
_RACE_PAUSE_SECONDS = 0.05
_DELETED_TOGETHER = 1000  # as many as S3 takes
_TRANSFER = TransferConfig(max_concurrency=4)
_READ, _WRITE, _DELETE = "s3:GetObject", "s3:PutObject", "s3:DeleteObject"


class _Condition(TypedDict, total=False):
    IfNoneMatch: str
    IfMatch: str


class _Access(TypedDict, total=False):
    ACL: Any  # one of many literals to boto3's stubs


class S3Storage:
    """Keeps objects in `bucket`, all below `prefix` ("" or a folder); the client is `s3_client`'s.

    What is put gets the canned ACL `acl` where one is given, such as "public-read"; buckets of today refuse
    any. A file that was downloaded comes from `cache` the next time, if its object is still the same.
    Raises `BadKey` for a bucket name S3 cannot have, before any call is made.
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        prefix: str = "",
        sleep: Callable[[float], None] = time.sleep,
        cache: FileCache | None = None,
        acl: str = "",
    ) -> None:
        check_bucket_name(bucket)
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        check_prefix(self._prefix)
        self._sleep = sleep
        self._listing = S3Listing(client, bucket, self._prefix)
        self._access: _Access = {"ACL": acl} if acl else {}
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
        return self.describe(key).content_type

    def describe(self, key: str) -> Description:
        """Return what the object says of itself; raise `NotFound`."""
        name = self._name(key)
        with self._heading(key):
            answer = self._client.head_object(Bucket=self._bucket, Key=name)
        return Description(answer["ContentType"], answer["Metadata"])

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield the objects whose key starts with `prefix`, in S3's own order: by UTF-8 bytes."""
        check_prefix(prefix)
        return self._listing.objects(prefix)

    def list_level(self, prefix: str = "") -> Iterator[ObjectInfo | Folder]:
        """Yield the objects and folders one level below `prefix`, in S3's own order."""
        check_prefix(prefix)
        return self._listing.level(prefix)

    def list_folders(self, prefix: str) -> Sequence[str]:
        """Return the names one level below `prefix` that have something below them, in order."""
        check_folder(prefix)
        found = [one.key for one in self._listing.level(prefix) if isinstance(one, Folder)]
        return sorted(key[len(prefix) : -1] for key in found)

    def put(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        """Write the object, whole or not at all."""
        self._put(key, body, content_type, {})

    def put_if_absent(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        """Write the object; raise `AlreadyExists` if the key is taken.

        Where S3's answer is lost and the request tried again, the taker may be ourselves.
        """
        self._put(key, body, content_type, {"IfNoneMatch": "*"})

    def made_ready(self, key: str, body: bytes, content_type: str = OCTETS) -> Callable[[], None]:
        """Return what does `put_if_absent`, once; nothing of an object can be sent before."""
        check_key(key)
        return partial(self.put_if_absent, key, body, content_type)

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        """Replace the object if its etag is still `etag`; raise `AlreadyExists` if not, or if it is gone."""
        try:
            self._put(key, body, content_type, {"IfMatch": etag})
        except NotFound as error:
            raise AlreadyExists(f"{key!r} in bucket {self._bucket!r} has gone since it was read") from error

    def upload(self, path: Path, key: str, content_type: str = OCTETS) -> None:
        """Write a file's bytes in parts, without holding them in memory, whole or not at all."""
        self.upload_described(path, key, Description(content_type), unheard)

    def upload_described(
        self, path: Path, key: str, description: Description, told: Callable[[int], object]
    ) -> None:
        """Upload a file with all it says of itself, telling how many bytes have gone each time."""
        name = self._name(key)
        check_metadata(description.metadata)
        extra = {"ContentType": description.content_type, "Metadata": dict(description.metadata)}
        with translated_local("read", path), path.open("rb") as file, self._translated(self._write, key):
            self._client.upload_fileobj(
                file, self._bucket, name, ExtraArgs=extra | self._access, Callback=told, Config=_TRANSFER
            )

    def download(self, key: str, path: Path) -> None:
        """Write the object to a file in parts, whole or not at all; raise `NotFound`."""
        name = self._name(key)
        with translated_local("write", path), self._heading(key):
            with contextlib.suppress(NotRead):
                self._bulk.download(name, path)
                return
            self._client.download_file(self._bucket, name, str(path), Config=_TRANSFER)

    def copy_to(self, key: str, sink: Sink) -> None:
        """Write the object's bytes to `sink`, in parts fetched at a time; raise what `sink` raises."""
        name = self._name(key)
        with self._heading(key):
            self._client.download_fileobj(
                self._bucket, name, cast("IO[bytes]", _InOrder(sink)), Config=_TRANSFER
            )

    def delete(self, key: str) -> None:
        """Remove the object; a missing one is no error."""
        name = self._name(key)
        with self._translated(_DELETE, key):
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def delete_many(self, keys: Iterable[str]) -> Iterator[str]:
        """Remove the objects, a thousand to a request, and yield their keys as they go; missing ones too."""
        asked = iter(keys)
        while batch := list(islice(asked, _DELETED_TOGETHER)):
            yield from self._delete_batch(batch)

    def share(self, key: str, lifetime: timedelta) -> str:
        """Return a presigned URL of the object; it ends with `lifetime`, or with a role's credentials."""
        check_lifetime(key, lifetime)
        if is_anonymous(self._client):
            raise StorageError(
                f"cannot share {key!r} without credentials, which sign the link: {HOW_TO_SIGN_IN}"
            )
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

    def _delete_batch(self, keys: Sequence[str]) -> Iterator[str]:
        named: list[ObjectIdentifierTypeDef] = [{"Key": self._name(key)} for key in keys]
        with self._translated(_DELETE, keys[0]):
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": named, "Quiet": True}
            )
        refused = {error["Key"][len(self._prefix) :]: error for error in answer.get("Errors", [])}
        yield from (key for key in keys if key not in refused)
        for key, error in refused.items():
            with self._translated(_DELETE, key):
                raise ClientError({"Error": error}, "DeleteObjects")

    def _get_or_none(self, key: str) -> bytes | None:
        with contextlib.suppress(NotFound):
            return self.get(key)
        return None

    def _put(self, key: str, body: bytes, content_type: str, condition: _Condition) -> None:
        name = self._name(key)
        with self._translated(self._write, key):
            for attempt in range(1, _RACE_ATTEMPTS + 1):
                try:
                    self._client.put_object(
                        Bucket=self._bucket,
                        Key=name,
                        Body=body,
                        ContentType=content_type,
                        **condition,
                        **self._access,
                    )
                    return
                except ClientError as error:
                    if code_of(error) not in RACE or attempt == _RACE_ATTEMPTS:
                        raise
                self._sleep(random.uniform(0, _RACE_PAUSE_SECONDS * 2**attempt))  # noqa: S311 - jitter

    def _name(self, key: str) -> str:
        """Return the key in the bucket."""
        check_key(key)
        check_key(self._prefix + key)
        return self._prefix + key

    @property
    def _write(self) -> str:
        return "s3:PutObjectAcl" if self._access else _WRITE

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


class _InOrder:
    """A sink that cannot seek: boto3 would write parts as they come, and a pipe or ">>" can't have that."""

    def __init__(self, sink: Sink) -> None:
        self.write = sink.write
