"""`python -m benchmarks`: our way beside others, on the same tweets, in the same run."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from benchmarks.corpus import ROOT
from benchmarks.measuring import Run, WayFailed, measured
from benchmarks.results import Result
from benchmarks.work import Scale, Way, Work
from benchmarks.works import WORKS

_TOLD = ("duckdb", "msgspec", "polars", "chdb", "pandas")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("works", nargs=-1, type=click.Choice(list(WORKS)))
@click.option("--quick", is_flag=True, help="Small sizes: shows that all ways agree, judges no goal.")
@click.option("--largest", is_flag=True, help="Ten million tweets too, where a work can; takes 4 GB of disk.")
@click.option("--rounds", type=click.IntRange(1), help="Runs of each way; each work has its own default.")
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
    results = {}
    for name in works or WORKS:
        _say(f"{name}: making its tweets, if they are not there")
        work = WORKS[name](Scale(quick, largest))
        results[name] = _result(replace(work, rounds=rounds or work.rounds), is_judged=not quick)
        click.echo("\n".join(results[name].to_markdown()))
    to.parent.mkdir(parents=True, exist_ok=True)
    told = {"machine": _machine(), "works": {name: result.to_json() for name, result in results.items()}}
    to.write_text(json.dumps(told, indent=1) + "\n")
    differing = [
        f"{name}: {', '.join(result.differing)}" for name, result in results.items() if result.differing
    ]
    if differing:
        raise click.ClickException(f"other answers than the first way's came from {'; '.join(differing)}")


def _result(work: Work, *, is_judged: bool) -> Result:
    runs: dict[str, list[Run]] = {way.name: [] for way in work.ways if _can_run(way)}
    for number in range(work.rounds):
        for way in (way for way in work.ways if way.name in runs):
            runs[way.name].append(_run(way))
            _say(f"  {number + 1} of {work.rounds}: {way.name} {runs[way.name][-1].seconds:.2f} s")
    return Result(work, runs, is_judged)


def _can_run(way: Way) -> bool:
    if way.needs and find_spec(way.needs) is None:
        _say(f"  {way.name} is left out: it needs {way.needs}; `make bench` installs it")
        return False
    return True


def _run(way: Way) -> Run:
    try:
        run = measured(way.function, way.data)
    except WayFailed as error:
        raise click.ClickException(str(error)) from error
    return replace(run, seconds=run.seconds / way.share, cpu_seconds=run.cpu_seconds / way.share)


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
