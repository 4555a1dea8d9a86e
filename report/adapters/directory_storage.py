"""Storage in a folder: one file for each object, at the path its key names.

<root>/
├── raw/dt=2026-11-20/hour=13/x.json   the object "raw/dt=2026-11-20/hour=13/x.json"
├── some/folder/.storage               the object "some/folder/", as S3 consoles make them
└── .storage/                          half-written files, locks, notes on objects (`directory_work`)

Files put there by hand are objects too. Symbolic links below the root are not: they are neither
listed nor followed, so no key leads out of the folder.
"""

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import IO
from urllib.parse import quote

from report.adapters.directory_files import copy, link_or_copy, named, read_part, read_plain, suffix_type
from report.adapters.directory_work import WORK, WorkFolder, etag_of
from report.adapters.file_errors import translated_local, translated_reading, translated_writing
from report.errors import AlreadyExists, BadKey, NotFound, StorageError
from report.links import LinkSigner
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
    is_key,
    unheard,
)

_LONGEST_NAME_BYTES = 255
_NO_METADATA: Mapping[str, str] = MappingProxyType({})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class DirectoryStorage:
    """Keeps objects as files below `root`, which is made when first written to.

    Links are signed by `signer`, and point below `public_url`; `clock` says when they end.
    """

    def __init__(
        self,
        root: Path,
        signer: LinkSigner | None = None,
        public_url: str = "",
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._root = root.resolve()
        self._work = WorkFolder(self._root)
        self._signer = signer
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    def get(self, key: str) -> bytes:
        """Return the object's bytes; raise `NotFound`."""
        with self._open(key) as file:
            return file.read()

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        """Return the object's bytes and the etag `put_if_match` wants; raise `NotFound`."""
        with self._open(key) as file:
            return file.read(), etag_of(os.fstat(file.fileno()))

    def get_many(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (key, bytes) in the order given, without the missing; one by one, as a disk likes it."""
        for folder, together in groupby(keys, _folder_of):
            yield from self._get_from(folder, together)

    def head(self, key: str) -> ObjectInfo:
        """Return what is known of the object; raise `NotFound`."""
        with self._open(key) as file:
            return _info(key, os.fstat(file.fileno()))

    def content_type(self, key: str) -> str:
        """Return the type the object was put with, or its suffix's; raise `NotFound`."""
        self.head(key)
        with translated_reading(key, self._root):
            return self._work.noted_type(key) or suffix_type(key)

    def describe(self, key: str) -> Description:
        """Return what the object says of itself; raise `NotFound`."""
        content_type = self.content_type(key)
        with translated_reading(key, self._root):
            return Description(content_type, self._work.noted_metadata(key))

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield the objects whose key starts with `prefix`, holding one folder's names at a time."""
        check_prefix(prefix)
        folder, slash, start = prefix.rpartition("/")
        return self._below(folder + slash, start)

    def list_level(self, prefix: str = "") -> Iterator[ObjectInfo | Folder]:
        """Yield the objects and folders one level below `prefix`, holding that level's names at a time."""
        check_prefix(prefix)
        folder, slash, start = prefix.rpartition("/")
        return (one for one in self._level(folder + slash, start) if self._is_shown(one))

    def list_folders(self, prefix: str) -> Sequence[str]:
        """Return the names one level below `prefix` that have something below them, in order."""
        check_folder(prefix)
        names = [name[:-1] for name, _ in self._entries(prefix) if name.endswith("/")]
        return sorted(name for name in names if next(self._below(f"{prefix}{name}/"), None))

    def put(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        """Write the object, whole or not at all."""
        with self._writing(key, BytesIO(body)) as (draft, path):
            self._note_type(key, content_type)
            self._work.place(draft, path)

    def put_if_absent(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        """Write the object; raise `AlreadyExists` if the key is taken."""
        self.made_ready(key, body, content_type)()

    def made_ready(self, key: str, body: bytes, content_type: str = OCTETS) -> Callable[[], None]:
        """Bring the bytes to disk, and return what gives them the key as `put_if_absent` does, once.

        Where it is dropped, so is the draft.
        """
        writing = ExitStack()
        draft, path = writing.enter_context(self._drafted(key, BytesIO(body)))

        def put() -> None:
            with writing, self._locked(key, path):
                if path.is_file():
                    raise AlreadyExists(f"{key!r} is already in {self._root}")
                self._note_type(key, content_type)
                self._work.place_new(draft, path)

        return put

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        """Replace the object if its etag is still `etag`; raise `AlreadyExists` if not, or if it is gone."""
        with self._writing(key, BytesIO(body)) as (draft, path):
            if not path.is_file() or etag_of(path.stat()) != etag:
                raise AlreadyExists(f"{key!r} in {self._root} has changed since it was read: read it again")
            self._note_type(key, content_type)
            self._work.place(draft, path)

    def upload(self, path: Path, key: str, content_type: str = OCTETS) -> None:
        """Write a file's bytes without holding them in memory, whole or not at all."""
        self.upload_described(path, key, Description(content_type), unheard)

    def upload_described(
        self, path: Path, key: str, description: Description, told: Callable[[int], object]
    ) -> None:
        """Upload a file with all it says of itself, telling how many bytes have gone each time."""
        check_metadata(description.metadata)
        with translated_local("read", path):
            source = path.open("rb")
        with source, self._writing(key, source, told) as (draft, place):
            self._note_type(key, description.content_type, description.metadata)
            self._work.place(draft, place)

    def download(self, key: str, path: Path) -> None:
        """Make the object a file, by a hard link where the file system can; raise `NotFound`.

        The file may share its bytes with storage: read it, never write to it.
        """
        beside = path.with_name(f".{secrets.token_hex(8)}.part")
        with self._open(key) as source, translated_local("write", path):
            try:
                link_or_copy(self._path(key), source, beside)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)  # renaming a link over its own twin leaves both

    def copy_to(self, key: str, sink: Sink) -> None:
        """Write the object's bytes to `sink`, part by part; raise `NotFound`, or what `sink` raises."""
        with self._opened(key) as file:
            while part := read_part(file, key, self._root):
                sink.write(part)

    def delete(self, key: str) -> None:
        """Remove the object; a missing one is no error."""
        path = self._path(key)
        with translated_writing(key, self._root):
            if not path.is_file():
                return
            with self._work.lock(key), contextlib.suppress(FileNotFoundError):
                self._work.remove(path)
                self._work.note(key, None, {})

    def delete_many(self, keys: Iterable[str]) -> Iterator[str]:
        """Remove the objects, and yield their keys as they go; missing ones too."""
        for key in keys:
            self.delete(key)
            yield key

    def share(self, key: str, lifetime: timedelta) -> str:
        """Return a signed path of our web server that opens this object until `lifetime` is over."""
        check_lifetime(key, lifetime)
        if self._signer is None:
            raise StorageError(f"cannot share {key!r}: set SECRET_KEY, which signs the links")
        self.head(key)
        query = self._signer.query(key, self._clock() + lifetime)
        return f"{self._public_url}/files/{quote(key)}?{query}"

    def _path(self, key: str) -> Path:
        """Return where the object's file is; raise `BadKey` if that is nowhere below the root."""
        check_key(key)
        parts = key.split("/")
        if WORK in parts:
            raise BadKey(f"storage key {key!r} has a part {WORK!r}, which the folder keeps for itself")
        if any(len(part.encode()) > _LONGEST_NAME_BYTES for part in parts):
            raise BadKey(f"storage key {key!r} has a part longer than {_LONGEST_NAME_BYTES} bytes")
        path = self._root.joinpath(*parts[:-1], parts[-1] or WORK)
        if os.path.realpath(path) != str(path):
            raise BadKey(f"storage key {key!r} meets a symbolic link in {self._root}, which is not followed")
        return path

    def _get_from(self, folder: str, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Find the folder once: checking the path of a small object takes longer than reading it."""
        path = self._path(f"{folder}/any" if folder else "any").parent
        try:
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            handle = -1
        try:
            for key in keys:
                body = read_plain(handle, key)
                with contextlib.suppress(NotFound):
                    yield key, self.get(key) if body is None else body
        finally:
            if handle >= 0:
                os.close(handle)

    @contextlib.contextmanager
    def _open(self, key: str) -> Iterator[IO[bytes]]:
        with translated_reading(key, self._root), self._opened(key) as file:
            yield file

    def _opened(self, key: str) -> IO[bytes]:
        path = self._path(key)
        with translated_reading(key, self._root):
            return path.open("rb")

    @contextlib.contextmanager
    def _writing(
        self, key: str, source: IO[bytes], told: Callable[[int], object] = unheard
    ) -> Iterator[tuple[Path, Path]]:
        """Give a draft of the source's bytes and the object's path, with the key locked."""
        with self._drafted(key, source, told) as (draft, path), self._locked(key, path):
            yield draft, path

    @contextlib.contextmanager
    def _drafted(
        self, key: str, source: IO[bytes], told: Callable[[int], object] = unheard
    ) -> Iterator[tuple[Path, Path]]:
        """Give a draft of the source's bytes, which is on disk, and the object's path."""
        path = self._path(key)
        with (
            translated_writing(key, self._root),
            self._work.draft(lambda file: copy(source, file, told)) as draft,
        ):
            yield draft, path

    @contextlib.contextmanager
    def _locked(self, key: str, path: Path) -> Iterator[None]:
        """Keep others from replacing the object, unless a folder stands where it is to be."""
        with translated_writing(key, self._root), self._work.lock(key):
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
            yield

    def _note_type(self, key: str, content_type: str, metadata: Mapping[str, str] = _NO_METADATA) -> None:
        self._work.note(key, None if content_type == suffix_type(key) else content_type, metadata)

    def _below(self, folder: str, start: str = "") -> Iterator[ObjectInfo]:
        """Yield the objects of `folder` ("" or ending in "/") whose name there begins with `start`."""
        for one in self._level(folder, start):
            if isinstance(one, Folder):
                yield from self._below(one.key)
            else:
                yield one

    def _level(self, folder: str, start: str) -> Iterator[ObjectInfo | Folder]:
        """Yield what `folder` itself holds; a folder in it may be empty, or have a name we refuse."""
        for name, entry in self._entries(folder):
            if not name.startswith(start):
                continue
            if name.endswith("/"):
                yield Folder(folder + name)
            elif is_key(folder + name):
                with contextlib.suppress(FileNotFoundError):  # removed since the folder was read
                    yield _info(folder + name, entry.stat(follow_symlinks=False))

    def _is_shown(self, one: ObjectInfo | Folder) -> bool:
        return isinstance(one, ObjectInfo) or (
            is_key(one.key) and next(self._below(one.key), None) is not None
        )

    def _entries(self, folder: str) -> Sequence[tuple[str, os.DirEntry[str]]]:
        """Return a folder's names in the order of the keys they begin; folders end in "/"."""
        path = self._root / folder
        if WORK in folder.split("/") or os.path.realpath(path) != str(path):
            return []
        try:
            with translated_reading(folder, self._root), os.scandir(path) as entries:
                return sorted(named(entries, at_root=not folder), key=itemgetter(0))
        except NotFound:
            return []


def _folder_of(key: str) -> str:
    return key.rpartition("/")[0]


def _info(key: str, status: os.stat_result) -> ObjectInfo:
    return ObjectInfo(key, status.st_size, etag_of(status), datetime.fromtimestamp(status.st_mtime, UTC))
