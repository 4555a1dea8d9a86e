"""`python -m benchmarks.objects`: one-tweet objects read over HTTP, our way beside a loop of boto3's.

nginx serves the objects by their path, as S3 does by their key; a proxy before it adds the latency of a
network. The list of keys is given: reading the objects is what is measured, and counting them.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.object_ways import BUCKET
from benchmarks.tweets import DAY, day_of_tweets
from report.adapters.read_ahead import READERS

RATIO_TO_REACH = 30
SHARE_TO_REACH = 0.9
_LATENCY_SECONDS = 0.02
_FEWER = 10  # the naive loop takes its time over the latency: a part of the objects tells its pace
_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type application/json; open_file_cache max=10000; keepalive_requests 1000000;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


@dataclass(frozen=True)
class Run:
    """One process: its seconds and its CPU seconds for each object, and what it answered."""

    seconds: float
    cpu_seconds: float
    answer: Any


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--tweets", default=2_000, show_default=True, help="One-tweet objects.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each way, interleaved; medians count.")
def main(tweets: int, rounds: int) -> None:
    """Time reading one-tweet objects from nginx, ours and the naive way, on loopback and with latency."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        raise click.ClickException("nginx serves the objects; install it: apt-get install nginx-light")
    with tempfile.TemporaryDirectory() as name, _serving(nginx, Path(name), tweets) as (near, far, keys):
        runs: dict[str, list[Run]] = {}
        for _ in range(rounds):
            for way in ("naive", "ours", "naive, counted", "ours, counted"):
                runs.setdefault(way, []).append(_run(way, near, keys))
            runs.setdefault("naive, away", []).append(_run("naive", far, keys[: len(keys) // _FEWER]))
            runs.setdefault("ours, away", []).append(_run("ours", far, keys))
    for way, done in runs.items():
        pace, cpu = 1 / median(run.seconds for run in done), median(run.cpu_seconds for run in done)
        click.echo(f"{way:14} {pace:8,.0f} objects a second  {cpu * 1e6:6,.0f} microseconds of CPU each")
    _tell(runs)


def _tell(runs: dict[str, list[Run]]) -> None:
    for way, naive in (("ours", "naive"), ("ours, counted", "naive, counted"), ("ours, away", "naive, away")):
        ratio = median(peer.seconds / run.seconds for run, peer in zip(runs[way], runs[naive], strict=True))
        click.echo(f"{way}: {ratio:.1f} times the pace of {naive}; to reach: {RATIO_TO_REACH}")
    share = median(_LATENCY_SECONDS / READERS / run.seconds for run in runs["ours, away"])
    click.echo(f"ours, away: {share:.2f} of {READERS} threads / latency; to reach: {SHARE_TO_REACH}")
    if runs["ours, counted"][0].answer != runs["naive, counted"][0].answer:
        raise click.ClickException("the counts differ")


@contextmanager
def _serving(nginx: str, folder: Path, count: int) -> Iterator[tuple[str, str, list[str]]]:
    """Serve objects; give the URL of nginx, that of the proxy before it, and the keys."""
    folder.chmod(0o755)  # nginx's workers may be somebody else
    keys = list(_write(folder / BUCKET, count))
    port, proxy = _free_port(), _free_port()
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port))
    far = [sys.executable, "-m", "benchmarks.latency", str(proxy), str(port), str(_LATENCY_SECONDS)]
    near = [nginx, "-e", "stderr", "-c", str(config)]
    servers = [subprocess.Popen(command) for command in (near, far)]  # noqa: S603 ours
    try:
        _await(port)
        _await(proxy)
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{proxy}", keys
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def _write(folder: Path, count: int) -> Iterator[str]:
    for number, (seen_at, body) in enumerate(day_of_tweets(DAY, count)):
        key = f"raw/dt={DAY}/hour={seen_at:%H}/{seen_at:%Y%m%dT%H%M%S}Z-{number}.json"
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(body)
        yield key


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _await(port: int) -> None:
    give_up = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def _run(way: str, url: str, keys: list[str]) -> Run:
    """Run a way in a process of its own."""
    environ = os.environ | {
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = [sys.executable, "-m", "benchmarks.object_ways", way]
    run = subprocess.run(  # noqa: S603 our own module
        command, env=environ, input=json.dumps(keys), stdout=subprocess.PIPE, text=True, check=True
    )
    said = json.loads(run.stdout)
    if isinstance(said["answer"], int) and said["answer"] != len(keys):
        raise click.ClickException(f"the {way} way read {said['answer']} of {len(keys)}")
    return Run(said["seconds"] / len(keys), said["cpu_seconds"] / len(keys), said["answer"])


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.objects")
