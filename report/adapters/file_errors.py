"""What the operating system refuses of a file, in the house's words."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from report.errors import BadKey, NotFound, StorageError, StorageUnavailable

_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_CLASH = {errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY}
_PASSING = {errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.ETIMEDOUT, errno.EAGAIN, errno.EBUSY}


@contextlib.contextmanager
def translated_reading(key: str, root: Path) -> Iterator[None]:
    """Turn an `OSError` on the way to an object into `NotFound` or what else it means."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotFound(f"there is no {key!r} in {root}") from error
    except OSError as error:
        raise _translation(error, "read", f"{key!r} in {root}") from error


@contextlib.contextmanager
def translated_writing(key: str, root: Path) -> Iterator[None]:
    """Turn an `OSError` while an object is replaced or removed into what it means."""
    try:
        yield
    except OSError as error:
        raise _translation(error, "write", f"{key!r} in {root}") from error


@contextlib.contextmanager
def translated_local(verb: str, path: Path) -> Iterator[None]:
    """Turn an `OSError` on a file that is not storage's own into what it means."""
    try:
        yield
    except OSError as error:
        raise _translation(error, verb, str(path)) from error


def _translation(error: OSError, verb: str, what: str) -> StorageError:
    tried = f"cannot {verb} {what}"
    reason = error.strerror or str(error)
    if error.errno in _NO_RIGHT:
        where = error.filename or "the folder"
        return StorageError(f"{tried}: {reason}; give the user who runs this the right to {verb} {where}")
    if error.errno in _NO_ROOM:
        return StorageError(f"{tried}: no room is left; free some space and try again. Nothing was changed")
    if error.errno in _CLASH:
        return StorageError(f"{tried}: a folder cannot hold an object and a folder of one name; rename one")
    if error.errno == errno.ENAMETOOLONG:
        return BadKey(f"{tried}: the name is too long for this file system; choose a shorter one")
    if error.errno in _PASSING:
        return StorageUnavailable(f"{tried} for now: {reason}; try again")
    return StorageError(f"{tried}: {reason}")
