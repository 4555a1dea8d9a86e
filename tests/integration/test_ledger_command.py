"""Rules for `python -m mailer ledger`, beside the runs that write it."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailer.__main__ import cli
from mailer.ledger import Occasion
from report.adapters.directory_storage import DirectoryStorage
from report.addresses import reader_key
from tests.mail_builders import a_frozen_edition
from tests.smtp_servers import DROP, scripted_server

MORNING = "2026-11-21T05:00:00Z"
ANN, BOB = READERS = ("ann@example.com", "bob@example.com")


class Office:
    """A folder with the edition of 20 November, mailed from by an SMTP server at `port`."""

    def __init__(self, folder: Path) -> None:
        self.storage = DirectoryStorage(folder / "data")
        self.settings = {
            "STORAGE_URL": f"file:{folder}/data",
            "MAIL_FROM": "Trends <trends@example.org>",
            "MAIL_TO": ",".join(READERS),
            "TIMEZONE": "Europe/Paris",
            "MAIL_AT": "06:00",
        }
        a_frozen_edition(self.storage)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, env=self.settings, catch_exceptions=False)

    def states(self) -> dict[str, str]:
        told = json.loads(self.run("ledger", "--format", "json").stdout)
        return {row["reader"]: row["state"] for row in told}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office that mailed two readers; the line was cut over the first one's message."""
    monkeypatch.chdir(tmp_path)
    office = Office(tmp_path)
    with scripted_server(message=[DROP]) as (port, _):
        office.settings["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        office.run("send", "--at", MORNING)
    office.settings["SMTP_URL"] = f"file:{tmp_path}/outbox"
    return office


def test_the_last_mails_are_shown(office: Office) -> None:
    """Without options: the last period, its counts, a line a reader, by the clock of TIMEZONE and UTC."""
    lines = office.run("ledger").stdout.splitlines()

    assert lines[0] == "trends 2026-11-20: 1 accepted, 1 unknown"
    assert lines[1].split() == ["reader", "state", "tries", "at", "at_utc", "revision", "host", "says"]
    at = r"2026-11-21T06:0\d:\d\d\+01:00  2026-11-21T05:0\d:\d\d\+00:00"  # the run's clock goes on
    assert re.match(rf"ann@example\.com  unknown   1      {at} ", lines[2])
    assert "it may have arrived" in lines[2]
    assert lines[3].startswith("bob@example.com  accepted")


def test_a_mail_that_did_not_arrive_is_sent_again(office: Office, tmp_path: Path) -> None:
    """`--resolve again`: that reader gets the mail, by the command that is named; nobody else a second."""
    told = office.run("ledger", "--resolve", "again", ANN)
    command = told.stdout.split("`python -m mailer ")[1].split("`")[0]
    office.run(*command.split())

    assert (told.exit_code, told.stdout) == (
        0,
        f"trends 2026-11-20 to {ANN}: not arrived: no run sends it any more, but `python -m mailer send "
        f"--to {ANN} --report trends --period 2026-11-20` does (it was unknown)\n",
    )
    assert office.states() == {ANN: "accepted", BOB: "accepted"}
    assert [path.name.split(".")[2] for path in (tmp_path / "outbox").glob("*.eml")] == [reader_key(ANN)]


def test_a_mail_that_arrived_is_closed(office: Office, tmp_path: Path) -> None:
    """`--resolve arrived`: no run reports it any more, and the ledger says whose word it was."""
    office.run("ledger", "--resolve", "arrived", reader_key(ANN))
    again = office.run("send", "--at", MORNING)

    assert again.exit_code == 0
    assert office.states() == {ANN: "accepted", BOB: "accepted"}
    assert " settled by " in office.run("ledger", "--state", "accepted", ANN).stdout
    assert list((tmp_path / "outbox").glob("*.eml")) == []


def test_a_word_that_cannot_be_kept_is_said(office: Office) -> None:
    """What the server took stays taken; the exit status says that a word was refused."""
    told = office.run("ledger", "--resolve", "again", ANN, BOB, "cyd@example.com")

    assert told.exit_code == 1
    assert told.stdout.splitlines()[1:] == [
        f"trends 2026-11-20 to {BOB}: it is accepted: the server took it, and nothing sends it twice; "
        "look for it in the junk, or in the server's log",
        "trends 2026-11-20 to cyd@example.com: there is no ledger entry",
    ]


def test_only_what_is_asked_for_is_shown(office: Office) -> None:
    """By state, by reader, by period."""
    assert ANN not in office.run("ledger", "--state", "accepted").stdout
    assert BOB not in office.run("ledger", ANN).stdout
    assert office.run("ledger", "--edition", "2026-W47").stdout == "trends 2026-W47: no entries\n"


def test_the_first_look_says_that_there_is_nothing(office: Office) -> None:
    """An empty ledger is one line, and no failure, but for who has a word for it or names no report."""
    result = office.run("ledger", "--report", "other")
    empty = office.run("ledger", "--report", "rates", "--format", "csv")
    resolved = office.run("ledger", "--report", "rates", "--resolve", "again", ANN)

    assert (empty.exit_code, empty.stdout, resolved.exit_code) == (0, "", 1)
    assert empty.stderr == "no mail of rates stands in the ledger yet: nobody was sent any\n"
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: no mail of other stands in the ledger, and there is no such report\n",
    )


def test_a_hash_in_the_place_of_an_address_is_explained_once(office: Office) -> None:
    """The ledger holds no address: who is no reader is a hash, which is said beside the table."""
    quiet = office.run("ledger").stderr
    office.run("send", "--to", "zoe@example.com", "--to", "yan@example.com", "--period", "2026-11-20")

    shown, asked = office.run("ledger"), office.run("ledger", "zoe@example.com")

    assert reader_key("zoe@example.com") in shown.stdout
    assert (quiet, shown.stderr.count("no reader's, or no reader's any more")) == ("", 1)
    assert "zoe@example.com  accepted" in asked.stdout
    assert asked.stderr == office.run("ledger", "--format", "json").stderr == ""


def test_a_correction_is_settled_apart(office: Office) -> None:
    """`--correction 1` speaks of that mail and leaves the first one's entry alone."""
    told = office.run("ledger", "--resolve", "again", "--correction", "1", ANN)

    assert told.stdout == f"{Occasion('trends', '2026-11-20', 1)} to {ANN}: there is no ledger entry\n"


def test_hourly_mail_does_not_push_the_day_out_of_sight(office: Office) -> None:
    """The last day is shown, and what was mailed since is named; a word finds the reader's own last mail."""
    day = office.storage.get(Occasion("trends", "2026-11-20").entry_key(ANN))
    office.storage.put(Occasion("trends", "2026-11-21T1100Z").entry_key(BOB), day)

    shown = office.run("ledger")
    told = office.run("ledger", "--resolve", "arrived", ANN, BOB)

    assert shown.stdout.startswith("trends 2026-11-20: 1 accepted, 1 unknown\n")
    assert shown.stderr == "mailed since then: 2026-11-21T1100Z; --edition shows one\n"
    assert [line.partition(" to ")[0] for line in told.stdout.splitlines()] == [
        "trends 2026-11-20",
        "trends 2026-11-21T1100Z",
    ]
