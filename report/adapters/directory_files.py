"""What a folder does with its files one by one: names, reads, copies and links them."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from report.adapters.directory_work import WORK
from report.adapters.file_errors import translated_reading
from report.storage import OCTETS, check_key

_PART_BYTES = 1 << 20
_PLAIN_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


def named(entries: Iterable[os.DirEntry[str]], at_root: bool) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield each folder, ending in "/", and each object of a folder, by the name its key goes on with."""
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != WORK:
                yield f"{entry.name}/", entry
        elif entry.is_file(follow_symlinks=False):
            if entry.name != WORK:
                yield entry.name, entry
            elif not at_root:
                yield "", entry  # the object that is named as its folder


def read_part(file: IO[bytes], key: str, root: Path) -> bytes:
    """Return the next bytes of an object's file, none at its end; raise `StorageError`."""
    with translated_reading(key, root):
        return file.read(_PART_BYTES)


def copy(source: IO[bytes], target: IO[bytes], told: Callable[[int], object]) -> None:
    """Write what is left of one file to another, telling how many bytes have gone each time."""
    while part := source.read(_PART_BYTES):
        target.write(part)
        told(len(part))


def read_plain(folder: int, key: str) -> bytes | None:
    """Return the bytes of a file in an open folder; None for whatever is not as simple as that."""
    check_key(key)
    name = key.rpartition("/")[2]
    if folder < 0 or name in ("", WORK):
        return None
    try:
        handle = os.open(name, _PLAIN_READ, dir_fd=folder)
        with open(handle, "rb", buffering=0) as file:  # noqa: PTH123 a handle has no path
            return file.readall()
    except OSError:
        return None


def suffix_type(key: str) -> str:
    """Return the content type that goes without a note."""
    return _TYPES.get(PurePosixPath(key).suffix, OCTETS)


def link_or_copy(path: Path, source: IO[bytes], target: Path) -> None:
    """Make `target` the file at `path`, whose bytes `source` reads."""
    try:
        target.hardlink_to(path)
    except OSError:  # another disk, no hard links there, or the object has just gone: its bytes are ours
        with target.open("xb") as file:
            shutil.copyfileobj(source, file)
