"""`python -m benchmarks.mail`: the morning mail to many readers, beside a bare loop of the same bytes.

A server in a process of its own takes the demo's mail. Every way has a process too, and they take turns. Ours
plans, claims, builds, sends and records, its ledger in a new folder below `--folder`; the others send letters
that lie ready. So what is compared is all our work against none.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import click
import trustme

from benchmarks.corpus import ROOT

OF_BARE, OF_RECONNECTING = 0.9, 3.0
_DEMO_DAYS = 3


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--readers", default=1000, show_default=True, help="Readers; a tenth for the slow ways.")
@click.option("--rounds", default=5, show_default=True, help="Rounds, interleaved; medians count.")
@click.option(
    "--folder",
    default=ROOT / "mail",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the ledger is written.  [default: .cache/bench/mail]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a Markdown table.")
def main(readers: int, rounds: int, folder: Path, as_json: bool) -> None:
    """Mail the demo's report of a day to a server on this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(_demo(ROOT / "mail" / "data"), folder, readers, rounds)
    found = in_sink(bench)
    click.echo(json.dumps(found, indent=1) if as_json else "\n".join(markdown(found)))


def in_sink(bench: "Bench") -> dict[str, Any]:
    """Return what was found in the open, encrypted, and without other ways."""
    return {"plain": _plain(bench), "encrypted": _encrypted(bench), "alone": _alone(bench)}


class Bench:
    """Runs ways in processes of their own."""

    def __init__(self, data: Path, folder: Path, readers: int, rounds: int) -> None:
        self.data = data
        self.folder = folder
        self.readers = readers
        self.rounds = rounds

    def run(self, way: str, readers: int, port: int = 0, authority: str = "") -> dict[str, float]:
        """Return the milliseconds a reader, and the peak of memory in MB."""
        command = [sys.executable, "-m", "benchmarks.mail_ways", way, str(self.data), str(readers), str(port)]
        done = subprocess.run(  # noqa: S603 our own module
            [*command, str(self.folder), *([authority] if authority else [])],
            stdout=subprocess.PIPE,
            check=True,
        )
        told = json.loads(done.stdout)
        return {"ms": told["seconds"] / readers * 1000, "peak_mb": told["peak_mb"]}

    def in_turn(self, ways: dict[str, int], port: int, authority: str = "") -> dict[str, Any]:
        """Run each way for so many readers, round after round; the ratios are of each round's own figures."""
        runs: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
        for number in range(self.rounds):
            for way, readers in ways.items():
                runs[way].append(self.run(way, readers, port, authority))
                click.echo(f"  {number + 1} of {self.rounds}: {way} {runs[way][-1]['ms']:.2f} ms", err=True)
        return {
            way: {
                "ms": median(run["ms"] for run in found),
                "peak_mb": max(run["peak_mb"] for run in found),
                "of": median(run["ms"] / mine["ms"] for run, mine in zip(found, runs["ours"], strict=True)),
            }
            for way, found in runs.items()
        }


def _plain(bench: Bench) -> dict[str, Any]:
    with _sink() as port:
        return bench.in_turn({"ours": bench.readers, "bare": bench.readers}, port)


def _encrypted(bench: Bench) -> dict[str, Any]:
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as name:
        pem, trusted = Path(name) / "sink.pem", Path(name) / "authority.pem"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
        authority.cert_pem.write_to_path(str(trusted))
        with _sink(pem) as port:
            ways = {"ours": bench.readers, "bare": bench.readers // 10, "reconnecting": bench.readers // 10}
            return bench.in_turn(ways, port, str(trusted))


def _alone(bench: Bench) -> dict[str, Any]:
    """What letters cost without a server, and what memory ten times the readers take."""
    with _sink() as port:
        few, many = (bench.run("ours", readers, port) for readers in (bench.readers // 10, bench.readers))
    return {
        "building_ms": bench.run("building", bench.readers)["ms"],
        "peak_mb": {bench.readers // 10: few["peak_mb"], bench.readers: many["peak_mb"]},
    }


def markdown(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a table of what was found."""
    yield "| server | way | ms a reader | as long as ours | to reach | peak MB |"
    yield "| --- | --- | --- | --- | --- | --- |"
    wanted = {"bare": OF_BARE, "reconnecting": OF_RECONNECTING}
    for server in ("plain", "encrypted"):
        for way, one in found[server].items():
            goal = wanted.get(way, "") if way == "reconnecting" or server == "plain" else ""
            yield f"| {server} | {way} | {one['ms']:.2f} | {one['of']:.2f} | {goal} | {one['peak_mb']:.0f} |"
    yield ""
    peaks = ", ".join(f"{mb:.1f} MB for {readers}" for readers, mb in found["alone"]["peak_mb"].items())
    yield f"A letter alone: {found['alone']['building_ms']:.3f} ms; peak of memory: {peaks} readers."


@contextmanager
def _sink(certificate: Path | None = None) -> Iterator[int]:
    """Serve until the block ends; give the port."""
    options = ["--certificate", str(certificate)] if certificate else []
    command = [sys.executable, "-m", "benchmarks.mail_sink", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as sink:  # noqa: S603 ours
        assert sink.stdout is not None
        try:
            yield int(sink.stdout.readline())
        finally:
            assert sink.stdin is not None
            sink.stdin.close()


def _demo(data: Path) -> Path:
    """Return a storage folder with the demo's edition of the last whole day, made where there is none."""
    if not (data / "editions" / "trends" / "latest.json").exists():
        environ = {"STORAGE_URL": f"file:{data}", "PATH": "/usr/bin:/bin"}
        for words in (["collector", "demo", "--days", str(_DEMO_DAYS)], ["report", "build"]):
            command = [sys.executable, "-m", *words]
            subprocess.run(command, env=environ, stdout=sys.stderr, check=True)  # noqa: S603 ours
    return data


if __name__ == "__main__":
    sys.exit(main(prog_name="python -m benchmarks.mail"))
