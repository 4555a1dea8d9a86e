"""Rules for `python -m mailer confirm`, alone and side by side with others of its kind."""

import os
import pty
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, time
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

from click.testing import CliRunner

from mailer.__main__ import cli
from mailer.confirming import WISHES
from report.adapters.directory_storage import DirectoryStorage
from report.alert_states import states
from report.alerts import Alarm
from report.readers import Every, Reader, Rhythm
from report.subscribing import WAITING, ask
from report.tokens import Wish
from tests.smtp_servers import scripted_server

ROOT = Path(__file__).parents[2]
SECRET = {"SECRET_KEY": "correct horse battery staple"}


def settings_in(folder: Path) -> dict[str, str]:
    """Return settings that keep everything in a folder."""
    return {"STORAGE_URL": f"file:{folder}/data", "SMTP_URL": f"file:{folder}/outbox"}


def a_wish(number: int) -> Wish:
    """Return the wish of one of many."""
    reader = Reader(f"reader{number}@example.com", ("trends",), Rhythm(Every.DAY, time(5)), ZoneInfo("UTC"))
    return Wish(reader, datetime.now(UTC))


def test_runs_side_by_side_ask_each_address_once(tmp_path: Path) -> None:
    """Four processes, twenty addresses, each wished for three times: twenty mails, and nobody waits."""
    storage = DirectoryStorage(tmp_path / "data")
    for number in [*range(20)] * 3:
        ask(storage, a_wish(number))

    command = [sys.executable, "-m", "mailer", "confirm"]
    environ = {"PATH": os.environ["PATH"], **settings_in(tmp_path), **SECRET}
    racing = [subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE) for _ in range(4)]
    said = [process.communicate(timeout=60)[1].decode() for process in racing]

    mailed = Counter(message_from_bytes(it.read_bytes())["To"] for it in (tmp_path / "outbox").glob("*.eml"))
    assert mailed == Counter(f"reader{number}@example.com" for number in range(20))
    assert [process.returncode for process in racing] == [0] * 4, said
    assert list(storage.list(WAITING)) == []


def test_a_server_that_refuses_us_loses_no_wish(tmp_path: Path) -> None:
    """The sender is refused: the wish waits, the command fails, and the owner's alarm is noted."""
    storage = DirectoryStorage(tmp_path / "data")
    ask(storage, a_wish(1))
    with scripted_server(MAIL=["550 5.7.1 sender not verified"]) as (port, _):
        there = {
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "MAIL_FROM": "trends@example.org",
            "MAIL_TO": "nobody",
        }
        result = CliRunner().invoke(cli, ["confirm"], env=settings_in(tmp_path) | SECRET | there)

    assert (result.exit_code, len(list(storage.list(WAITING)))) == (1, 1)
    assert [*states(storage)[Alarm.NOT_ASKED].raised] == [WISHES]


def test_where_nobody_waits_nothing_is_said(tmp_path: Path) -> None:
    """cron runs it each quarter of an hour: its log is for what happened."""
    quiet = CliRunner().invoke(cli, ["confirm"], env=settings_in(tmp_path) | SECRET)
    unset = CliRunner().invoke(cli, ["confirm"], env=settings_in(tmp_path))

    assert (quiet.exit_code, quiet.output) == (0, "")
    assert unset.exit_code == 0
    assert "SECRET_KEY is not set" in unset.output


def test_who_types_it_is_told_that_nobody_waits(tmp_path: Path) -> None:
    """On a terminal silence would leave open whether anything was done."""
    ours, theirs = pty.openpty()
    environ = {"PATH": os.environ["PATH"], **settings_in(tmp_path), **SECRET}
    command = [sys.executable, "-m", "mailer", "confirm"]
    subprocess.run(command, cwd=ROOT, env=environ, stdout=theirs, check=True, timeout=60)
    os.close(theirs)  # where nothing was written, reading ends with an error

    assert os.read(ours, 100) == b"nobody waits to be asked\r\n"
    os.close(ours)
