"""Zip files that hold nothing of when, where and by whom they were made.

Names are sorted, times and modes fixed. Bytes differ only between versions of zlib, never between two
runs on one machine, so that an upload with nothing new in it can be seen to have nothing new.
"""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from report.errors import TrendsError

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can say
_UNIX = 3
_FILE = 0o100644
_PROGRAM = 0o100755


class PackageError(TrendsError):
    """A package cannot be made of what there is."""


@dataclass(frozen=True)
class Member:
    """A file inside a zip: its name below the root, with "/", and whether it may be executed."""

    name: str
    body: bytes
    is_program: bool = False

    def __post_init__(self) -> None:
        path = PurePosixPath(self.name)
        if str(path) != self.name or path.is_absolute() or ".." in path.parts or "\\" in self.name:
            raise PackageError(
                f"{self.name!r} is no name of a file inside a zip: expected one such as a/b.py"
            )


def zip_of(members: Iterable[Member]) -> bytes:
    """Return the zip that holds the members, whatever their order; raise `PackageError` for a name twice."""
    target = BytesIO()
    last = ""
    with zipfile.ZipFile(target, "w") as archive:
        for member in sorted(members, key=lambda one: one.name):
            if member.name == last:
                raise PackageError(f"{member.name!r} would be twice in one zip")
            last = member.name
            archive.writestr(_header(member), member.body, zipfile.ZIP_DEFLATED, compresslevel=9)
    return target.getvalue()


def write_zip(path: Path, members: Iterable[Member], largest_bytes: int) -> int:
    """Write the zip, whole or not at all, and return its size in bytes.

    Raise `PackageError` where it would be larger than `largest_bytes`: something got in that does not belong.
    """
    body = zip_of(members)
    if len(body) > largest_bytes:
        raise PackageError(
            f"{path.name} would have {len(body):,} bytes, and at most {largest_bytes:,} are expected:"
            " look at what came in since, or raise the limit"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(body)
    beside.replace(path)
    return len(body)


def _header(member: Member) -> zipfile.ZipInfo:
    header = zipfile.ZipInfo(member.name, _EARLIEST)
    header.create_system = _UNIX
    header.external_attr = (_PROGRAM if member.is_program else _FILE) << 16
    return header
