"""`python -m report storage buckets`: the account's buckets."""

import click

from report.composition import buckets_of, services_from_environ
from report.settings import Settings
from report.terminal import printable, shown_time


@click.group(invoke_without_command=True)
@click.pass_context
def buckets(context: click.Context) -> None:
    """List the account's buckets, with their regions; make one, or remove one.

    \b
    python -m report storage buckets
    python -m report storage buckets create twitter-trends-2026 --region eu-west-1
    python -m report storage buckets delete twitter-trends-2026
    """
    if context.invoked_subcommand:
        return
    settings = _s3_settings()
    zone = settings.timezone
    click.echo(f"{f'made, {zone.key}':<25}  {'region':<14}  bucket")
    for bucket in buckets_of(settings).list():
        made = shown_time(bucket.created_at, zone)
        click.echo(f"{made:<25}  {bucket.region or 'not said':<14}  {printable(bucket.name)}")


@buckets.command()
@click.argument("name")
@click.option("--region", help="Where, such as eu-west-1. Default: AWS_DEFAULT_REGION, or us-east-1.")
def create(name: str, region: str | None) -> None:
    """Make a bucket, private as AWS makes them.

    A NAME has 3 to 63 of a-z, 0-9, "-" and ".", begins and ends with a letter or digit, and belongs to one
    account in the world. A bucket can't move to another region later.
    """
    where = buckets_of(_s3_settings()).create(name, region)
    click.echo(f"made the bucket {name} in {printable(where)}; to use it, set STORAGE_URL=s3://{name}")


@buckets.command()
@click.argument("name")
def delete(name: str) -> None:
    """Remove a bucket that is empty; one that holds anything stays.

    Anybody may take its name afterwards.
    """
    buckets_of(_s3_settings()).delete(name)
    click.echo(f"removed the bucket {name}")


def _s3_settings() -> Settings:
    """Return the settings; raise `click.ClickException` where they speak of no bucket."""
    settings = services_from_environ().settings
    if settings.storage_url.folder is not None:
        raise click.ClickException(
            f"buckets are S3's, and STORAGE_URL is the folder {settings.storage_url.folder}:"
            " set STORAGE_URL=s3://bucket first; it may name one that is yet to be made"
        )
    return settings
