"""A bounded folder of files brought from afar before; any number of processes share it.

<folder>/<digest of the name>-<digest of the bytes>   a file; its time of change is when it was last asked for
<folder>/<random>.draft                               a file on its way

A name stands for bytes that never change. What is broken is brought anew, and a cache that cannot be used
costs time, not the answer.
"""

import contextlib
import hashlib
import logging
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

log = logging.getLogger(__name__)

_OURS = re.compile(r"[0-9a-f]{32}(-[0-9a-f]{32}|\.draft)")  # whatever else lies there is not ours to remove


class FileCache:
    """Keeps at most `limit_bytes` below `folder`; racing processes may pass it by what each is bringing."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def bring(self, name: str, size: int, path: Path, fetch: Callable[[Path], None]) -> None:
        """Make `path`, which does not exist, the file of this name; `fetch` writes it where it is not kept.

        `path` may share its bytes with the cache: read it, never write to it. `size` is in bytes.
        """
        if size > self._limit_bytes:
            fetch(path)
            return
        try:
            _link_or_copy(self._kept(name) or self._filled(name, size, fetch), path)
        except OSError as error:
            log.warning(
                "reading without the cache in %s: %s; see CACHE_DIR and CACHE_MB", self._folder, error
            )
            fetch(path)

    def _kept(self, name: str) -> Path | None:
        """Return the whole file of this name and mark it as asked for; remove a broken one."""
        for file in self._folder.glob(f"{_short(name)}-*"):
            with contextlib.suppress(FileNotFoundError):  # another process makes room meanwhile
                if file.name == _file_name(name, file):
                    os.utime(file)
                    return file
                file.unlink()
        return None

    def _filled(self, name: str, size: int, fetch: Callable[[Path], None]) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._make_room(size)
        draft = self._folder / f"{secrets.token_hex(16)}.draft"
        try:
            fetch(draft)
            return draft.replace(self._folder / _file_name(name, draft))
        finally:
            draft.unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        """Remove what was not asked for the longest, drafts of the dead among it, until `size` bytes fit."""
        files = sorted(self._files())
        too_much = sum(length for _, length, _ in files) + size - self._limit_bytes
        for _, length, file in files:
            if too_much <= 0:
                return
            file.unlink(missing_ok=True)
            too_much -= length

    def _files(self) -> Iterator[tuple[int, int, Path]]:
        for file in self._folder.iterdir():
            if _OURS.fullmatch(file.name):
                with contextlib.suppress(FileNotFoundError):
                    status = file.stat()
                    yield status.st_mtime_ns, status.st_size, file


def _file_name(name: str, file: Path) -> str:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, lambda: hashlib.blake2b(digest_size=16))
    return f"{_short(name)}-{digest.hexdigest()}"


def _short(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or no hard links there
        shutil.copyfile(source, target)
