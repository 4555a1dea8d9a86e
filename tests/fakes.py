"""Stand-ins that keep the same promises as the real thing."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

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


class MemoryStorage:
    """A `Storage` that keeps everything in a dictionary."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[bytes, str, datetime]] = {}
        self._described: dict[str, Description] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes:
        return self._entry(key)[0]

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        body = self.get(key)
        return body, _etag(body)

    def get_many(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for key in keys:
            try:
                body = self.get(key)
            except NotFound:
                continue
            yield key, body

    def head(self, key: str) -> ObjectInfo:
        body, _, modified_at = self._entry(key)
        return ObjectInfo(key, len(body), _etag(body), modified_at)

    def content_type(self, key: str) -> str:
        return self._entry(key)[1]

    def describe(self, key: str) -> Description:
        return Description(self.content_type(key), self._described.get(key, Description()).metadata)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        check_prefix(prefix)
        found = sorted(key for key in self._kept if key.startswith(prefix))
        return (self.head(key) for key in found)

    def list_level(self, prefix: str = "") -> Iterator[ObjectInfo | Folder]:
        folder = prefix[: prefix.rfind("/") + 1]
        objects = list(self.list(prefix))
        below = {info.key: info.key.removeprefix(folder).partition("/") for info in objects}
        found: dict[str, ObjectInfo | Folder] = {}
        for info in objects:
            name, slash, _ = below[info.key]
            found.setdefault(folder + name + slash, Folder(folder + name + slash) if slash else info)
        return (found[key] for key in sorted(found, key=str.encode))

    def list_folders(self, prefix: str) -> Sequence[str]:
        check_folder(prefix)
        below = (info.key.removeprefix(prefix) for info in self.list(prefix))
        return sorted({name.partition("/")[0] for name in below if "/" in name})

    def put(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        check_key(key)
        with self._lock:
            self._write(key, body, content_type)

    def put_if_absent(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        check_key(key)
        with self._lock:
            if key in self._kept:
                raise AlreadyExists(f"{key!r} is already there")
            self._write(key, body, content_type)

    def made_ready(self, key: str, body: bytes, content_type: str = OCTETS) -> Callable[[], None]:
        check_key(key)
        return lambda: self.put_if_absent(key, body, content_type)

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        check_key(key)
        with self._lock:
            if key not in self._kept or _etag(self._kept[key][0]) != etag:
                raise AlreadyExists(f"{key} has changed since it was read")
            self._write(key, body, content_type)

    def upload(self, path: Path, key: str, content_type: str = OCTETS) -> None:
        self.upload_described(path, key, Description(content_type), unheard)

    def upload_described(
        self, path: Path, key: str, description: Description, told: Callable[[int], object]
    ) -> None:
        check_metadata(description.metadata)
        try:
            body = path.read_bytes()
        except OSError as error:
            raise StorageError(f"cannot read {path}: {error.strerror}") from error
        self.put(key, body, description.content_type)
        self._described[key] = description
        told(len(body))

    def download(self, key: str, path: Path) -> None:
        path.write_bytes(self.get(key))

    def copy_to(self, key: str, sink: Sink) -> None:
        sink.write(self.get(key))

    def delete(self, key: str) -> None:
        check_key(key)
        with self._lock:
            self._kept.pop(key, None)
            self._described.pop(key, None)

    def delete_many(self, keys: Iterable[str]) -> Iterator[str]:
        for key in keys:
            self.delete(key)
            yield key

    def share(self, key: str, lifetime: timedelta) -> str:
        check_lifetime(key, lifetime)
        self.head(key)
        return f"memory:{key}?for={int(lifetime.total_seconds())}"

    def _entry(self, key: str) -> tuple[bytes, str, datetime]:
        check_key(key)
        try:
            return self._kept[key]
        except KeyError as error:
            raise NotFound(f"there is no object {key}") from error

    def _write(self, key: str, body: bytes, content_type: str) -> None:
        self._kept[key] = (body, content_type, datetime.now(UTC))
        self._described.pop(key, None)


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
