"""`python -m benchmarks`: the day's counts from raw tweets, our way beside the naive one."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.tweets import day_of_tweets
from benchmarks.ways import DAY, WAYS
from report.places import raw_hour

TO_REACH = 30


@dataclass(frozen=True)
class Run:
    """One process: seconds of work (imports within it included), peak memory in MB, and what it answered."""

    seconds: float
    peak_mb: float
    answer: list[Any]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--tweets", default=10_000, show_default=True, help="One-tweet objects in the day.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each way, interleaved; medians count.")
def main(tweets: int, rounds: int) -> None:
    """Time the day's counts: ours, the naive way, and the lean way of somebody who knows pandas.

    All count the same generated tweets, kept as one object each, in processes of their own; ours counts
    hours, languages and authors besides. Ends with 1 if the answers differ or the ratio is not reached.
    """
    with tempfile.TemporaryDirectory() as folder:
        size = _write(Path(folder), tweets)
        click.echo(f"{tweets:,} tweets of {size / tweets:,.0f} bytes, {rounds} rounds each")
        runs: dict[str, list[Run]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way, done in runs.items():
                done.append(_run(way, folder))
    _tell(runs)


def _write(folder: Path, count: int) -> int:
    size = 0
    for number, (seen_at, body) in enumerate(day_of_tweets(DAY, count)):
        path = folder / f"{raw_hour(seen_at)}{seen_at:%Y%m%dT%H%M%S}Z-{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        size += len(body)
    return size


def _run(way: str, folder: str) -> Run:
    process = subprocess.Popen(  # noqa: S603 our own module
        [sys.executable, "-m", "benchmarks.ways", way, folder], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"the {way} way ended with {process.returncode}")
    result = json.loads(said)
    return Run(result["seconds"], usage.ru_maxrss / 1024, result["answer"])


def _tell(runs: dict[str, list[Run]]) -> None:
    ratios = {
        way: median(run.seconds / ours.seconds for run, ours in zip(done, runs["ours"], strict=True))
        for way, done in runs.items()
    }
    for way, done in runs.items():
        seconds, peak = median(run.seconds for run in done), max(run.peak_mb for run in done)
        click.echo(f"{way:6} {seconds:8.2f} s  {ratios[way]:6.1f} times ours  peak {peak:4.0f} MB")
        if done[0].answer != runs["ours"][0].answer:
            raise click.ClickException(f"the answers differ: {runs['ours'][0].answer} {done[0].answer}")
    click.echo(f"naive, to reach: {TO_REACH} times ours")
    if ratios["naive"] < TO_REACH:
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
