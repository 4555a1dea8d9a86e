"""The three servers of `benchmarks.serving`, on loopback, with one edition of a page of 60 KB."""

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import click

from benchmarks.processes import family
from report import editions
from report.adapters.directory_storage import DirectoryStorage
from report.editions import Edition, File
from report.window import last_whole_day
from tests.nginx_server import ROOT, nginx, our_site

GUNICORN, FRONT, STATIC = "gunicorn", "nginx in front", "static nginx"
_PAGE_BYTES = 60_000
_WORKERS = 2
_LONGEST_WAIT_SECONDS = 20
_STATIC = """
server {{
    listen 127.0.0.1:{port};
    root {root};
    index page.html;
    gzip_static on;
    open_file_cache max=1000 inactive=60s;
    access_log {log} combined buffer=32k flush=5s;
}}
"""


@dataclass(frozen=True)
class Server:
    """A server by its port, and the first of the processes that work for it."""

    port: int
    roots: tuple[int, ...]

    @property
    def processes(self) -> list[int]:
        """All its processes, those it forked too."""
        return [process for root in self.roots for process in family(root)]


@contextmanager
def serving(folder: Path) -> Iterator[dict[str, Server]]:
    """Run the three; the static one gives out the very bytes that gunicorn said."""
    _publish(folder / "data")
    straight, front, static = (_free_port() for _ in range(3))
    with _gunicorn(folder, straight) as app:
        site = our_site(folder / "front", front, straight)
        files, log = _static_files(folder / "www", straight), folder / "peer" / "access.log"
        static_site = _STATIC.format(port=static, root=files, log=log)
        with (
            nginx(folder / "front", site, front) as ahead,
            nginx(folder / "peer", static_site, static) as peer,
        ):
            yield {
                GUNICORN: Server(straight, (app.pid,)),
                FRONT: Server(front, (ahead.pid, app.pid)),
                STATIC: Server(static, (peer.pid,)),
            }


@contextmanager
def _gunicorn(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """Run the Procfile's server; its log goes to a file, as a service manager's would."""
    environ = {**os.environ, "STORAGE_URL": f"file:{folder / 'data'}"}
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "app:create_app()"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(_WORKERS)]
    with (folder / "gunicorn.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log, text=True)  # noqa: S603 ours
        try:
            _await(port, process)
            yield process
        finally:
            process.terminate()
            process.wait(_LONGEST_WAIT_SECONDS)


def _static_files(folder: Path, port: int) -> Path:
    folder.mkdir()
    for wish, name in (("identity", "page.html"), ("gzip", "page.html.gz")):
        (folder / name).write_bytes(body_of(Server(port, ()), wish))
    return folder


def _publish(folder: Path) -> None:
    files = {"page.html": File(_page(), "text/html; charset=utf-8")}
    day = last_whole_day(datetime.now(UTC), ZoneInfo("UTC"))  # an older one would have gunicorn build
    place = editions.edition_folder("trends", day.isoformat(), 1)
    edition = Edition("trends", "Trends", "News.", day, "UTC", 1, place, editions.describe(files))
    storage = DirectoryStorage(folder, None, "http://localhost")
    editions.freeze(storage, edition, files)
    editions.announce(storage, edition)


def _page() -> bytes:
    """Return a page of table rows; gzip makes 10 KB of it."""
    chance = random.Random(1)  # noqa: S311 no secret
    page = "<!doctype html><title>Trends</title><table>\n"
    while len(page) < _PAGE_BYTES:
        page += f"<tr><th>#tag{chance.randrange(50_000)}</th><td>{chance.randrange(9_999)}</td></tr>\n"
    return page.encode()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _await(port: int, process: "subprocess.Popen[str]") -> None:
    give_up = monotonic() + _LONGEST_WAIT_SECONDS
    while process.poll() is None and monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0 and len(family(process.pid)) > _WORKERS:
                return
        sleep(0.05)
    raise click.ClickException("gunicorn did not start; `make run` shows why")


def body_of(server: Server, wish: str) -> bytes:
    """Return the page as this server sends it to who accepts `wish`."""
    return _answer_of(server, wish)[0]


def etag_of(server: Server, wish: str) -> str:
    """Return the entity tag that this server gives the page."""
    return _answer_of(server, wish)[1]


def _answer_of(server: Server, wish: str) -> tuple[bytes, str]:
    request = Request(f"http://127.0.0.1:{server.port}/", headers={"Accept-Encoding": wish})
    with urlopen(request, timeout=_LONGEST_WAIT_SECONDS) as answer:  # noqa: S310 http, and ours
        return answer.read(), answer.headers["ETag"]
