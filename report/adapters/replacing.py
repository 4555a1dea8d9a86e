"""Puts a file in the place of an object that was read before, unless somebody else did so meanwhile."""

from pathlib import Path

from report.errors import AlreadyExists, NotFound
from report.storage import ObjectInfo, Storage

HELD_BYTES = 64 << 20
"""Larger files are not held in memory; storage can't put those on a condition."""


def replace_object(
    storage: Storage,
    key: str,
    path: Path,
    stands: ObjectInfo | None,
    content_type: str,
    held_bytes: int = HELD_BYTES,
) -> None:
    """Put a file under `key` where `stands` stood, or nothing; raise `AlreadyExists` if that has changed."""
    if path.stat().st_size > held_bytes:
        _upload(storage, key, path, stands, content_type)
    elif stands:
        storage.put_if_match(key, path.read_bytes(), stands.etag, content_type)
    else:
        storage.put_if_absent(key, path.read_bytes(), content_type)


def _upload(storage: Storage, key: str, path: Path, stands: ObjectInfo | None, content_type: str) -> None:
    """Look first, since storage does not; a write that slips in between is made good by the next run."""
    try:
        found = storage.head(key).etag
    except NotFound:
        found = None
    if found != (stands.etag if stands else None):
        raise AlreadyExists(f"{key} has changed since it was read")
    storage.upload(path, key, content_type)
