"""Rules for `python -m mailer`, from the command line to a server and back."""

import os
import re
import signal
import ssl
import subprocess
import sys
from datetime import UTC, date, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner, Result

from mailer.__main__ import cli
from report.adapters.directory_storage import DirectoryStorage
from report.editions import archived
from report.storage import Storage
from tests.mail_builders import a_frozen_edition, collect_at_noon
from tests.smtp_servers import (
    AIOSMTPD_WARNINGS,
    DROP,
    HELD,
    PASSWORD,
    SILENCE,
    USER,
    Script,
    genuine_server,
    scripted_server,
)

ROOT = Path(__file__).parents[2]
MORNING = "2026-11-21T05:00:00Z"
NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
ANN, BOB, CYD = READERS = ("ann@example.com", "bob@example.com", "cyd@example.com")
pytestmark = AIOSMTPD_WARNINGS


class Office:
    """A mailer's folder, its settings, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage: Storage = DirectoryStorage(folder / "data")
        self.settings = {
            "STORAGE_URL": f"file:{folder}/data",
            "SMTP_URL": f"file:{folder}/outbox",
            "MAIL_FROM": "Trends <trends@example.org>",
            "MAIL_TO": ",".join(READERS),
            "SMTP_PASSWORD": PASSWORD,
        }

    def run(self, *arguments: str) -> Result:
        """Run the command in this process, at a time when every `--at` is over."""
        return CliRunner().invoke(
            cli, arguments, env=self.settings, obj=lambda: NEXT_YEAR, catch_exceptions=False
        )

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start the command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "mailer", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.settings, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def files(self) -> dict[str, bytes]:
        """Return every file of the office, by path."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    def outbox(self) -> list[str]:
        """Return the readers of the letters in the outbox."""
        letters = (path.read_bytes() for path in (self.folder / "outbox").glob("*.eml"))
        return sorted(message_from_bytes(letter)["To"] for letter in letters)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with the edition of 20 November, and its mail going into a folder."""
    monkeypatch.chdir(tmp_path)
    office = Office(tmp_path)
    a_frozen_edition(office.storage)
    return office


def counts(text: str) -> str:
    """Return the line of counts, without what stands before it."""
    return str(re.findall(r"trends 2026-11-20: (\d+ accepted.*)", text)[-1])


def test_five_oclock_mails_every_reader_once(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The morning's run writes a letter each; the next run finds nothing left to do."""
    first = office.run("send", "--at", MORNING)
    again = office.run("send", "--at", "2026-11-21T05:15:00Z")

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert office.outbox() == [*READERS]
    assert re.findall(r"trends 2026-11-20: (\d+) accepted.* (\d+) already sent", caplog.text) == [
        ("3", "0"),
        ("0", "3"),
    ]


def test_one_refused_reader_of_three_is_seen_and_left_alone(office: Office, tmp_path: Path) -> None:
    """Over STARTTLS and AUTH, the two others get theirs; the rerun tries nobody and says who is without."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    context = a_certificate(authority)
    refused = {BOB: "550 no such user"}
    with genuine_server(context, starttls=True, with_password=True, refused=refused) as (port, delivered):
        office.settings |= {
            "SMTP_URL": f"smtp+starttls://{USER}@127.0.0.1:{port}",
            "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
        }
        first, first_words = finished(office.start("send", "--at", MORNING))
        again, again_words = finished(office.start("send", "--at", MORNING))

    assert delivered.readers == [ANN, CYD]
    assert (first, counts(first_words)) == (1, "2 accepted, 1 refused, 0 deferred, 0 unknown, 0 already sent")
    assert (again, counts(again_words)) == (1, "0 accepted, 1 refused, 0 deferred, 0 unknown, 2 already sent")
    assert "550 no such user" in first_words
    assert "550 no such user" in again_words
    assert delivered.message()["Subject"] == "Twitter Trends"
    assert delivered.encrypted == {True}


def a_certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def finished(process: "subprocess.Popen[str]") -> tuple[int, str]:
    words, _ = process.communicate(timeout=60)
    return process.returncode, words


STAGES = ("MAIL", "RCPT", "DATA", "message")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("reply", ["421 closing", "450 later", "550 never", DROP], ids=str)
def test_after_any_failure_a_rerun_sends_exactly_what_is_missing(
    office: Office, caplog: pytest.LogCaptureFixture, stage: str, reply: str | None
) -> None:
    """A reader's refusal stays, one of us and what was deferred is sent, unknown is told, nobody gets two."""
    is_of_us = reply == "550 never" and stage in ("MAIL", "DATA")
    script: Script = {stage: [reply, reply] if stage == "MAIL" and not is_of_us else [reply]}
    with scripted_server(**script) as (port, delivered):
        office.settings["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        office.run("send", "--at", MORNING)
        again = office.run("send", "--at", MORNING)
        third = office.run("send", "--at", MORNING)

    lost = {"550 never": "refused", DROP: "unknown" if stage == "message" else ""}.get(reply, "")
    lost = "" if is_of_us else lost
    without = [ANN] if lost else []
    assert sorted(delivered.readers) == sorted(set(READERS) - set(without))
    assert (again.exit_code, third.exit_code) == (int(bool(lost)), int(bool(lost)))
    assert not lost or f"{len(without)} {lost}" in counts(caplog.text)


def test_runs_that_race_send_one_mail_each(office: Office) -> None:
    """Any number of processes over one storage: each reader gets one mail, and nobody calls it a failure."""
    office.settings["MAIL_TO"] = ",".join(f"reader{number}@example.com" for number in range(20))
    with scripted_server() as (port, delivered):
        office.settings["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        results = [finished(process) for process in [office.start("send", "--at", MORNING) for _ in range(3)]]

    assert sorted(delivered.readers) == sorted(office.settings["MAIL_TO"].split(","))
    assert [code for code, _ in results] == [0, 0, 0]


@pytest.mark.parametrize(
    ("sign", "status"),
    [pytest.param(signal.SIGTERM, 143, id="TERM"), pytest.param(signal.SIGINT, 130, id="INT")],
)
def test_a_run_that_is_stopped_finishes_the_mail_in_hand(
    office: Office, sign: signal.Signals, status: int
) -> None:
    """That mail is recorded, who is left stays unclaimed and is told of, and the next run serves them."""
    with scripted_server(message=[HELD]) as (port, delivered):
        office.settings["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        process = office.start("send", "--at", MORNING)
        assert delivered.arriving.wait(timeout=60)
        process.send_signal(sign)
        delivered.may_go_on.set()
        code, words = finished(process)
        entries = len(list(office.storage.list("ledger/")))
        office.run("send", "--at", MORNING)

    assert (code, entries) == (status, 1)
    assert "1 accepted" in counts(words)
    assert "2 left for the next run" in counts(words)
    assert sorted(delivered.readers) == [*READERS]


def test_a_run_killed_over_a_mail_leaves_it_unknown(office: Office) -> None:
    """Dead between sending and recording: the next run reports that reader and serves the others."""
    with scripted_server(message=[SILENCE]) as (port, delivered):
        office.settings["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        process = office.start("send", "--at", MORNING)
        assert delivered.arriving.wait(timeout=60)
        process.send_signal(signal.SIGKILL)
        finished(process)
        code, words = finished(office.start("send", "--at", MORNING))

    assert (code, counts(words)) == (1, "2 accepted, 0 refused, 0 deferred, 1 unknown, 0 already sent")
    assert f"{ANN}: unknown: claimed 2026-11-21 05:00 UTC" in words
    assert sorted(delivered.readers) == [BOB, CYD]


def test_a_wrong_password_is_one_line_and_claims_nothing(office: Office, tmp_path: Path) -> None:
    """Once the password is right the next run mails everybody."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    with genuine_server(a_certificate(authority), with_password=True) as (port, delivered):
        office.settings |= {
            "SMTP_URL": f"smtps://{USER}@127.0.0.1:{port}",
            "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
            "SMTP_PASSWORD": "wrong and secret",
        }
        wrong, words = finished(office.start("send", "--at", MORNING))
        office.settings["SMTP_PASSWORD"] = PASSWORD
        right, _ = finished(office.start("send", "--at", MORNING))

    assert (wrong, right) == (1, 0)
    assert "refused the user or password" in words
    assert "Traceback" not in words
    assert "wrong and secret" not in words
    assert delivered.readers == [*READERS]


def test_a_mail_that_is_too_large_claims_nobody(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """It is refused in one line, with its size, and a smaller revision can still be mailed to all."""
    a_frozen_edition(office.storage, revision=2, html=f"<p>{'#budget ' * 12_000}</p>")

    result = office.run("send", "--at", MORNING)

    assert (result.exit_code, office.outbox()) == (1, [])
    assert re.search(r"would not arrive as it should: The mail is 100,\d{3} bytes as it travels", caplog.text)
    assert list(office.storage.list("ledger/trends/")) == []


def test_a_dry_run_sends_nothing_and_writes_nothing(office: Office) -> None:
    """It says what it would do, reader by reader, and leaves every file as it was."""
    office.run("send", "--at", MORNING, "--to", BOB)
    before = office.files()

    result = office.run("send", "--at", MORNING, "--dry-run")

    assert result.stdout.splitlines() == [
        f"would send trends 2026-11-20 to {ANN}",
        f"already sent, nothing to do: trends 2026-11-20 to {BOB}",
        f"would send trends 2026-11-20 to {CYD}",
    ]
    assert office.files() == before


def test_before_five_nothing_is_due(office: Office) -> None:
    """The answer names the hour in the zone and in UTC; a time without a zone is one of TIMEZONE."""
    office.settings["TIMEZONE"] = "Europe/Paris"

    result = office.run("send", "--at", "2026-11-21T04:59")

    assert (result.exit_code, result.stdout) == (0, "nothing is due until 05:00 Europe/Paris (04:00 UTC)\n")
    assert office.outbox() == []


def test_a_late_run_does_not_mail(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """More than four hours late is no failure, but it is said; by hand it can still be sent."""
    late = "2026-11-21T09:00:01Z"
    office.run("send", "--at", "2026-11-21T04:45:00Z")
    result = office.run("send", "--at", late)

    assert (result.exit_code, office.outbox()) == (0, [])
    assert "more than 4 hours ago: the report is published, not mailed; without it: ann@" in caplog.text
    assert office.run("send", "--at", late, "--to", ANN).exit_code == 0
    assert office.outbox() == [ANN]


def test_a_missing_edition_is_built_even_when_it_is_too_late_to_mail(office: Office) -> None:
    """What is due is published first, so that the page stands whatever becomes of the mail."""
    collect_at_noon(office.storage, date(2026, 11, 19))
    office.run("send", "--at", "2026-11-20T12:00:00Z")

    assert archived(office.storage, "trends") == ["2026-11-20", "2026-11-19"]
    assert office.outbox() == []


def test_a_new_edition_is_built_and_mailed(office: Office) -> None:
    """The whole way: no edition, five o'clock, a letter of the built report with its pictures."""
    collect_at_noon(office.storage, date(2026, 11, 19))
    result = office.run("send", "--at", "2026-11-20T05:00:00Z", "--to", ANN)

    assert result.exit_code == 0
    assert office.outbox() == [ANN]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("send", "--at", "five"), "'five' is no time; write 2026-", id="a time"),
        pytest.param(("send", "--at", "9999-12-31"), "is not between 1900 and 8999", id="a time too far"),
        pytest.param(
            ("preview", "--date", "yesterday"), "'yesterday' is no day; write 2026-11-20", id="a day"
        ),
        pytest.param(("preview", "--date", "9999-01-01"), "is not over in UTC", id="a day to come"),
    ],
)
def test_a_wrong_argument_is_said_in_words(office: Office, arguments: tuple[str, ...], words: str) -> None:
    """The message shows what was given and what to write."""
    result = office.run(*arguments)

    assert result.exit_code == 2
    assert words in result.stderr


def test_wrong_settings_end_with_two(office: Office) -> None:
    """All that is wrong is listed, without a trace."""
    office.settings |= {"MAIL_AT": "dawn", "SMTP_URL": "pigeon://loft"}

    code, words = finished(office.start("send"))

    assert code == 2
    assert "MAIL_AT is 'dawn'" in words
    assert "SMTP_URL is 'pigeon://loft'" in words
    assert "Traceback" not in words


def test_a_broken_storage_is_one_line(office: Office) -> None:
    """Our errors end with 1 and one line, never with a trace."""
    (office.folder / "file").touch()
    office.settings["STORAGE_URL"] = "file:file"

    code, words = finished(office.start("send", "--at", MORNING))

    assert code == 1
    assert "Traceback" not in words


@pytest.mark.parametrize("command", ["send", "preview", "ledger"])
def test_help_has_examples(office: Office, command: str) -> None:
    """`--help` is complete: what it does, every option, and lines to copy."""
    text = office.run(command, "--help").stdout

    assert f"Examples:\n    python -m mailer {command}" in text
