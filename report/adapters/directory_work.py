"""The folder's own corner: half-written files, locks and notes on objects, never listed.

.storage/
├── tmp/<random>     files being written; renamed into place when whole
├── locks/<2 hex>    held while a key is replaced; there are never more than 256
├── types/<sha256>   the content type of a key, where its suffix says another
└── notes/<sha256>   the metadata of a key, in JSON, where it has any
"""

import contextlib
import errno
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import IO

WORK = ".storage"
_LEFT_OVER_SECONDS = 24 * 3600
_PLACE_ATTEMPTS = 10
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}
_MILLISECOND = 1_000_000  # in nanoseconds


class WorkFolder:
    """Writes files whole or not at all, one writer to a key. Raises `OSError`, which the store translates."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._swept = False

    @contextlib.contextmanager
    def draft(self, fill: Callable[[IO[bytes]], object]) -> Iterator[Path]:
        """Give the path of a file that `fill` has written and that is on disk; gone after the block."""
        path = self._folder("tmp") / secrets.token_hex(16)
        try:
            with path.open("xb") as file:
                self._sweep(file)
                fill(file)
                _finish(file)
            yield path
        finally:
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """Keep every other thread and process from replacing `key`; a killed holder lets go."""
        path = self._folder("locks") / _digest(key)[:2]
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def place(self, draft: Path, path: Path) -> None:
        """Rename the draft to `path`, over the file that is there."""
        self._place(draft, path, os.replace)

    def place_new(self, draft: Path, path: Path) -> None:
        """Give the draft the name `path`; raise `FileExistsError` if it is taken. Call under the lock."""
        self._place(draft, path, _link_new)

    def remove(self, path: Path) -> None:
        """Remove the file at `path` and the folders that this leaves empty. Call under the lock."""
        path.unlink()
        _sync_folder(path.parent)
        with contextlib.suppress(OSError):  # the first that is not empty ends the climb
            for folder in path.parents:
                if folder == self._root:
                    break
                folder.rmdir()

    def note(self, key: str, content_type: str | None, metadata: Mapping[str, str]) -> None:
        """Remember a content type and metadata, or forget them with None and {}. Call under the lock."""
        self._note(self._type_path(key), content_type)
        self._note(self._metadata_path(key), json.dumps(dict(metadata)) if metadata else None)

    def noted_type(self, key: str) -> str | None:
        """Return the content type remembered for `key`, or None."""
        return _text_of(self._type_path(key))

    def noted_metadata(self, key: str) -> dict[str, str]:
        """Return the metadata remembered for `key`."""
        return dict(json.loads(_text_of(self._metadata_path(key)) or "{}"))

    def _note(self, path: Path, text: str | None) -> None:
        if text is None:
            path.unlink(missing_ok=True)
            return
        with self.draft(lambda file: file.write(text.encode())) as draft:
            self.place(draft, path)

    def _place(self, draft: Path, path: Path, move: Callable[[Path, Path], None]) -> None:
        for attempt in range(1, _PLACE_ATTEMPTS + 1):
            _make_folder(path.parent)
            try:
                move(draft, path)
                break
            except FileNotFoundError:  # `remove` has just taken the folder away, empty as it was
                if attempt == _PLACE_ATTEMPTS:
                    raise
        _sync_folder(path.parent)

    def _folder(self, name: str) -> Path:
        folder = self._root / WORK / name
        _make_folder(folder)
        return folder

    def _type_path(self, key: str) -> Path:
        return self._root / WORK / "types" / _digest(key)

    def _metadata_path(self, key: str) -> Path:
        return self._root / WORK / "notes" / _digest(key)

    def _sweep(self, fresh: IO[bytes]) -> None:
        """Remove what killed writers left, by the file system's own clock; once in this object's life."""
        if self._swept:
            return
        self._swept = True
        now = os.fstat(fresh.fileno()).st_mtime
        for path in (self._root / WORK / "tmp").iterdir():
            with contextlib.suppress(FileNotFoundError):
                if now - path.stat().st_mtime > _LEFT_OVER_SECONDS:
                    path.unlink()


def etag_of(status: os.stat_result) -> str:
    """Return a mark that changes whenever the file is replaced."""
    return f"{status.st_ino:x}-{status.st_mtime_ns:x}-{status.st_size:x}"


def _finish(file: IO[bytes]) -> None:
    """Bring a written file to disk, with a time of change that no later file of its number will have.

    A file system's clock ticks every few milliseconds, and numbers of removed files are given out
    again: below the millisecond goes chance, so that two writes never share an etag.
    """
    file.flush()
    status = os.fstat(file.fileno())
    changed = status.st_mtime_ns - status.st_mtime_ns % _MILLISECOND + secrets.randbelow(_MILLISECOND)
    os.utime(file.fileno(), ns=(status.st_atime_ns, changed))
    os.fsync(file.fileno())


def _link_new(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        draft.replace(path)  # a file system without hard links: the lock alone keeps racers apart


def _make_folder(folder: Path) -> None:
    """Make the folder and those above it, each on disk before the next."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir()
    except FileExistsError as error:
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from error
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
