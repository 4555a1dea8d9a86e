"""`python -m benchmarks.objects`: one-tweet objects read over HTTP, our way beside a loop of boto3's.

nginx serves the objects by their path, as S3 does by their key; a proxy before it adds the latency of a
network. The list of keys is given: reading the objects is what is measured.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.tweets import day_of_tweets
from benchmarks.ways import DAY

RATIO_TO_REACH = 30
SHARE_TO_REACH = 0.9
_BUCKET = "tweets"
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


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--tweets", default=2_000, show_default=True, help="One-tweet objects.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each way, interleaved; medians count.")
def main(tweets: int, rounds: int) -> None:
    """Time reading one-tweet objects from nginx, ours and the naive way, on loopback and with latency."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        raise click.ClickException("nginx serves the objects; install it: apt-get install nginx-light")
    with tempfile.TemporaryDirectory() as name, _serving(nginx, Path(name), tweets) as (near, far, keys):
        rows = {
            "naive": _runs("naive", near, keys, rounds),
            "ours": _runs("ours", near, keys, rounds),
            "naive, 20 ms away": _runs("naive", far, keys[: len(keys) // _FEWER], 1),
            "ours, 20 ms away": _runs("ours", far, keys, rounds),
        }
    for way, (pace, cpu) in rows.items():
        click.echo(f"{way:18} {pace:8,.0f} objects a second  {cpu * 1e6:6,.0f} microseconds of CPU each")
    _tell({way: pace for way, (pace, _) in rows.items()})


def _tell(paces: dict[str, float]) -> None:
    from report.adapters.s3_storage import READERS

    ratio = paces["ours"] / paces["naive"]
    share = paces["ours, 20 ms away"] / (READERS / _LATENCY_SECONDS)
    click.echo(f"ours is {ratio:.0f} times the naive pace; to reach: {RATIO_TO_REACH}")
    click.echo(f"20 ms away {share:.2f} of {READERS} threads / latency; to reach: {SHARE_TO_REACH}")


@contextmanager
def _serving(nginx: str, folder: Path, count: int) -> Iterator[tuple[str, str, list[str]]]:
    """Serve objects; give the URL of nginx, that of the proxy before it, and the keys."""
    folder.chmod(0o755)  # nginx's workers may be somebody else
    keys = list(_write(folder / _BUCKET, count))
    port, proxy = _free_port(), _free_port()
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port))
    far = [sys.executable, "-m", "benchmarks.latency", str(proxy), str(port), str(_LATENCY_SECONDS)]
    servers = [subprocess.Popen(command) for command in ([nginx, "-e", "stderr", "-c", str(config)], far)]  # noqa: S603
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
        key = f"raw/dt={DAY}/hour={seen_at:%H}/{number}.json"
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


def _runs(way: str, url: str, keys: list[str], rounds: int) -> tuple[float, float]:
    """Return objects a second and CPU seconds an object, medians of runs in processes of their own."""
    environ = os.environ | {
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = [sys.executable, "-m", "benchmarks.objects", way]
    said: list[dict[str, Any]] = []
    for _ in range(rounds):
        run = subprocess.run(  # noqa: S603 our own module
            command, env=environ, input=json.dumps(keys), stdout=subprocess.PIPE, text=True, check=True
        )
        said.append(json.loads(run.stdout))
        assert said[-1]["objects"] == len(keys), f"the {way} way read {said[-1]['objects']} of {len(keys)}"
    pace = len(keys) / median(run["seconds"] for run in said)
    return pace, median(run["cpu_seconds"] for run in said) / len(keys)


def naive(keys: list[str]) -> None:
    """Get one after the other with boto3."""
    import boto3

    client = boto3.client("s3")
    _timed(lambda: (client.get_object(Bucket=_BUCKET, Key=key)["Body"].read() for key in keys))


def ours(keys: list[str]) -> None:
    """Get as the engine does."""
    from report.adapters.s3_storage import S3Storage, s3_client

    storage = S3Storage(s3_client(False), _BUCKET)
    _timed(lambda: (body for _, body in storage.get_many(keys)))


def _timed(read: Callable[[], Iterable[bytes]]) -> None:
    """Print the seconds and the CPU seconds that reading took, as JSON; clients are made before."""
    begun, used = time.perf_counter(), time.process_time()
    objects = sum(1 for body in read() if body.startswith(b"{"))
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - used
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "objects": objects}))  # noqa: T201


_WAYS = {"naive": naive, "ours": ours}


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in _WAYS:
        _WAYS[sys.argv[1]](json.loads(sys.stdin.read()))
    else:
        main(prog_name="python -m benchmarks.objects")
