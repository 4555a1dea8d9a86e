"""Writes what is uploaded to AWS: `python -m deploy.packaging --help`."""

from pathlib import Path

import click

from deploy.packaging.function import write_function
from deploy.packaging.template import filled
from deploy.packaging.zips import PackageError

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"


@click.group()
def packaging() -> None:
    """Write what is uploaded to AWS."""


@packaging.command()
def function() -> None:
    """Write build/function.zip, the collector for Lambda."""
    path = BUILD / "function.zip"
    try:
        size = write_function(ROOT, path)
    except PackageError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path.relative_to(ROOT)}: {size:,} bytes")


@packaging.command()
def template() -> None:
    """Write the parts of deploy/template.yaml that are said elsewhere anew."""
    path = ROOT / "deploy" / "template.yaml"
    try:
        path.write_text(filled(path.read_text(encoding="utf-8"), ROOT), encoding="utf-8")
    except PackageError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    packaging()
