"""`python -m benchmarks.serving`: a 60 KB page, and word that a reader has it, from each of three servers.

Gunicorn, nginx before it and static nginx answer the same bytes to wrk over kept lines. What counts is
requests for each second of CPU that the server's own processes took, so that neither wrk nor whoever else
is at work on the machine is in the figure.
"""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.processes import cpu_seconds, memory_mb
from benchmarks.servers import FRONT, GUNICORN, STATIC, Server, body_of, etag_of, serving
from tests.nginx_server import NGINX

TO_REACH = {GUNICORN: 0.11, FRONT: 0.8}
MEMORY_TO_REACH_MB = 80
CODINGS = {"plain": "identity", "packed": "gzip"}
NOT_MODIFIED = "not modified"
_CONNECTIONS = 16


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seconds", default=3, show_default=True, help="How long each is asked in each round.")
@click.option("--rounds", default=5, show_default=True, help="Rounds, interleaved; medians count.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a Markdown table.")
def main(seconds: int, rounds: int, as_json: bool) -> None:
    """Ask all three servers for the same page, in turn."""
    if NGINX is None or shutil.which("wrk") is None:
        raise click.ClickException("nginx and wrk are needed; install them: apt-get install nginx-light wrk")
    found = measure(seconds, rounds)
    click.echo(json.dumps(found, indent=1) if as_json else "\n".join(markdown(found)))


def measure(seconds: int, rounds: int) -> dict[str, Any]:
    """Return what was found: for each coding and server requests a CPU second and their ratio, and memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's workers may be somebody else
        with serving(folder) as servers:
            paces = {coding: _paces(servers, wish, seconds, rounds) for coding, wish in CODINGS.items()}
            known = {name: _known_by(server) for name, server in servers.items()}
            paces[NOT_MODIFIED] = _rounds(servers, known, seconds, rounds)
            processes = servers[GUNICORN].processes
            memory = {kind: memory_mb(processes, kind) for kind in ("Pss", "Rss")}
    return {
        "requests_a_cpu_second": {
            coding: {name: median(runs) for name, runs in found.items()} for coding, found in paces.items()
        },
        "ratios": {coding: _ratios(found) for coding, found in paces.items()},
        "gunicorn_mb": memory,
    }


def markdown(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a table of what was found, and one of the memory."""
    yield "| server | page | requests a CPU second | of static nginx | to reach |"
    yield "| --- | --- | --- | --- | --- |"
    for coding, paces in found["requests_a_cpu_second"].items():
        for name, pace in paces.items():
            ratio, wanted = found["ratios"][coding][name], TO_REACH.get(name, "")
            yield f"| {name} | {coding} | {pace:,.0f} | {ratio:.3f} | {wanted} |"
    pss, rss = found["gunicorn_mb"]["Pss"], found["gunicorn_mb"]["Rss"]
    yield ""
    yield f"gunicorn after load: {pss:.0f} MB (PSS; to reach: {MEMORY_TO_REACH_MB}), RSS in sum {rss:.0f} MB"


def _ratios(paces: dict[str, list[float]]) -> dict[str, float]:
    return {
        name: median(ours / peers for ours, peers in zip(runs, paces[STATIC], strict=True))
        for name, runs in paces.items()
    }


def _paces(servers: dict[str, Server], wish: str, seconds: int, rounds: int) -> dict[str, list[float]]:
    """Return each server's requests a CPU second, round by round; all have said the same before."""
    bodies = {body_of(server, wish) for server in servers.values()}
    assert len(bodies) == 1, f"the servers do not answer the same bytes to {wish!r}"
    return _rounds(servers, {name: {"Accept-Encoding": wish} for name in servers}, seconds, rounds)


def _known_by(server: Server) -> dict[str, str]:
    """Return the headers of a reader who has the packed page from this server."""
    wish = CODINGS["packed"]
    return {"Accept-Encoding": wish, "If-None-Match": etag_of(server, wish)}


def _rounds(
    servers: dict[str, Server], headers: dict[str, dict[str, str]], seconds: int, rounds: int
) -> dict[str, list[float]]:
    paces: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, runs in paces.items():
            runs.append(_pace(servers[name], headers[name], seconds))
    return paces


def _pace(server: Server, headers: dict[str, str], seconds: int) -> float:
    processes = server.processes
    before = {process: cpu_seconds(process) for process in processes}
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    address = f"http://127.0.0.1:{server.port}/"
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout  # noqa: S603 ours
    after = {process: cpu_seconds(process) for process in processes}
    used = sum(
        after[process] - before[process] for process in processes if after[process]
    )  # some end by themselves
    answered = re.search(r"(\d+) requests in", said)
    if answered is None or "Non-2xx" in said or "Socket errors" in said:
        raise click.ClickException(f"{address} did not answer all:\n{said}")
    return int(answered[1]) / used


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.serving")
