"""`python -m report storage put|get|mkdir`: bring files to storage, and back."""

import signal
import sys
from dataclasses import replace
from pathlib import Path

import click

from report.commands.storage.locations import Location, object_at
from report.commands.storage.options import ANONYMOUS, ContentType, Metadata
from report.commands.storage.transfers import Counted, check_free, landing, progress
from report.composition import buckets_of, storage_at
from report.content_types import content_type_of
from report.errors import NotFound, StorageError
from report.storage import Description
from report.terminal import human_size, printable

_BEGINNING_BYTES = 65536
_PUBLIC = "public-read"
_FILE = click.Path(path_type=Path)
_SOURCE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command()
@click.argument("file", type=_SOURCE)
@click.argument("key")
@click.option("--content-type", type=ContentType(), help="Default: by the name, and how the file begins.")
@click.option("--metadata", type=Metadata(), multiple=True, help="A note on the object; may be repeated.")
@click.option("--public", is_flag=True, help="Let anybody read it, by an ACL; see below.")
@click.option("--force", is_flag=True, help="Replace what stands under the key.")
def put(
    file: Path,
    key: str,
    content_type: str | None,
    metadata: tuple[tuple[str, str], ...],
    public: bool,
    force: bool,
) -> None:
    """Put FILE under KEY; below it, by its own name, if KEY ends in "/".

    --public gives the object the ACL public-read, and prints the address anybody can open. Buckets made since
    April 2023 refuse ACLs, and Block Public Access passes over them; either is said. Then share a link, which
    changes nothing of the bucket, or let a bucket policy allow s3:GetObject to everybody.

    \b
    python -m report storage put notes.html docs/notes.html
    python -m report storage put model.onnx models/ --metadata trained=2026-11-20
    python -m report storage put logo.png s3://an-old-bucket/logo.png --public
    """
    _end_well()
    place = object_at(key + file.name if key.endswith("/") else key, acl=_PUBLIC if public else "")
    if not force:
        _check_absent(place)
    description = Description(content_type or type_of(file), dict(metadata))
    size = file.stat().st_size
    with progress(place.key, size) as told:
        place.storage.upload_described(file, place.key, description, told)
    click.echo(f"{place.shown(place.key)}: {human_size(size)}, {description.content_type}")
    if public:
        click.echo(_public_address(place))


@click.command()
@click.argument("key")
@click.argument("file", type=_FILE, default=None, required=False)
@click.option("--force", is_flag=True, help="Replace the file that is there.")
@ANONYMOUS
def get(key: str, file: Path | None, force: bool, anonymous: bool) -> None:
    """Bring an object to FILE, whole or not at all; by default to its own name, here.

    \b
    python -m report storage get editions/trends/2026-11-20/r1/data.json
    python -m report storage get s3://a-public-bucket/cancer.csv /tmp/cancer.csv --anonymous
    """
    _end_well()
    place = object_at(key, anonymous)
    target = _target(place.key, file)
    check_free(target, force)
    size = place.storage.head(place.key).size
    with landing(target, force) as landed, progress(place.key, size) as told:
        place.storage.copy_to(place.key, Counted(landed, told))
    click.echo(f"{printable(str(target))}: {human_size(size)}")


@click.command()
@click.argument("key")
def mkdir(key: str) -> None:
    """Make a folder that shows while it is empty: the object of no bytes whose key ends in "/".

    No other command needs it: a key may lie in a folder that nobody made.
    """
    place = object_at(f"{key.removesuffix('/')}/")
    place.storage.put_if_absent(place.key, b"", "application/x-directory")
    click.echo(place.shown(place.key))


def _end_well() -> None:
    """Let a stopped transfer take away what it left."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _check_absent(place: Location) -> None:
    try:
        place.storage.head(place.key)
    except NotFound:
        return
    raise click.ClickException(f"{place.shown(place.key)} is there already: --force replaces it")


def type_of(file: Path) -> str:
    """Return the content type a file gets; raise `click.ClickException` where it can't be read."""
    try:
        with file.open("rb") as opened:
            return content_type_of(file.name, opened.read(_BEGINNING_BYTES))
    except OSError as error:
        raise click.ClickException(f"cannot read {printable(str(file))}: {error.strerror}") from error


def _public_address(place: Location) -> str:
    """Return where anybody can read the object; raise `click.ClickException` if the ACL is passed over."""
    public = storage_at(replace(place.settings, storage_anonymous=True), place.url)
    try:
        public.head(place.key)
    except StorageError as error:
        raise click.ClickException(
            f"{place.shown(place.key)} was put with the ACL {_PUBLIC}, yet nobody reads it unsigned:"
            " Block Public Access, of the bucket or the account, passes over ACLs. Share a link instead"
        ) from error
    return buckets_of(place.settings).address(place.url.bucket, place.url.prefix + place.key)


def _target(key: str, file: Path | None) -> Path:
    name = key.rpartition("/")[2]
    if file is not None and not file.is_dir():
        return file
    if not name or not name.isprintable():
        raise click.UsageError(f"{printable(key)!r} gives no name for a file: write FILE")
    return (file or Path()) / name
