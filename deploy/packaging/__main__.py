"""Writes what is uploaded to AWS: `python -m deploy.packaging --help`."""

from collections.abc import Callable
from pathlib import Path

import click

from deploy.packaging.bundle import write_bundle
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
    _write("function.zip", write_function)


@packaging.command()
def bundle() -> None:
    """Write build/bundle.zip, the pages and the mail for Elastic Beanstalk."""
    _write("bundle.zip", write_bundle)


@packaging.command()
def template() -> None:
    """Write the parts of deploy/template.yaml that are said elsewhere anew."""
    path = ROOT / "deploy" / "template.yaml"
    try:
        path.write_text(filled(path.read_text(encoding="utf-8"), ROOT), encoding="utf-8")
    except PackageError as error:
        raise click.ClickException(str(error)) from error


def _write(name: str, write: Callable[[Path, Path], int]) -> None:
    path = BUILD / name
    try:
        size = write(ROOT, path)
    except PackageError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path.relative_to(ROOT)}: {size:,} bytes")


if __name__ == "__main__":
    packaging()
