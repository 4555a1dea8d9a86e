"""A mailer's folder as its owner meets it: commands are run, letters read."""

import json
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from mailer.__main__ import cli
from report.addresses import reader_key
from report.storage import Storage
from tests.mail_builders import a_frozen_edition

ANN, BOB, CYD, OWNER = "ann@example.com", "bob@example.com", "cyd@example.com", "owner@example.com"
FIVE = "2026-11-21T05:00Z"
QUARTER_PAST = "2026-11-21T05:15Z"


class House:
    """A mailer's folder, its storage and settings, and the letters it wrote."""

    def __init__(self, folder: Path, storage: Storage, **settings: str) -> None:
        self.folder = folder
        self.storage = storage
        self.settings = {
            "SMTP_URL": f"file:{folder}/outbox",
            "MAIL_FROM": "Trends <trends@example.org>",
            "MAIL_TO": ANN,
            "MAIL_OWNER": OWNER,
            "ALERT_QUIET_MINUTES": "0",
            **settings,
        }

    def run(self, *arguments: str, **settings: str) -> Result:
        """Run a command in this process."""
        return CliRunner().invoke(cli, arguments, env=self.settings | settings, catch_exceptions=False)

    def send(self, at: str, *arguments: str, **settings: str) -> Result:
        """Run `send` at a time, which the clock shows as well."""
        words, moment = ("send", "--at", at, *arguments), datetime.fromisoformat(at)
        return CliRunner().invoke(
            cli, words, env=self.settings | settings, obj=lambda: moment, catch_exceptions=False
        )

    def subscribe(self, address: str, rhythm: str, zone: str = "UTC") -> None:
        """Add a reader, who joined long ago."""
        assert self.run("readers", "add", address, "--rhythm", rhythm, "--zone", zone).exit_code == 0
        for info in self.storage.list("subscribers/"):
            record = json.loads(self.storage.get(info.key)) | {"since": "2020-01-01T00:00:00+00:00"}
            self.storage.put(info.key, json.dumps(record).encode())

    def rewrite(self, address: str, **changes: Any) -> None:
        """Change what a reader's record says."""
        key = f"subscribers/{reader_key(address)}.json"
        self.storage.put(key, json.dumps(json.loads(self.storage.get(key)) | changes).encode())

    def letters(self) -> list[Any]:
        """Return the letters written since this was asked the last time, by reader."""
        paths = [*(self.folder / "outbox").glob("*.eml")]
        letters = [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
        for path in paths:
            path.unlink()
        return sorted(letters, key=lambda letter: str(letter["To"]))

    def reached(self) -> list[str]:
        """Return whom these were to."""
        return [str(letter["To"]) for letter in self.letters()]

    def told(self) -> str:
        """Return what the owner was told since letters were asked for; other letters count as read."""
        return words_of([letter for letter in self.letters() if letter["To"] == OWNER])


def furnished(house: House) -> House:
    """Return the house with the edition of 20 November."""
    a_frozen_edition(house.storage, ranking=("budget", "rain"), coverage=0.98)
    return house


def words_of(letters: list[Any]) -> str:
    """Return what letters say, on one line."""
    return " ".join(" ".join(str(letter.get_content()).split()) for letter in letters)
