"""Looks whether cron runs on this host, and what it is told to do."""

import subprocess  # nosec B404 # one fixed command, without a shell
from collections.abc import Iterator
from pathlib import Path

from report.cron import Cron

_SECONDS = 5
_NAMES = ("cron", "crond", "fcron", "systemd-cron")


def cron_of_this_host(etc: Path = Path("/etc"), processes: Path = Path("/proc")) -> Cron:
    """Return what can be seen without rights: what cannot be read counts as not there."""
    texts = [_own_crontab(), *(_text(path) for path in (etc / "crontab", *_files(etc / "cron.d")))]
    lines = (line.strip() for text in texts for line in text.splitlines())
    running = any(_text(path).strip() in _NAMES for path in processes.glob("[0-9]*/comm"))
    return Cron(running, tuple(line for line in lines if line and not line.startswith("#")))


def _own_crontab() -> str:
    try:
        done = subprocess.run(
            ["crontab", "-l"],  # noqa: S607 - wherever the system keeps it
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # a process that has ended meanwhile, or a file of root's
        return ""
