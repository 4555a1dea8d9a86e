"""Keeps the web pages up: holds the port, runs gunicorn behind it, and changes releases without a gap.

`APP/current` names the release that serves. On SIGHUP the one that `APP/next` names, or else `current` anew
with the settings of now, is first rehearsed where no reader reaches it. Only one that answers /healthz is
given the port as well; then the one before is told to finish. Otherwise that goes on as if nothing had been.
What came of it is a line in `RUN/web`: `NUMBER serving|refused RELEASE`; what the rehearsed one said is in
`RUN/rehearsal.log`. SIGTERM ends all.

The port is systemd's, handed over with the start, or bound here before root's rights are given up. When
gunicorn ends by itself, so does this with its status: whoever started it starts it again.
"""

import argparse
import os
import pwd
import signal
import socket
import subprocess  # nosec B404 # gunicorn alone, without a shell
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

_FIRST_PASSED_FD = 3  # systemd's protocol, sd_listen_fds(3)
_BACKLOG = 2048  # gunicorn's own
_HEALTH_SECONDS = 60.0
_PAUSE_SECONDS = 0.1
_GOODBYE_SECONDS = 20.0  # more than gunicorn's graceful_timeout
_ENDING = (signal.SIGTERM, signal.SIGINT)
_WATCHED = (*_ENDING, signal.SIGHUP, signal.SIGCHLD)


class Told(Exception):
    """Somebody wants all of this to end."""


@dataclass(frozen=True)
class Place:
    """Where the releases and what is known of them lie."""

    app: Path
    run: Path

    def candidate(self) -> Path:
        """Return the release that is wished for: the one a deployment names, or else the current one."""
        wished = self.app / "next"
        return (wished if wished.is_symlink() else self.app / "current").resolve()

    def note(self, number: int, outcome: str, release: Path) -> None:
        """Tell whoever waits for it what came of a change."""
        part = self.run / "web.part"
        part.write_text(f"{number} {outcome} {release.name}\n", encoding="utf-8")
        part.replace(self.run / "web")


class Server:
    """A gunicorn of one release, with a private door besides the port, so that it can be asked by itself."""

    def __init__(
        self,
        release: Path,
        door: Path,
        listeners: Sequence[socket.socket] = (),
        said_to: IO[bytes] | None = None,
    ) -> None:
        self.release, self._door = release, door
        door.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as private:
            private.bind(str(door))
            private.listen(_BACKLOG)
            sockets = (private, *listeners)
            binds = [word for it in sockets for word in ("--bind", f"fd://{it.fileno()}")]
            python = str(release / ".venv/bin/python")
            self._process = subprocess.Popen(  # noqa: S603 - ours
                [python, "-m", "gunicorn", "--config", "gunicorn.conf.py", *binds, "app:create_app()"],
                cwd=release,
                env={**_environ(), "PWD": str(release)},
                stdin=subprocess.DEVNULL,
                stdout=said_to,
                stderr=said_to,
                pass_fds=[it.fileno() for it in sockets],
                preexec_fn=_hear_signals,
            )

    @property
    def ended(self) -> int | None:
        """Its status if it has ended."""
        return self._process.poll()

    def answers(self, wanted: Callable[[int], bool]) -> bool:
        """Wait until /healthz answers as wanted; False where that takes too long, or where it ends."""
        until = time.monotonic() + _HEALTH_SECONDS
        while self.ended is None and time.monotonic() < until:
            if wanted(_status_at(self._door)):
                return True
            if signal.sigtimedwait(_ENDING, _PAUSE_SECONDS):
                raise Told
        return False

    def finish(self) -> None:
        """Tell it to answer what it has begun, and to end."""
        if self.ended is None:
            self._process.terminate()

    def wait(self) -> None:
        """Wait until it has ended; it is made to if it takes too long."""
        try:
            self._process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._door.unlink(missing_ok=True)


class Keeper:
    """The port and the servers behind it."""

    def __init__(self, place: Place, port: socket.socket) -> None:
        self._place, self._port = place, port
        self._number = 0
        self._leaving: list[Server] = []
        self._trial: Server | None = None
        self._serving = self._start((place.app / "current").resolve())

    def keep(self) -> int:
        """Serve until told to end; return the status to end with."""
        try:
            # Storage that is away at a start is no reason to serve nothing: any answer will do.
            if not self._serving.answers(lambda status: status > 0):
                return self._serving.ended or 1
            self._place.note(self._number, "serving", self._serving.release)
            _tell_systemd("READY=1")
            while self._serving.ended is None:
                self._heed(signal.sigwait(_WATCHED))
            return self._serving.ended or 1
        except Told:
            return 0
        finally:
            self._end()

    def _heed(self, told: int) -> None:
        if told in _ENDING:
            raise Told
        if told == signal.SIGHUP:
            self._change(self._place.candidate())
        self._leaving = [it for it in self._leaving if it.ended is None]

    def _change(self, release: Path) -> None:
        before = self._serving
        self._number += 1
        if after := self._healthy(release):
            self._serving = after
            before.finish()
            self._leaving.append(before)
        else:
            _say(f"{release.name} is not healthy; {before.release.name} goes on serving")
        try:
            self._place.note(self._number, "serving" if after else "refused", release)
        except OSError as error:
            _say(f"what came of {release.name} cannot be noted: {error}")

    def _healthy(self, release: Path) -> Server | None:
        """Return a server of the release that has the port and answers; None where there can be none."""
        try:
            if not self._rehearsed(release):
                return None
            server = self._start(release)
        except OSError as error:  # such as no memory for a process, or a full disk
            _say(f"{release.name} cannot be started: {error}")
            return None
        if server.answers(lambda status: status == 200):
            return server
        server.finish()
        self._leaving.append(server)
        return None

    def _rehearsed(self, release: Path) -> bool:
        with (self._place.run / "rehearsal.log").open("wb") as log:
            self._trial = Server(release, self._place.run / "rehearsal.sock", said_to=log)
        healthy = self._trial.answers(lambda status: status == 200)
        self._trial.finish()
        self._trial.wait()
        return healthy

    def _start(self, release: Path) -> Server:
        return Server(release, self._place.run / f"web-{self._number}.sock", [self._port])

    def _end(self) -> None:
        servers = [self._serving, *self._leaving, *([self._trial] if self._trial else [])]
        for server in servers:
            server.finish()
        for server in servers:
            server.wait()


def main() -> int:
    """Take the port, give up root's rights, and serve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--app", type=Path, required=True, help="the folder of the releases")
    parser.add_argument("--run", type=Path, required=True, help="a folder for what is known while this runs")
    parser.add_argument("--port", type=int, default=80, help="the port, where systemd hands over none")
    parser.add_argument("--user", default="", help="who to become once the port is bound")
    said = parser.parse_args()
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    with _listener(said.port) as port:
        if said.user:
            _become(pwd.getpwnam(said.user))
        return Keeper(Place(said.app, said.run), port).keep()


def _listener(number: int) -> socket.socket:
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS") == "1":
        return socket.socket(fileno=_FIRST_PASSED_FD)
    return socket.create_server(("0.0.0.0", number), backlog=_BACKLOG)  # noqa: S104 - the pages are for everybody


def _become(user: pwd.struct_passwd) -> None:
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def _environ() -> dict[str, str]:
    """What systemd tells this process is not meant for gunicorn, which would take it for itself."""
    own = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET")
    return {name: value for name, value in os.environ.items() if name not in own}


def _hear_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)


class _PrivateConnection(HTTPConnection):
    def __init__(self, door: Path) -> None:
        super().__init__("localhost", timeout=10)
        self._door = str(door)

    def connect(self) -> None:
        """Connect to the file instead of a port."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._door)


def _status_at(door: Path) -> int:
    """Return the status /healthz answers with, 0 where none does."""
    connection = _PrivateConnection(door)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def _tell_systemd(words: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.connect("\0" + address[1:] if address.startswith("@") else address)
        notify.send(words.encode())


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
