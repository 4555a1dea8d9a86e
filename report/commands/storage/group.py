"""`python -m report storage ls|head|cat|share`, beside what other modules here add to the group."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import click

from report.commands import Door
from report.commands.storage.buckets import buckets
from report.commands.storage.locations import location, object_at
from report.commands.storage.moving import get, mkdir, put
from report.commands.storage.options import ANONYMOUS, Lifetime
from report.commands.storage.removing import rm
from report.commands.storage.transfers import Counted, Screen, progress
from report.listing import json_lines, table_lines
from report.storage import Sink
from report.terminal import both_sizes, printable, shown_time

_TOGETHER = 200


@click.group(cls=Door)
def storage() -> None:
    """Look at what is kept, bring files there and back, and share them.

    A KEY is one of STORAGE_URL, a folder or a bucket; s3://bucket/key is one of any bucket. Credentials
    come from the environment or from .env: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the
    machine's role. Times are those of TIMEZONE.
    """


@storage.command()
@click.argument("prefix", default="")
@click.option("--recursive", is_flag=True, help="Everything below, not one level.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@ANONYMOUS
def ls(prefix: str, recursive: bool, form: str, anonymous: bool) -> None:
    """List what begins with PREFIX: sizes, times, and what it comes to.

    \b
    python -m report storage ls
    python -m report storage ls raw/dt=2026-11-20/ --recursive
    python -m report storage ls s3://a-public-bucket/ --anonymous --format json
    """
    place = location(prefix, anonymous)
    found = place.storage.list(place.key) if recursive else place.storage.list_level(place.key)
    zone = place.settings.timezone
    for block in _blocks(table_lines(found, zone) if form == "table" else json_lines(found, zone)):
        click.echo(block)


@storage.command()
@click.argument("key")
@ANONYMOUS
def head(key: str, anonymous: bool) -> None:
    """Say what is known of an object without reading it: size, type, time, metadata."""
    place = object_at(key, anonymous)
    info, description = place.storage.head(place.key), place.storage.describe(place.key)
    zone = place.settings.timezone
    rows = [
        ("key", info.key),
        ("size", both_sizes(info.size)),
        ("type", description.content_type),
        ("modified", f"{shown_time(info.modified_at, zone)} ({zone.key})"),
        ("etag", info.etag),
        *(("metadata", f"{name}={value}") for name, value in sorted(description.metadata.items())),
    ]
    for name, value in rows:
        click.echo(f"{name:<9} {printable(value)}")


@storage.command()
@click.argument("key")
@ANONYMOUS
def cat(key: str, anonymous: bool) -> None:
    """Write an object to standard output.

    Into a pipe or a file the bytes go as they are. On a terminal, signs that would steer it are shown as
    escapes.
    """
    place = object_at(key, anonymous)
    if sys.stdout.isatty():
        place.storage.copy_to(place.key, Screen())
        return
    out: Sink = sys.stdout.buffer
    size = place.storage.head(place.key).size if sys.stderr.isatty() else 0
    with progress(place.key, size) as told:
        place.storage.copy_to(place.key, Counted(out, told))


@storage.command()
@click.argument("key")
@click.option("--expires", type=Lifetime(), default="1h", show_default=True, help="Such as 30m, 1h or 7d.")
def share(key: str, expires: timedelta) -> None:
    """Print a link that opens an object for whoever has it, until it is over.

    From a bucket it is presigned, and ends with the credentials that signed it if they end sooner. From a
    folder it is signed with SECRET_KEY, and opens while the web server runs. Seven days are the most: S3
    honours no signature for longer.

    \b
    python -m report storage share editions/trends/2026-11-20/r1/page.html
    python -m report storage share s3://bucket/key --expires 7d
    """
    place, until = object_at(key), datetime.now(UTC) + expires
    link = place.storage.share(place.key, expires)
    zone = place.settings.timezone
    click.echo(link)
    click.echo(f"opens until {shown_time(until, zone)} ({zone.key})", err=True)
    if "X-Amz-Security-Token=" in link:
        click.echo("signed with temporary credentials: it ends with them, if they end sooner", err=True)


for _command in (buckets, get, mkdir, put, rm):
    storage.add_command(_command)


def _blocks(lines: Iterator[str]) -> Iterator[str]:
    while block := list(islice(lines, _TOGETHER)):
        yield "\n".join(block)
