"""Where everything is kept: bytes under keys, in S3 or in a folder."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from report.errors import BadKey, StorageError

log = logging.getLogger(__name__)

OCTETS = "application/octet-stream"
LONGEST_SHARE = timedelta(days=7)
_LONGEST_KEY_BYTES = 1024
_LONGEST_METADATA_BYTES = 2048
_METADATA_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_METADATA_VALUE = re.compile(r"([!-~]([ -~]*[!-~])?)?")
_BAD_SIGN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class ObjectInfo:
    """What storage knows of an object without reading it; `modified_at` is UTC."""

    key: str
    size: int
    etag: str
    modified_at: datetime


@dataclass(frozen=True)
class Folder:
    """What several keys begin with; `key` ends in "/" and need not be an object."""

    key: str


@dataclass(frozen=True)
class Description:
    """What an object says of itself: its content type, and what whoever put it noted by name."""

    content_type: str = OCTETS
    metadata: Mapping[str, str] = field(default_factory=dict)


class Sink(Protocol):
    """Takes bytes, in order: an open file, or what counts them on their way."""

    def write(self, part: bytes, /) -> object:
        """Take the next bytes."""


class Storage(Protocol):
    """A few verbs on bytes and keys; both doers pass `tests/contract/test_storage.py`.

    Every verb raises `BadKey` for a key `check_key` refuses, `StorageUnavailable` where trying
    again can help, and `StorageError` for what storage refuses for good (rights, a missing bucket).
    """

    def get(self, key: str) -> bytes:
        """Return the object's bytes; raise `NotFound`."""

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        """Return the object's bytes and the etag `put_if_match` wants; raise `NotFound`."""

    def get_many(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (key, bytes) for each key, in the order given, reading many at a time.

        A key that has gone meanwhile is left out.
        """

    def head(self, key: str) -> ObjectInfo:
        """Return what is known of the object; raise `NotFound`."""

    def content_type(self, key: str) -> str:
        """Return the content type the object was put with; raise `NotFound`."""

    def describe(self, key: str) -> Description:
        """Return what the object says of itself; raise `NotFound`."""

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield the objects whose key starts with `prefix`, by key in UTF-8 byte order.

        Foreign objects whose key `check_key` refuses are left out, with a warning in the log.
        """

    def list_level(self, prefix: str = "") -> Iterator[ObjectInfo | Folder]:
        """Yield what `list` does, but a folder once for all that lies in it, by key in UTF-8 byte order.

        A level of any size is read as it is asked for, and nothing below it.
        """

    def list_folders(self, prefix: str) -> Sequence[str]:
        """Return the names one level below `prefix` (which ends in "/" or is empty), in order.

        Only names that have something below them; `list_folders("raw/")` gives `["dt=2026-11-20", …]`.
        """

    def put(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        """Write the object, whole or not at all."""

    def put_if_absent(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        """Write the object; raise `AlreadyExists` if the key is taken. One of many racers wins."""

    def made_ready(self, key: str, body: bytes, content_type: str = OCTETS) -> Callable[[], None]:
        """Return what does `put_if_absent`, once, all done that can be done before; nobody sees it yet."""

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        """Replace the object if its etag is still `etag`; raise `AlreadyExists` if not, or if it is gone."""

    def upload(self, path: Path, key: str, content_type: str = OCTETS) -> None:
        """Write a file's bytes without holding them in memory, whole or not at all."""

    def upload_described(
        self, path: Path, key: str, description: Description, told: Callable[[int], object]
    ) -> None:
        """Upload a file with all it says of itself, telling how many bytes have gone each time.

        The number is negative where some must go again; threads may tell at once. Raise `StorageError`
        for metadata `check_metadata` refuses.
        """

    def download(self, key: str, path: Path) -> None:
        """Write the object to a file without holding it in memory; raise `NotFound`.

        The file may share its bytes with storage: read it, never write to it.
        """

    def copy_to(self, key: str, sink: Sink) -> None:
        """Write the object's bytes to `sink`, in order, without holding them in memory; raise `NotFound`.

        What `sink` raises passes through. Another thread may write, but only one at a time.
        """

    def delete(self, key: str) -> None:
        """Remove the object; a missing one is no error."""

    def delete_many(self, keys: Iterable[str]) -> Iterator[str]:
        """Remove the objects, many at a time, and yield their keys as they go; missing ones too.

        Nothing is removed before it is asked for. Where one is refused, those yielded are gone.
        """

    def share(self, key: str, lifetime: timedelta) -> str:
        """Return a link that opens this object without further rights, until `lifetime` is over.

        A presigned URL from S3, a signed path of our web server from a folder. Raise `StorageError`
        for more than `LONGEST_SHARE`, S3's own limit, and `NotFound` for a missing object.
        """


def check_key(key: str) -> None:
    """Raise `BadKey` unless `key` is one both S3 and a folder can hold without surprise."""
    problem = _key_problem(key)
    if problem:
        raise BadKey(f"storage key {key!r} {problem}")


def is_key(name: str) -> bool:
    """Whether a listing can give this name; what others put under one we refuse is logged and left out."""
    try:
        check_key(name)
    except BadKey as error:
        log.warning("left out of a listing: %s", error)
        return False
    return True


def check_prefix(prefix: str) -> None:
    """Raise `BadKey` unless a key could start with `prefix`, which may be empty or end mid-name."""
    folder = prefix[: prefix.rfind("/") + 1]
    if folder:
        check_key(folder)


def check_folder(prefix: str) -> None:
    """Raise `BadKey` unless `prefix` is empty or names a folder, ending in "/"."""
    check_prefix(prefix)
    if prefix and not prefix.endswith("/"):
        raise BadKey(f"folder {prefix!r} does not end in '/'")


def check_metadata(metadata: Mapping[str, str]) -> None:
    """Raise `StorageError` unless both stores keep it as it is: S3 sends it as HTTP headers, 2 KB at most."""
    problem = _metadata_problem(metadata)
    if problem:
        raise StorageError(f"cannot keep the metadata {dict(metadata)!r}: {problem}")


def check_lifetime(key: str, lifetime: timedelta) -> None:
    """Raise `StorageError` unless a link to `key` may live so long."""
    if not timedelta(seconds=1) <= lifetime <= LONGEST_SHARE:
        raise StorageError(
            f"cannot share {key!r} for {lifetime}: a link lives one second to {LONGEST_SHARE.days} days,"
            " the longest for which S3 honours a signature; share it again when that is over"
        )


def unheard(size: int) -> None:
    """Take no notice of how many bytes have gone."""


def _metadata_problem(metadata: Mapping[str, str]) -> str | None:
    for name, value in metadata.items():
        if not _METADATA_NAME.fullmatch(name):
            return f"the name {name!r} may hold only a-z, 0-9, '-', '_' and '.'"
        if not _METADATA_VALUE.fullmatch(value):
            return f"the value of {name!r} may hold only printable ASCII, without spaces at its ends"
    if sum(len(name) + len(value) for name, value in metadata.items()) > _LONGEST_METADATA_BYTES:
        return f"names and values come to more than {_LONGEST_METADATA_BYTES} bytes"
    return None


def _key_problem(key: str) -> str | None:
    if not key:
        return "is empty"
    if len(key.encode("utf-8", "surrogatepass")) > _LONGEST_KEY_BYTES:
        return f"is longer than {_LONGEST_KEY_BYTES} bytes"
    if _BAD_SIGN.search(key):
        return "has a control character or half a surrogate pair"
    if "\\" in key:
        return "has a backslash"
    parts = key.removesuffix("/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "has an empty, '.' or '..' part"
    return None
