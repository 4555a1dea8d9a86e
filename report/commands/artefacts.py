"""`python -m report artefacts`: versions of models and files, verified."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from report.artefact_versions import add, roll_back, version, versions
from report.artefacts import DIGITS, Artefact, copy_verified
from report.artefacts import verify as check
from report.commands import Door
from report.commands.storage.locations import Location, location, object_at
from report.commands.storage.moving import type_of
from report.commands.storage.options import Metadata
from report.commands.storage.transfers import Counted, check_free, landing, progress
from report.errors import BadArtefact, NotFound
from report.terminal import human_size, printable
from report.words import count_of

_FILE = click.Path(path_type=Path)
_SOURCE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_KEPT = re.compile(rf"(?P<name>.+)-[0-9a-f]{{{DIGITS}}}(\.[^/.]*)?")


@click.group(cls=Door)
def artefacts() -> None:
    """Keep versions of a model or a file, each with its checksum and what it was made with.

    NAME is a key of STORAGE_URL, or s3://bucket/key. A version is named by how its SHA-256 begins. Nothing is
    handed out that is not what was saved; what is known of the hashtags, below state/, is kept so too.
    """


@artefacts.command()
@click.argument("name")
@click.argument("file", type=_SOURCE)
@click.option("--fact", type=Metadata(), multiple=True, help="What it was made with; may be repeated.")
def save(name: str, file: Path, fact: tuple[tuple[str, str], ...]) -> None:
    """Keep FILE as the latest version of NAME. Pickles are refused: they run code where they are loaded.

    \b
    python -m report artefacts save models/sentiment model.onnx --fact trained=2026-11-20
    """
    place = object_at(name)
    facts = {"saved_at": datetime.now(UTC).isoformat(timespec="seconds"), **dict(fact)}
    made = add(place.storage, place.key, file, type_of(file), facts)
    click.echo(f"{place.shown(place.key)}: version {made.version}, {human_size(made.size)}")


@artefacts.command("list")
@click.argument("name")
def list_versions(name: str) -> None:
    """List the versions of NAME, oldest first, the latest marked by "*"."""
    place = object_at(name)
    latest, found = versions(place.storage, place.key)
    for one in found:
        mark = "*" if one == latest else " "
        facts = printable(json.dumps(one.facts, ensure_ascii=False, sort_keys=True))
        click.echo(f"{mark} {one.version}  {human_size(one.size):>10}  {facts}")


@artefacts.command()
@click.argument("name")
@click.argument("file", type=_FILE)
@click.option("--version", "begins", default="", help="Which; by default the latest.")
@click.option("--force", is_flag=True, help="Replace the file that is there.")
def get(name: str, file: Path, begins: str, force: bool) -> None:
    """Bring a version to FILE, if it is what was saved.

    \b
    python -m report artefacts get models/sentiment model.onnx
    """
    check_free(file, force)
    place = object_at(name)
    found = version(place.storage, place.key, begins)
    with landing(file, force) as landed, progress(found.key, found.size) as told:
        copy_verified(place.storage, found, Counted(landed, told))
    click.echo(f"{printable(str(file))}: version {found.version}, {human_size(found.size)}")


@artefacts.command()
@click.argument("name")
@click.argument("begins", metavar="[VERSION]", default="")
def rollback(name: str, begins: str) -> None:
    """Make VERSION the latest, by default the one saved before. All versions stay."""
    place = object_at(name)
    found = roll_back(place.storage, place.key, begins)
    click.echo(f"{place.shown(place.key)}: the latest version is {found.version}")


@artefacts.command()
@click.argument("name")
def verify(name: str) -> None:
    """Read every version of NAME, or of all below it if it ends in "/", and compare the checksums.

    \b
    python -m report artefacts verify models/sentiment
    python -m report artefacts verify state/
    """
    place = location(name)
    good = bad = 0
    for one in _names(place) if place.key.endswith("/") else [place.key]:
        wrongs = list(_wrongs(place, one))
        good, bad = good + (not wrongs), bad + bool(wrongs)
        for said in wrongs:
            click.echo(printable(said), err=True)
    if bad or not good:
        raise click.ClickException(f"{count_of(bad, 'artefact')} cannot be verified, {good:,} can")
    click.echo(f"{count_of(good, 'artefact')}: all is as it was saved")


def _wrongs(place: Location, name: str) -> Iterator[str]:
    try:
        _, found = versions(place.storage, name)
    except (BadArtefact, NotFound) as error:
        yield str(error)
        return
    for one in found:
        if said := _wrong(place, one):
            yield said


def _wrong(place: Location, one: Artefact) -> str:
    try:
        check(place.storage, one)
    except BadArtefact as error:
        return str(error)
    return ""


def _names(place: Location) -> Iterator[str]:
    """Yield the artefacts below a folder; in the order of keys, files come before the manifest."""
    kept = set()
    for info in place.storage.list(place.key):
        if found := _KEPT.fullmatch(info.key):
            kept.add(found["name"])
        elif (info.key.endswith(".json") and info.key[:-5] in kept) or _is_manifest(place, info.key):
            yield info.key.removesuffix(".json")


def _is_manifest(place: Location, key: str) -> bool:
    """Tell whether a key whose files are gone is a manifest all the same."""
    if not key.endswith(".json"):
        return False
    try:
        versions(place.storage, key.removesuffix(".json"))
    except (BadArtefact, NotFound):
        return False
    return True
