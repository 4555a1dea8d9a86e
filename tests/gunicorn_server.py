"""Runs the web pages as they run in earnest: under gunicorn, in processes of their own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode

_ROOT = Path(__file__).parents[1]
_LONGEST_WAIT_SECONDS = 20


@dataclass
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Client:
    """Asks whoever listens at a port of loopback."""

    port: int

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Send one request; underscores in the names of headers stand for hyphens."""
        return self._send(path, method, None, headers)

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """Send a form, as a browser without scripts does."""
        said = {"Content_Type": "application/x-www-form-urlencoded", **headers}
        return self._send(path, "POST", urlencode(form), said)

    def _send(self, path: str, method: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_LONGEST_WAIT_SECONDS)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer: HTTPResponse = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()


@dataclass
class Gunicorn(Client):
    """A running server on loopback; what it says is read all the while, or it would wait for its reader."""

    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)
    is_listening: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def stop(self) -> int:
        """End the server as a service manager does; return its status once all it said is read."""
        self.process.terminate()
        status = self.process.wait(timeout=_LONGEST_WAIT_SECONDS)
        self._reader.join(timeout=_LONGEST_WAIT_SECONDS)
        return status

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as said:
            for line in said:
                self.lines.append(line.rstrip())
                if "Booting worker" in line:
                    self.is_listening.set()


def gunicorn_process(
    environ: Mapping[str, str], *options: str, folder: Path = _ROOT
) -> "subprocess.Popen[str]":
    """Start the Procfile's command in `folder`, with this environment and what a process needs to run."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", *options, "app:create_app()"]
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**kept, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def gunicorn(environ: Mapping[str, str], *options: str, folder: Path = _ROOT) -> Iterator[Gunicorn]:
    """Run a server until the block ends."""
    port = free_port()
    process = gunicorn_process(environ, "--bind", f"127.0.0.1:{port}", *options, folder=folder)
    server = Gunicorn(port, process)
    try:
        assert server.is_listening.wait(_LONGEST_WAIT_SECONDS), "no start:\n" + "\n".join(server.lines)
        yield server
    finally:
        if process.poll() is None:
            server.stop()


def free_port() -> int:
    """Return a port of loopback that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
