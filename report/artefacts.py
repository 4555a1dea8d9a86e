"""Files that are kept with their checksum and what they were made with, and verified when fetched.

<name>.json                which file is the right one: its SHA-256, its size, its facts
<name>-<sha256>.<ending>   the bytes; the first 16 signs of the SHA-256, in hex

The bytes come first and the manifest last, so whoever reads finds a whole one or none. Where versions are
kept (`report.artefact_versions`), the manifest names them all and is the pointer to the latest.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from report.errors import AlreadyExists, BadArtefact, NotFound
from report.storage import Sink, Storage

MANIFEST_TYPE = "application/json"
DIGITS = 16
_SHA256 = re.compile(r"[0-9a-f]{64}")

LONGEST_WRITE = timedelta(hours=1)
"""By the clock of storage: so long after it was replaced a file is kept."""


@dataclass(frozen=True)
class Artefact:
    """A stored file: its key, its SHA-256 in hex, its size in bytes, and what it was made with."""

    key: str
    sha256: str
    size: int
    facts: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not isinstance(self.key, str) or not isinstance(self.facts, dict) or type(self.size) is not int:
            raise ValueError(f"not the fields of an artefact: {self.key!r}, {self.size!r}, {self.facts!r}")
        if not isinstance(self.sha256, str) or not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.sha256!r} is no SHA-256 in hex")

    @property
    def version(self) -> str:
        """The first signs of the SHA-256, which stand in the key."""
        return self.sha256[:DIGITS]


def save(storage: Storage, name: str, path: Path, content_type: str, facts: Mapping[str, Any]) -> Artefact:
    """Keep a file under `name` in the place of the one that stood there.

    Racing writers end with one of theirs, whole. Raise `StorageError`.
    """
    made = made_of(name, path, facts)
    before, etag = _standing(storage, name)
    if before == made and stands(storage, made):
        return made
    storage.upload(path, made.key, content_type)
    try:
        _point(storage, name, made, etag)
    except AlreadyExists:
        return made  # another writer was quicker; theirs is as right, and ours is swept away later
    _sweep(storage, name, made)
    return made


def made_of(name: str, path: Path, facts: Mapping[str, Any]) -> Artefact:
    """Return what a file will be when it is kept under `name`."""
    digest = _sha256(path)
    return Artefact(f"{name}-{digest[:DIGITS]}{path.suffix}", digest, path.stat().st_size, dict(facts))


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
            f"{found.key} has the SHA-256 {got[:DIGITS]}…, its manifest {name}.json says"
            f" {found.version}…: it was changed or cut; delete {name}.json and run"
            " `python -m report compact`"
        )
    return found


def stands(storage: Storage, found: Artefact) -> bool:
    """Tell, without reading it, that the file is there and is as long as it should be."""
    try:
        return storage.head(found.key).size == found.size
    except NotFound:
        return False


def copy_verified(storage: Storage, found: Artefact, sink: Sink) -> None:
    """Write the file's bytes to `sink`; raise `BadArtefact` at the end if they are others, or gone."""
    verified = _Verified(sink)
    try:
        storage.copy_to(found.key, verified)
    except NotFound as error:
        raise BadArtefact(f"{found.key} is gone: make it again, or roll back to another version") from error
    if verified.digest() != found.sha256:
        raise BadArtefact(
            f"{found.key} has the SHA-256 {verified.digest()[:DIGITS]}…, its manifest says {found.version}…:"
            " it was changed or cut; make it again, or roll back to another version"
        )


def verify(storage: Storage, found: Artefact) -> None:
    """Read the file; raise `BadArtefact` unless it is what was saved."""
    copy_verified(storage, found, _Nowhere())


class _Nowhere:
    def write(self, part: bytes) -> None:
        """Let it go."""


class _Verified:
    """A sink that passes bytes on and knows their SHA-256."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._sha256 = sha256()

    def write(self, part: bytes) -> None:
        self._sha256.update(part)
        self._sink.write(part)

    def digest(self) -> str:
        return self._sha256.hexdigest()


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
        return read_manifest(name, json.loads(body))[0], etag
    except ValueError as error:
        raise BadArtefact(
            f"{name}.json is no manifest of ours ({error}): delete it and make it again"
        ) from error


def read_manifest(name: str, manifest: Any) -> tuple[Artefact, tuple[Artefact, ...]]:
    """Return the latest version and all, oldest first; raise `ValueError` for another thing."""
    if not isinstance(manifest, dict) or not isinstance(manifest.get("versions", []), list):
        raise ValueError("it is no object with a list of versions")
    latest, *all_of_them = (_of(name, fields) for fields in [manifest, *manifest.get("versions", [])])
    if all_of_them and latest not in all_of_them:
        raise ValueError("the latest version is none of those it names")
    return latest, tuple(all_of_them) or (latest,)


def _of(name: str, fields: Any) -> Artefact:
    try:
        found = Artefact(**{field: fields[field] for field in ("key", "sha256", "size", "facts")})
    except (KeyError, TypeError) as error:
        raise ValueError(f"a field is missing: {error}") from error
    if not found.key.startswith(f"{name}-{found.version}"):
        raise ValueError(f"{found.key!r} is no file of {name}")
    return found


def _point(storage: Storage, name: str, made: Artefact, etag: str) -> None:
    body = json.dumps(asdict(made), sort_keys=True).encode()
    if etag:
        storage.put_if_match(f"{name}.json", body, etag, MANIFEST_TYPE)
    else:
        storage.put_if_absent(f"{name}.json", body, MANIFEST_TYPE)


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
