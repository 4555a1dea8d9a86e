"""Machines to deploy on, made of namespaces: what happens there stays there, and ends with them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PARTS = ("app", "collector", "deploy", "mailer", "report")
_FILES = ("bootstrap.sh", "crontab", "gunicorn.conf.py", "pyproject.toml", "requirements.txt")
_LONGEST_SECONDS = 600
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Done:
    """How a command ended, and all it said."""

    status: int
    said: str


@dataclass(frozen=True)
class Machine:
    """A machine by the process its namespaces began with, and where the project's code lies there."""

    leader: int
    code: str

    def run(self, *command: str) -> Done:
        """Run a command as root, as a starting server would: no terminal, no input, no HOME, under nohup."""
        bare = ["env", "-i", "--ignore-signal=HUP", f"PATH={PATH}"]
        inside = ["nsenter", f"--target={self.leader}", "--all", *bare, *command]
        done = subprocess.run(
            inside,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_LONGEST_SECONDS,
            check=False,
        )
        return Done(done.returncode, done.stdout)

    def do(self, *command: str) -> str:
        """Run a command that has to succeed, and return what it said."""
        done = self.run(*command)
        assert done.status == 0, f"{command} ended with {done.status}:\n{done.said}"
        return done.said

    def bootstrap(self, *words: str) -> Done:
        """Run the project's bootstrap.sh."""
        return self.run(f"{self.code}/bootstrap.sh", *words)

    def ask(self, path: str = "/") -> int:
        """Return the status the pages at port 80 answer with, 0 where nobody does."""
        code = (
            "import sys; from http.client import HTTPConnection as C; c = C('127.0.0.1', 80, timeout=20);"
            "c.request('GET', sys.argv[1]); print(c.getresponse().status)"
        )
        done = self._outside(sys.executable, "-c", code, path)
        return int(done.stdout) if done.returncode == 0 else 0

    def answers(self) -> bool:
        """Wait until the page is there; False where it does not come."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while self.ask() != HTTPStatus.OK:
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    @contextmanager
    def polled(self) -> Iterator["Outcomes"]:
        """Have a reader ask for the page again and again until the block ends."""
        outcomes = Outcomes()
        command = ["nsenter", f"--target={self.leader}", "--net", sys.executable, "-m", "tests.polling"]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as reader:
            try:
                yield outcomes
            finally:
                said, _ = reader.communicate("")
                outcomes.counts.update(json.loads(said))

    def _outside(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """A program of this machine here, on the other one's network."""
        inside = ["nsenter", f"--target={self.leader}", "--net", *command]
        return subprocess.run(inside, capture_output=True, text=True, check=False)


@dataclass
class Outcomes:
    """How often the reader got what: a status, or what went wrong."""

    counts: dict[str, int] = field(default_factory=dict)


def lay_code(folder: Path) -> None:
    """Copy what a deployment needs into a folder."""
    for name in _PARTS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy2(ROOT / name, folder / name)


@contextmanager
def running(command: list[str]) -> Iterator[int]:
    """Start a machine by a command that says one line when it is up; give its first process's number.

    All that runs there ends with the block.
    """
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline(), f"the machine did not start: {' '.join(command)}"
            yield first_process(process.pid)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def first_process(parent: int) -> int:
    """Return the only child of a process, which is number 1 in its own namespace."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8").split()
    assert len(children) == 1, children
    return int(children[0])
