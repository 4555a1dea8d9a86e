"""A website in a folder: its pages open in a browser as they lie there."""

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from report.adapters.directory_work import etag_of
from report.adapters.file_errors import translated_reading, translated_writing
from report.errors import BadKey, StorageError
from report.publishing.site import Fetched, Parcel
from report.storage import check_key

_HALF_WRITTEN = ".half-written-"


class FolderSite:
    """Keeps a site's files below `root`, made when first written to; all else there is left alone."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def list(self) -> Mapping[str, str]:
        """Return the etag of each file there is, by key."""
        with translated_reading(".", self._root):
            return dict(self._entries())

    def put(self, parcel: Parcel) -> str:
        """Write the file, whole or not at all; return its etag."""
        path = self._path(parcel.key)
        draft = self._root / f"{_HALF_WRITTEN}{secrets.token_hex(8)}"
        with translated_writing(parcel.key, self._root):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                draft.write_bytes(parcel.body)
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)
            return etag_of(path.stat())

    def delete(self, key: str) -> None:
        """Remove the file, and the folders it leaves empty; a missing one is no error."""
        path = self._path(key)
        with translated_writing(key, self._root):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # a folder that holds more, or has gone
            for folder in path.relative_to(self._root).parents[:-1]:
                (self._root / folder).rmdir()

    def fetch(self, key: str) -> Fetched:
        """Read the file; a folder says no types."""
        path = self._path(key)
        try:
            with translated_reading(key, self._root):
                return Fetched(str(path), path.read_bytes())
        except StorageError as error:
            return Fetched(str(path), problem=str(error))

    def _entries(self) -> Iterator[tuple[str, str]]:
        for folder, _, names in os.walk(self._root):
            for name in names:
                path = Path(folder, name)
                if name.startswith(_HALF_WRITTEN):
                    continue
                yield path.relative_to(self._root).as_posix(), etag_of(path.lstat())

    def _path(self, key: str) -> Path:
        """The file's path, which no symbolic link may lead out of the folder."""
        check_key(key)
        path = self._root / key
        if not path.parent.resolve().is_relative_to(self._root):
            raise BadKey(f"{key!r} leads out of {self._root} by a symbolic link: remove the link")
        return path
