"""Versions of a model or a file, kept side by side, with a pointer to the latest.

<name>.json                which version is the latest, and all there are, oldest first
<name>-<sha256>.<ending>   the bytes of one

The pointer is replaced only as it was read, so racing writers lose nothing of each other's. No version is
ever changed or removed here, and nothing is trusted that its SHA-256 does not bear out.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from report.artefacts import MANIFEST_TYPE, Artefact, made_of, read_manifest, verify
from report.errors import AlreadyExists, BadArtefact, NotFound
from report.storage import Storage

_ATTEMPTS = 20
_LEAST_DIGITS = 4
_PICKLES = {".joblib", ".pickle", ".pkl", ".pt", ".pth"}
_PICKLE_BEGINNINGS = {b"\x80" + bytes([protocol]) for protocol in range(2, 6)}

_Versions = tuple[Artefact, ...]
_Change = Callable[[_Versions], tuple[Artefact, _Versions]]


def add(storage: Storage, name: str, path: Path, content_type: str, facts: Mapping[str, Any]) -> Artefact:
    """Keep a file as the latest version; the same bytes again are the same version, with the new facts.

    Raise `BadArtefact` for a pickle, which would run code where it is loaded, and `StorageError`.
    """
    _refuse_pickle(path)
    made = made_of(name, path, facts)
    storage.upload(path, made.key, content_type)

    def on_top(found: _Versions) -> tuple[Artefact, _Versions]:
        return made, (*(one for one in found if one.key != made.key), made)

    return _change(storage, name, on_top)


def versions(storage: Storage, name: str) -> tuple[Artefact, _Versions]:
    """Return the latest version and all, oldest first; raise `NotFound`, or `BadArtefact` for a stranger."""
    latest, found, _ = _standing(storage, name)
    if latest is None:
        raise NotFound(f"there is no artefact {name!r}: {name}.json is missing")
    return latest, found


def version(storage: Storage, name: str, begins: str = "") -> Artefact:
    """Return the version whose SHA-256 begins so, or the latest; raise `NotFound` unless it is one."""
    latest, found = versions(storage, name)
    return _chosen(name, found, begins) if begins else latest


def roll_back(storage: Storage, name: str, begins: str = "") -> Artefact:
    """Make another version the latest: that whose SHA-256 begins so, or the one saved before the latest.

    Raise `NotFound` where there is none, and `BadArtefact` for one whose bytes are others by now.
    """
    latest, found = versions(storage, name)
    chosen = _chosen(name, found, begins) if begins else _before(name, found, latest)
    verify(storage, chosen)
    return _change(storage, name, lambda now: (_chosen(name, now, chosen.sha256), now))


def _chosen(name: str, found: _Versions, begins: str) -> Artefact:
    fitting = [one for one in found if len(begins) >= _LEAST_DIGITS and one.sha256.startswith(begins.lower())]
    if len(fitting) != 1:
        raise NotFound(f"{len(fitting)} versions of {name} begin with {begins!r}: `artefacts list` shows all")
    return fitting[0]


def _before(name: str, found: _Versions, latest: Artefact) -> Artefact:
    place = found.index(latest)
    if not place:
        raise NotFound(f"there is no version of {name} before {latest.version}")
    return found[place - 1]


def _change(storage: Storage, name: str, change: _Change) -> Artefact:
    """Point to what `change` makes of the versions there are, as often as others are quicker."""
    for attempt in range(1, _ATTEMPTS + 1):
        _, found, etag = _standing(storage, name)
        latest, changed = change(found)
        body = json.dumps(asdict(latest) | {"versions": [asdict(one) for one in changed]}, sort_keys=True)
        try:
            if etag:
                storage.put_if_match(f"{name}.json", body.encode(), etag, MANIFEST_TYPE)
            else:
                storage.put_if_absent(f"{name}.json", body.encode(), MANIFEST_TYPE)
        except AlreadyExists:
            if attempt == _ATTEMPTS:
                raise
        else:
            return latest
    raise AssertionError("the last attempt returns or raises")


def _standing(storage: Storage, name: str) -> tuple[Artefact | None, _Versions, str]:
    try:
        body, etag = storage.get_with_etag(f"{name}.json")
    except NotFound:
        return None, (), ""
    try:
        return (*read_manifest(name, json.loads(body)), etag)
    except ValueError as error:
        raise BadArtefact(f"{name}.json is no manifest of ours ({error}): move it out of the way") from error


def _refuse_pickle(path: Path) -> None:
    with path.open("rb") as file:
        is_pickle = file.read(2) in _PICKLE_BEGINNINGS
    if is_pickle or _PICKLES & {suffix.lower() for suffix in path.suffixes}:
        raise BadArtefact(
            f"{path.name} is a pickle, which runs code where it is loaded: save the model as data, such as"
            " Parquet, JSON, ONNX or safetensors"
        )
