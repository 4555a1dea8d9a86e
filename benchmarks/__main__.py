"""`python -m benchmarks`: our way beside others, on the same tweets, in the same run."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from benchmarks.comparing import compare
from benchmarks.corpus import ROOT
from benchmarks.measuring import WayFailed
from benchmarks.results import Result
from benchmarks.work import Scale
from benchmarks.works import WORKS

_SMALL = 50  # times smaller than at full size
_TOLD = ("duckdb", "msgspec", "polars", "chdb", "pandas")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("works", nargs=-1, type=click.Choice(list(WORKS)))
@click.option("--quick", is_flag=True, help="Small sizes: shows that all ways agree, judges no goal.")
@click.option("--largest", is_flag=True, help="Ten million tweets too, where a work can; takes 4 GB of disk.")
@click.option(
    "--rounds",
    type=click.IntRange(1),
    help="Runs of each way; each work has its own default, and once when quick.",
)
@click.option(
    "--to",
    default=ROOT / "result.json",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where all figures go, as JSON.  [default: .cache/bench/result.json]",
)
def main(works: Sequence[str], quick: bool, largest: bool, rounds: int | None, to: Path) -> None:
    """Measure WORKS, or all of them, and print tables as docs/benchmarks.md has them.

    Every way runs in a process of its own, in turn with the others; medians count. Tweets are generated
    once and kept in .cache/bench. Ends with 1 if answers differ that should be the same.
    """
    rounds = rounds or (1 if quick else None)
    scale = Scale(divisor=_SMALL if quick else 1, with_largest=largest)
    results: dict[str, Result] = {}
    for name in works or WORKS:
        _say(f"{name}: making its tweets, if they are not there")
        try:
            results[name] = compare(WORKS[name](scale), _say, rounds=rounds, is_judged=not quick)
        except WayFailed as error:
            raise click.ClickException(str(error)) from error
        click.echo("\n".join(results[name].to_markdown()))
    to.parent.mkdir(parents=True, exist_ok=True)
    told = {"machine": _machine(), "works": {name: result.to_json() for name, result in results.items()}}
    to.write_text(json.dumps(told, indent=1) + "\n")
    differing = [
        f"{name}: {', '.join(result.differing)}" for name, result in results.items() if result.differing
    ]
    if differing:
        raise click.ClickException(f"other answers than the first way's came from {'; '.join(differing)}")


def _machine() -> dict[str, Any]:
    """What the figures depend on."""
    found = {}
    for package in _TOLD:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return {"cores": os.cpu_count(), "python": platform.python_version(), "packages": found}


def _say(words: str) -> None:
    click.echo(words, err=True)


if __name__ == "__main__":
    sys.exit(main(prog_name="python -m benchmarks"))
