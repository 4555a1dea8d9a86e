"""Rules for the crontab in the hands of a real cron."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from report.adapters.directory_storage import DirectoryStorage
from tests.mail_builders import a_frozen_edition

ROOT = Path(__file__).parents[2]
TOOLS = ("cron", "faketime", "unshare")
ALMOST_A_QUARTER_PAST = "@2026-11-21 05:14:58"
MINE = """
mount --bind "$1/spool" /var/spool/cron/crontabs
mount --bind "$1/nothing" /etc/cron.d
mount --bind "$1/empty" /etc/crontab
mount --bind "$1/logger" /usr/bin/logger
mount -t tmpfs tmpfs /run
exec faketime -f "$2" cron -f
"""
"""Where cron finds our crontab and no other, in a view of the files that is its own; it leaves no trace."""


@pytest.fixture(autouse=True)
def _what_it_takes() -> None:
    """Root may give a process a view of its own; a cron that is under way would be another one's."""
    missing = [tool for tool in TOOLS if not shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin")]
    if missing:
        pytest.skip(f"this machine has no {', '.join(missing)}")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root can give cron files of its own")


@contextmanager
def cron(folder: Path) -> Iterator[None]:
    """Run Debian's cron with the crontab in `folder`, from two seconds before a quarter past five."""
    command = ["unshare", "--mount", "sh", "-euc", MINE, "sh", str(folder), ALMOST_A_QUARTER_PAST]
    process = subprocess.Popen(command, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # faketime has cron for a child
        process.wait()


def installed(folder: Path, app: Path) -> None:
    """Install the crontab as docs say: with APP, and here PYTHON, naming where things are."""
    for name in ("spool", "nothing"):
        (folder / name).mkdir()
    (folder / "empty").touch()
    text = (ROOT / "crontab").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^APP=.*$", f"APP={app}", text)
    text = re.sub(r"(?m)^PYTHON=.*$", f"PYTHON={sys.executable}", text)
    (folder / "spool" / "root").write_text(text, encoding="utf-8")
    (folder / "spool" / "root").chmod(0o600)


def heard(folder: Path) -> None:
    """Make a logger that hands what it is told to whoever listens."""
    os.mkfifo(folder / "said")
    (folder / "logger").write_text(
        f"#!/bin/sh\nexec timeout 60 sh -c 'cat > \"{folder}/said\"'\n", encoding="utf-8"
    )
    (folder / "logger").chmod(0o755)


def an_app(folder: Path, mail_at: datetime) -> Path:
    """Return a folder with the project in it, and settings by which a mail is due since `mail_at`."""
    app = folder / "the app"
    app.mkdir()
    for room in ("mailer", "report"):
        (app / room).symlink_to(ROOT / room)
    (app / ".env").write_text(
        f"MAIL_AT={mail_at:%H:%M}\nMAIL_TO=ann@example.com\nSECRET_KEY={'x' * 16}\n", encoding="utf-8"
    )
    for back in range(3):
        a_frozen_edition(DirectoryStorage(app / "data"), mail_at.date() - timedelta(days=back))
    return app


def test_cron_sends_the_mail_and_logs_what_was_said(tmp_path: Path) -> None:
    """At a quarter past, the line of the crontab finds the project, its settings, who is due, and the log."""
    app = an_app(tmp_path, datetime.now(UTC) - timedelta(minutes=2))
    installed(tmp_path, app)
    heard(tmp_path)
    listening = f'until grep -m 1 accepted "{tmp_path}/said"; do :; done'

    with cron(tmp_path):
        said = subprocess.run(
            ["timeout", "60", "sh", "-c", listening], capture_output=True, text=True, check=True
        )

    (letter,) = (app / "outbox").glob("*.eml")
    assert message_from_bytes(letter.read_bytes())["To"] == "ann@example.com"
    assert re.search(r"^at=\S+ level=info from=mailer says=\".*1 accepted, 0 refused", said.stdout)
