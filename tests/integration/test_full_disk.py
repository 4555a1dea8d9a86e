"""Rules for a disk that is full: it is told, nothing is spoiled, and all goes on once there is room."""

import contextlib
import errno
import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from collector.__main__ import collector
from mailer.__main__ import cli as mailer
from report.__main__ import main as report
from report.adapters.duckdb_workroom import Workroom
from report.errors import StorageError

NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
MORNING = "2025-03-11T05:00:00Z"
NO_ROOM = re.compile("no room is left; free some space|No space left on device")
OWNER, BOSS = "owner@example.org", "boss@example.org"


class House:
    """A house whose storage and scratch files lie on a small disk of their own, and its mail elsewhere."""

    def __init__(self, folder: Path, disk: Path) -> None:
        self._folder, self._disk = folder, disk
        self._settings = {
            "STORAGE_URL": f"file:{disk}/data",
            "CACHE_DIR": f"{folder}/cache",
            "SMTP_URL": f"file:{folder}/outbox",
            "MAIL_FROM": "trends@example.org",
            "MAIL_TO": BOSS,
            "MAIL_OWNER": OWNER,
            "MAIL_HOLD_BELOW": "0",
        }

    def run(self, command: click.Command, *arguments: str) -> Result:
        """Run a command in this process; a bug falls."""
        return CliRunner().invoke(command, arguments, env=self._settings, catch_exceptions=False)

    def bring(self, first: int, many: int) -> Result:
        """Import made-up tweets whose numbers begin with `first`."""
        file = self._folder / "tweets.jsonl"
        file.write_text("".join(f"{json.dumps(a_tweet(number))}\n" for number in range(first, first + many)))
        return self.run(collector, "import", str(file))

    def fill(self, less: int = 0) -> None:
        """Leave so many bytes of the disk, or less."""
        with (self._disk / "filler").open("wb", buffering=0) as filler:
            with contextlib.suppress(OSError):
                while filler.write(bytes(65_536)):
                    pass
            filler.truncate(max(0, filler.tell() - less))

    def make_room(self) -> None:
        """Remove what filled the disk."""
        (self._disk / "filler").unlink()

    def raw(self) -> dict[Path, bytes]:
        """Return what was collected, file by file."""
        return {path: path.read_bytes() for path in (self._disk / "data" / "raw").rglob("*.zst")}

    def letters(self, to: str) -> list[EmailMessage]:
        """Return the letters to this reader."""
        outbox = (self._folder / "outbox").glob("*.eml")
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in outbox]
        return [mail for mail in mails if mail["To"] == to]


def a_tweet(number: int) -> dict[str, object]:
    """Return a tweet of noon; each is by another author."""
    return {
        "id_str": str(number),
        "created_at": NOON.strftime("%a %b %d %H:%M:%S +0000 %Y"),
        "text": "it rains #news",
        "user": {"id_str": str(number), "screen_name": f"a{number}"},
        "entities": {"hashtags": [{"text": "news"}]},
    }


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Mount a disk of 4 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(disk))
    try:
        yield House(tmp_path, disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("room", [pytest.param(0, id="no room"), pytest.param(131_072, id="room to begin")])
def test_a_full_disk_is_told_and_spoils_nothing(house: House, room: int) -> None:
    """Each job says why it ended, the owner has a mail, and afterwards nothing lacks or is doubled."""
    assert house.bring(1, 50).exit_code == 0
    raw = house.raw()
    house.fill(less=room)

    tried = [
        house.bring(100, 2_000),
        house.run(report, "compact"),
        house.run(mailer, "send", "--at", MORNING),
    ]
    assert [ran.output for ran in tried if ran.exit_code not in (0, 1)] == []
    assert [ran.output for ran in tried if ran.exit_code and not NO_ROOM.search(ran.output)] == []
    assert (tried[0].exit_code, tried[2].exit_code) == (1, 1)
    assert NO_ROOM.search(house.letters(OWNER)[0].get_content())
    assert house.letters(BOSS) == []
    assert house.raw() == raw

    house.make_room()
    assert [house.run(mailer, "send", "--at", MORNING).exit_code for _ in range(2)] == [0, 0]
    [letter] = house.letters(BOSS)
    assert "50 tweets from 50 authors" in str(letter.get_body(("plain",)))
    assert house.raw() == raw


def test_counting_without_room_says_so(tmp_path: Path) -> None:
    """What DuckDB is to read is laid beside it first, and finds no room either; nothing stays."""
    with (
        pytest.raises(StorageError, match=r"cannot count with files in .*: no room is left; free some space"),
        Workroom(scratch=tmp_path).open("count"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert list(tmp_path.iterdir()) == []
