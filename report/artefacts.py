"""Files that are kept with their checksum and what they were made with, and verified when fetched.

<name>.json                which file is the right one: its SHA-256, its size, its facts
<name>-<sha256>.<ending>   the bytes; the first 16 signs of the SHA-256, in hex

The bytes come first and the manifest last, so whoever reads finds a whole one or none.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Any

from report.errors import AlreadyExists, BadArtefact, NotFound
from report.storage import Storage

_JSON = "application/json"
_DIGITS = 16

LONGEST_WRITE = timedelta(hours=1)
"""By the clock of storage: so long after it was replaced a file is kept."""


@dataclass(frozen=True)
class Artefact:
    """A stored file: its key, its SHA-256 in hex, its size in bytes, and what it was made with."""

    key: str
    sha256: str
    size: int
    facts: Mapping[str, Any]


def save(storage: Storage, name: str, path: Path, content_type: str, facts: Mapping[str, Any]) -> Artefact:
    """Keep a file under `name` in the place of the one that stood there.

    Racing writers end with one of theirs, whole. Raise `StorageError`.
    """
    sha256 = _sha256(path)
    key = f"{name}-{sha256[:_DIGITS]}{path.suffix}"
    made = Artefact(key, sha256, path.stat().st_size, facts)
    before, etag = _standing(storage, name)
    if before == made and stands(storage, made):
        return made
    storage.upload(path, key, content_type)
    try:
        _point(storage, name, made, etag)
    except AlreadyExists:
        return made  # another writer was quicker; theirs is as right, and ours is swept away later
    _sweep(storage, name, made)
    return made


def known(storage: Storage, name: str) -> Artefact:
    """Return what is kept under `name`, unread; raise `NotFound`, or `BadArtefact` for a foreign manifest."""
    found, _ = _standing(storage, name)
    if found is None:
        raise NotFound(f"{name}.json names no file")
    return found


def fetch(storage: Storage, name: str, path: Path) -> Artefact:
    """Write the file kept under `name` to `path`; raise `NotFound`, or `BadArtefact` if it is another one."""
    found = known(storage, name)
    try:
        storage.download(found.key, path)
    except NotFound:  # replaced meanwhile, or gone
        found = known(storage, name)
        _download(storage, name, found.key, path)
    if (got := _sha256(path)) != found.sha256:
        raise BadArtefact(
            f"{found.key} has the SHA-256 {got[:_DIGITS]}…, its manifest {name}.json says"
            f" {found.sha256[:_DIGITS]}…: it was changed or cut; delete {name}.json and run"
            " `python -m report compact`"
        )
    return found


def stands(storage: Storage, found: Artefact) -> bool:
    """Tell, without reading it, that the file is there and is as long as it should be."""
    try:
        return storage.head(found.key).size == found.size
    except NotFound:
        return False


def _download(storage: Storage, name: str, key: str, path: Path) -> None:
    try:
        storage.download(key, path)
    except NotFound as error:
        raise BadArtefact(
            f"{name}.json names {key}, which is gone: run `python -m report compact` to make it again"
        ) from error


def _standing(storage: Storage, name: str) -> tuple[Artefact | None, str]:
    try:
        body, etag = storage.get_with_etag(f"{name}.json")
    except NotFound:
        return None, ""
    try:
        return Artefact(**json.loads(body)), etag
    except (ValueError, TypeError) as error:
        raise BadArtefact(
            f"{name}.json is no manifest of ours ({error}): delete it and make it again"
        ) from error


def _point(storage: Storage, name: str, made: Artefact, etag: str) -> None:
    body = json.dumps(asdict(made), sort_keys=True).encode()
    if etag:
        storage.put_if_match(f"{name}.json", body, etag, _JSON)
    else:
        storage.put_if_absent(f"{name}.json", body, _JSON)


def _sweep(storage: Storage, name: str, made: Artefact) -> None:
    """Remove files that were replaced, but no young one: another writer may be about to name it."""
    found = list(storage.list(f"{name}-"))
    now = next((info.modified_at for info in found if info.key == made.key), None)
    for info in found:
        if now and info.key != made.key and info.modified_at < now - LONGEST_WRITE:
            storage.delete(info.key)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
