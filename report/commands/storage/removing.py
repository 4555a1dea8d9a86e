"""`python -m report storage rm`: remove an object, or all below a folder."""

import click

from report.commands.storage.locations import Location, location, object_at
from report.commands.storage.transfers import progress
from report.errors import NotFound
from report.listing import Totals
from report.terminal import both_sizes

_MANY = 1000


@click.command()
@click.argument("key")
@click.option("--recursive", is_flag=True, help="Everything below the folder KEY. Asks first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rm(key: str, recursive: bool, yes: bool) -> None:
    """Remove an object, or with --recursive a folder: `raw` is then `raw/`, and never `rawer/`.

    What is removed is gone, unless the bucket keeps versions.

    \b
    python -m report storage rm models/old.onnx
    python -m report storage rm --recursive editions/trends/2026-11-20/
    """
    if not recursive:
        _remove_one(object_at(key))
        return
    place = _folder_at(key)
    totals = Totals()
    for info in place.storage.list(place.key):
        totals.add(info)
    where = place.shown(place.key)
    if not totals.objects:
        raise click.ClickException(f"there is nothing below {where}")
    if not yes:
        click.confirm(f"Remove {totals.said()}, below {where}?", abort=True)
    _remove(place, totals.objects)


def _folder_at(key: str) -> Location:
    """Return the location of a folder, or of everything where the word is no more than a bucket."""
    if key.startswith("s3://") and "/" not in key.removeprefix("s3://").rstrip("/"):
        return location(key.rstrip("/") + "/")
    return object_at(f"{key.removesuffix('/')}/" if key else "")


def _remove_one(place: Location) -> None:
    try:
        size = place.storage.head(place.key).size
    except NotFound as error:
        below = f"{place.key.removesuffix('/')}/"
        if next(iter(place.storage.list(below)), None):
            raise click.ClickException(f"{error}; --recursive removes what is below {below!r}") from error
        raise
    place.storage.delete(place.key)
    click.echo(f"removed {place.shown(place.key)}, {both_sizes(size)}")


def _remove(place: Location, expected: int) -> None:
    gone, keys = 0, (info.key for info in place.storage.list(place.key))
    try:
        with progress("removing", expected, _MANY) as told:
            for _ in place.storage.delete_many(keys):
                gone += 1
                told(1)
    finally:
        click.echo(f"removed {gone:,} of {expected:,}")
