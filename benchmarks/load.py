"""`python -m benchmarks.load`: the pages as deployed while much is asked of them, or something breaks behind.

nginx by our rules, gunicorn with two workers and moto's S3, all on this machine; wrk asks. "Kept" readers get
nginx's copy of the page. Those "of gunicorn" say a password, so that each answer of theirs comes from there.
"""

import json
import logging
import re
import resource
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import monotonic, sleep

import click

from tests.nginx_server import NGINX
from tests.web_front import ANEW, WebFront, web_front

_LARGE = f"/static/bokeh/{version('bokeh')}/bokeh.min.js"
_BEGUN = (
    b"GET / HTTP/1.1\r\nHost: a\r\n",
    b"POST /subscribe HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na",
    f"GET {_LARGE} HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
)
_SLOW = 200
_FILES = 8_192
_LONGEST_WAIT_SECONDS = 40
_FRESH_SECONDS = 10  # so long gunicorn asks S3 for nothing newer; app/loading.py
_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Outcome:
    """What wrk saw: answers, those a second, what failed, and how long answers took, in milliseconds."""

    answers: int
    a_second: float
    errors: int
    broken_lines: int
    median_ms: float
    p99_ms: float
    longest_ms: float


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seconds", default=3, show_default=True, help="How long is asked in each case.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a Markdown table.")
def main(seconds: int, as_json: bool) -> None:
    """Ask for the page in quiet, by many at once, beside slow clients, and while workers or S3 are gone."""
    if NGINX is None or shutil.which("wrk") is None:
        raise click.ClickException("nginx and wrk are needed; install them: apt-get install nginx-light wrk")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if 0 < hard < _FILES else _FILES, hard))
    found, healed_seconds = measure(seconds)
    if as_json:
        cases = {name: asdict(outcome) for name, outcome in found.items()}
        click.echo(json.dumps({"cases": cases, "healed_seconds": healed_seconds}, indent=1))
        return
    click.echo("\n".join(markdown(found)))
    click.echo(f"\nS3 back with a new edition: shown by gunicorn after {healed_seconds:.1f} s")


def measure(seconds: int) -> tuple[dict[str, Outcome], float]:
    """Return what was found in each case, and after how many seconds a new edition was shown again."""
    chance = Random(1)  # noqa: S311 no secret
    page = " ".join(str(chance.randrange(1_000_000)) for _ in range(8_000))
    with tempfile.TemporaryDirectory() as folder, web_front(Path(folder), page) as front:
        front.asked.ask("/")
        kept, anew = _Asking(front, 64, ()), _Asking(front, 32, tuple(ANEW.items()))
        found = {
            "64 readers, kept": kept.run(seconds),
            "2,000 readers, kept": _Asking(front, 2_000, ()).run(seconds),
            "64 readers, kept; 200 slow clients": kept.run(seconds, _slow_clients),
            "32 readers of gunicorn": anew.run(seconds),
            "32 of gunicorn; 200 slow clients": anew.run(seconds, _slow_clients),
            "32 of gunicorn; a worker killed each second": anew.run(seconds + 2, _killing),
        }
        front.s3.switch_off()
        found["32 of gunicorn; S3 gone"] = anew.run(_FRESH_SECONDS + seconds)
        front.s3.switch_on()
        return found, _healed(front)


def markdown(found: dict[str, Outcome]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield "| case | answers a second | errors | broken lines | median ms | 99 % ms | longest ms |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, it in found.items():
        figures = (
            f"{it.errors} | {it.broken_lines} | {it.median_ms:,.1f} | {it.p99_ms:,.0f} | {it.longest_ms:,.0f}"
        )
        yield f"| {name} | {it.a_second:,.0f} | {figures} |"


def outcome_of(said: str) -> Outcome:
    """Return what wrk's words come to; raise `ValueError` where they are none of wrk's."""
    asked = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m),", said)
    longest = re.search(r"Latency +\S+ +\S+ +(\S+)", said)
    shares = dict(re.findall(r"^ +(\d+)% +(\S+) *$", said, re.MULTILINE))
    if asked is None or longest is None or not {"50", "99"} <= shares.keys():
        raise ValueError(f"this is no answer of wrk with --latency: {said!r}")
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    return Outcome(
        answers=int(asked[1]),
        a_second=int(asked[1]) / (_ms(asked[2] + asked[3]) / 1000),
        errors=int(failed[1]) if failed else 0,
        broken_lines=sum(map(int, broken.groups())) if broken else 0,
        median_ms=_ms(shares["50"]),
        p99_ms=_ms(shares["99"]),
        longest_ms=_ms(longest[1]),
    )


def _ms(said: str) -> float:
    found = re.fullmatch(r"([\d.]+)(us|ms|s|m)", said)
    assert found, said
    return float(found[1]) * _MS[found[2]]


@dataclass(frozen=True)
class _Asking:
    """So many lines on which the page is asked for, with these headers."""

    front: WebFront
    lines: int
    headers: tuple[tuple[str, str], ...]

    def run(
        self, seconds: int, beside: "Callable[[WebFront], AbstractContextManager[None]] | None" = None
    ) -> Outcome:
        """Ask for so long, while something else goes on beside."""
        command = ["wrk", "--latency", "-t2", f"-c{self.lines}", f"-d{seconds}s"]
        for name, value in self.headers:
            command += ["-H", f"{name}: {value}"]
        with beside(self.front) if beside else nullcontext():
            address = f"{self.front.asked.url}/"
            ran = subprocess.run([*command, address], capture_output=True, text=True, check=True)  # noqa: S603 ours
        return outcome_of(ran.stdout)


@contextmanager
def _slow_clients(front: WebFront) -> Iterator[None]:
    """Let many begin to ask and say no more, or take no answer."""
    with ExitStack() as lines:
        for number in range(_SLOW):
            line = lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect(("127.0.0.1", front.asked.port))
            line.sendall(_BEGUN[number % len(_BEGUN)])
        yield


@contextmanager
def _killing(front: WebFront) -> Iterator[None]:
    """Kill a worker each second."""
    is_over = Event()

    def kill() -> None:
        while not is_over.wait(1):
            front.kill_worker()

    thread = Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _healed(front: WebFront) -> float:
    """Return after how many seconds a new edition is shown."""
    begun = monotonic()
    front.publish("late news", revision=2)
    while b"late news" not in front.asked.ask("/", **ANEW).body:
        if monotonic() > begun + _LONGEST_WAIT_SECONDS:
            raise click.ClickException("S3 is back, and its new edition is not shown")
        sleep(0.1)
    return monotonic() - begun


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.load")
