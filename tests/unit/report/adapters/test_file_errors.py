"""Rules for saying what the operating system refuses."""

import errno
import os
from pathlib import Path

import pytest

from report.adapters.file_errors import translated_local, translated_reading, translated_writing
from report.errors import BadKey, NotFound, StorageError, StorageUnavailable

ROOT = Path("/srv/data")


def os_error(number: int) -> OSError:
    return OSError(number, os.strerror(number), "/srv/data/a")


@pytest.mark.parametrize(
    ("number", "kind", "advice"),
    [
        (errno.EACCES, StorageError, "give the user who runs this the right to write /srv/data/a"),
        (errno.EROFS, StorageError, "give the user who runs this the right"),
        (errno.ENOSPC, StorageError, "free some space"),
        (errno.EDQUOT, StorageError, "free some space"),
        (errno.ENOTDIR, StorageError, "rename one"),
        (errno.ENAMETOOLONG, BadKey, "choose a shorter one"),
        (errno.EMFILE, StorageUnavailable, "try again"),
        (errno.ESTALE, StorageUnavailable, "try again"),
        (errno.EIO, StorageError, "Input/output error"),
    ],
)
def test_refused_write_says_what_to_do(number: int, kind: type[StorageError], advice: str) -> None:
    """A refused write names key and folder, says what to do, and keeps its cause."""
    with pytest.raises(StorageError, match=advice) as caught, translated_writing("a", ROOT):
        raise os_error(number)

    assert type(caught.value) is kind
    assert "'a' in /srv/data" in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENOTDIR, errno.EISDIR])
def test_reading_what_is_no_file_finds_nothing(number: int) -> None:
    """What is not a file is no object."""
    with pytest.raises(NotFound, match="'a' in /srv/data"), translated_reading("a", ROOT):
        raise os_error(number)


def test_denied_read_is_not_missing() -> None:
    """A file one may not read is not mistaken for one that is not there."""
    with pytest.raises(StorageError, match="right to read") as caught, translated_reading("a", ROOT):
        raise os_error(errno.EACCES)

    assert type(caught.value) is StorageError


def test_missing_local_file_is_no_missing_object() -> None:
    """A file outside storage that is not there is not mistaken for an object."""
    with (
        pytest.raises(StorageError, match="cannot read /tmp/x") as caught,
        translated_local("read", Path("/tmp/x")),
    ):
        raise os_error(errno.ENOENT)

    assert type(caught.value) is StorageError
