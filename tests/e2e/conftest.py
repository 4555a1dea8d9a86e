"""The demo's reports in a real browser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.gunicorn_server import Gunicorn, gunicorn

_ROOT = Path(__file__).parents[2]
_CHROMIUM = Path("/usr/bin/chromium")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def run_command(data: Path, *arguments: str, zone: str = "UTC", **environ: str) -> None:
    """Run one of the project's commands over the folder `data`."""
    subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=_ROOT,
        env={**os.environ, "STORAGE_URL": f"file:{data}", "TIMEZONE": zone, **environ},
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="session")
def tweets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two days of demo tweets and no report."""
    data = tmp_path_factory.mktemp("demo") / "data"
    run_command(data, "collector", "demo", "--days", "2")
    return data


@dataclass(frozen=True)
class Built:
    """A folder with the demo's newest edition and today's draft, and the zone whose days they are."""

    data: Path
    zone: str


@pytest.fixture(scope="session")
def built(tweets: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the demo's reports."""
    done = Built(tmp_path_factory.mktemp("built") / "data", _zone_at_noon(datetime.now(UTC)))
    copytree(tweets, done.data)
    run_command(done.data, "report", "build", zone=done.zone)
    run_command(done.data, "report", "build", "--today", zone=done.zone)
    return done


@pytest.fixture(scope="session")
def site(built: Built) -> Iterator[Gunicorn]:
    """Run the web pages over the demo's reports."""
    with gunicorn({"STORAGE_URL": f"file:{built.data}", "TIMEZONE": built.zone}) as server:
        yield server


def _zone_at_noon(now: datetime) -> str:
    """Return a zone where it is past twelve: just after midnight today has no tweets, thus no chart."""
    return f"Etc/GMT{now.astimezone(UTC).hour - 12:+d}"  # by POSIX, whose plus is west of Greenwich


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Chromium, or skip where there is none."""
    with sync_playwright() as playwright:
        try:
            running = chromium(playwright)
        except FileNotFoundError as error:
            pytest.skip(str(error))
        yield running
        running.close()


def chromium(playwright: Playwright) -> Browser:
    """Start Chromium, as Debian packages it or else as Playwright brings it; raise `FileNotFoundError`."""
    path = _CHROMIUM if _CHROMIUM.exists() else Path(playwright.chromium.executable_path)
    if not path.exists():
        raise FileNotFoundError(f"there is no browser at {path}: ./bootstrap.sh install-dev installs one")
    return playwright.chromium.launch(executable_path=path, args=_QUIET)
