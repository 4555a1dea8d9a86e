"""Rules for `python -m mailer readers`."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailer.__main__ import cli
from mailer.doctor.wishes import check_settings
from report.adapters.directory_storage import DirectoryStorage
from report.addresses import reader_key
from report.alert_states import states
from report.alerts import Alarm
from report.settings import Settings
from report.subscribers import subscribers
from report.subscribing import leave

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Office:
    """A folder of readers and the command over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage = DirectoryStorage(folder / "data")
        self.settings = {
            "STORAGE_URL": f"file:{folder}/data",
            "MAIL_TO": "Boss <boss@example.com>",
            "MAIL_AT": "06:00",
            "TIMEZONE": "Europe/Paris",
        }

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["readers", *arguments], env=self.settings, catch_exceptions=False)

    def file(self, text: str | bytes) -> str:
        path = self.folder / "readers.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    @property
    def addresses(self) -> list[str]:
        return sorted(reader.address for reader in subscribers(self.storage))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_reader_is_added_changed_and_removed(office: Office) -> None:
    """Each says what it did; what is not said is as in the settings, and the name is not kept."""
    assert office.run("add", "Ann <ann@example.com>").output == (
        "ann@example.com added: Twitter Trends, every day at 06:00, Europe/Paris time\n"
    )
    changed = office.run("add", "ann@example.com", "--rhythm", "weekly mon 7:30", "--zone", "Asia/Kolkata")
    assert changed.output.startswith("ann@example.com changed: Twitter Trends, every Monday at 07:30, Asia/K")
    assert (
        "unchanged"
        in office.run(
            "add", "ann@example.com", "--rhythm", "weekly mon 7:30", "--zone", "Asia/Kolkata"
        ).output
    )

    assert office.run(
        "remove", "ANN@example.com", "bob@example.com", "boss@example.com"
    ).output.splitlines() == [
        "ANN@example.com removed",
        "bob@example.com has no record to remove",
        "boss@example.com has no record to remove; MAIL_TO still mails it: take it out there too",
    ]
    assert office.addresses == []


def test_a_report_of_months_is_said_to_come_once_a_month(office: Office) -> None:
    """When a reader is added and in the list; what a machine reads keeps the rhythm as it is written."""
    added = office.run("add", "ann@example.com", "--report", "rates", "--rhythm", "hourly").output
    office.run("add", "bob@example.com", "--report", "rates", "--report", "trends")
    _boss, ann, bob = office.run("list").output.splitlines()[1:]

    assert added == "ann@example.com added: County Cancer Rates, once a month\n"
    assert re.split(r"  +", ann)[1:3] == ["rates", "once a month"]
    assert re.split(r"  +", bob)[1:3] == ["rates trends", "daily 06:00 (rates once a month)"]
    assert json.loads(office.run("list", "--format", "json").output)[1]["rhythm"] == "hourly"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        pytest.param(("add", "ann"), 2, "'ann' is no mail address", id="no address"),
        pytest.param(("add", "a@b.org\r\nBcc: c@d.org"), 2, "is no mail address", id="line break"),
        pytest.param(("add", "a@b.org", "--rhythm", "daily"), 2, "write hourly, daily 05:00", id="no rhythm"),
        pytest.param(("add", "a@b.org", "--zone", "Mars"), 2, "write one such as UTC", id="no zone"),
        pytest.param(("add", "a@b.org", "--report", "weather"), 2, "there are: trends", id="no report"),
        pytest.param(("import", "/no/such/file"), 2, "does not exist", id="no file"),
        pytest.param(("remove", "ann"), 1, "'ann' is no mail address", id="removing no address"),
    ],
)
def test_what_is_wrong_is_said(office: Office, arguments: tuple[str, ...], status: int, words: str) -> None:
    """An error names what was typed and how it is written, and nothing changes."""
    result = office.run(*arguments)

    assert (result.exit_code, words in result.output) == (status, True)
    assert office.addresses == []


def test_a_record_that_cannot_be_read_is_told_until_it_is_replaced(office: Office) -> None:
    """Its reader gets nothing: the run raises an alarm, the doctor warns, adding says so."""
    place = f"subscribers/{reader_key('ann@example.com')}.json"
    office.storage.put(place, b"{")
    CliRunner().invoke(cli, ["send", "--at", "2026-11-21T00:30"], env=office.settings)

    assert [*states(office.storage)[Alarm.READER_UNREADABLE].raised] == [place]
    assert [str(verdict)[:7] for verdict in check_settings(Settings(), 1, ["k"])][1] == "warning"
    assert "cannot be read: it is replaced" in office.run("add", "ann@example.com").stderr
    assert office.run("add", "ann@example.com").stderr == ""


def test_who_left_is_not_added(office: Office) -> None:
    """The owner learns since when and why, and that only the reader can undo it."""
    leave(office.storage, reader_key("ann@example.com"), "trends", "one-click", NOW)

    result = office.run("add", "ann@example.com")

    assert result.exit_code == 1
    assert "asked for no more mail of trends, on 2026-11-21 09:00 UTC (one-click): they may" in result.output
    assert office.addresses == []


def test_an_import_takes_what_is_good(office: Office) -> None:
    """Bad lines and those who left are named by line, and the exit status tells; again, nothing changes."""
    leave(office.storage, reader_key("gone@example.com"), "trends", "page", NOW)
    file = office.file("\ufeffzone;address\n;ann@example.com\n;ann\n;gone@example.com\nUTC;bob@example.com\n")
    trial = office.run("import", file, "--dry-run")
    assert trial.output.endswith("would be: 2 added, 0 changed, 0 unchanged, 2 not taken\n")
    assert office.addresses == []

    first, again = office.run("import", file), office.run("import", file)

    assert first.exit_code == 1
    assert f"{file}, line 3: 'ann' is no mail address" in first.stderr
    assert f"{file}, line 4: gone@example.com asked for no more mail" in first.stderr
    assert first.stdout == "2 added, 0 changed, 0 unchanged, 2 not taken\n"
    assert again.stdout == "0 added, 0 changed, 2 unchanged, 2 not taken\n"
    assert office.addresses == ["ann@example.com", "bob@example.com"]


def test_a_file_in_another_encoding_is_refused_by_line(office: Office) -> None:
    """Nothing is taken from a file that would be misread."""
    result = office.run(
        "import", office.file("address\nann@example.com\nKäthe <k@b.org>\n".encode("latin-1"))
    )

    assert "line 3 is not UTF-8, so nothing is taken: save the file as CSV UTF-8" in result.output
    assert office.addresses == []


def test_a_spreadsheet_s_unicode_text_is_taken(office: Office) -> None:
    """UTF-16 says what it is by its first two bytes, and parts its cells by tabs."""
    result = office.run("import", office.file("address\tname\nann@example.com\tKäthe\n".encode("utf-16")))

    assert (result.exit_code, office.addresses) == (0, ["ann@example.com"])


def test_an_export_can_be_imported(office: Office) -> None:
    """Into this storage it changes nothing; into an empty one it brings all back, since when too."""
    office.run(
        "import", office.file("address,rhythm\nann@example.com,hourly\nbob@example.com,weekly sun 9:00\n")
    )
    before = list(subscribers(office.storage))
    exported = office.run("export").output

    file = office.file(exported)
    assert "0 added, 0 changed, 2 unchanged" in office.run("import", file).output
    office.run("remove", *office.addresses)
    assert "2 added" in office.run("import", file).output
    assert list(subscribers(office.storage)) == before


def test_the_list_shows_everybody(office: Office) -> None:
    """Readers with a record and those of MAIL_TO, and who wants no more; three forms say the same."""
    office.run("add", "ann@example.com", "--rhythm", "hourly")
    leave(office.storage, reader_key("boss@example.com"), "trends", "page", NOW)

    head, boss, ann = office.run("list").output.splitlines()
    assert head.split() == ["address", "reports", "rhythm", "zone", "since", "from", "mail"]
    assert boss.startswith("Boss <boss@example.com>  trends   daily 06:00  Europe/Paris")
    assert boss.endswith("MAIL_TO  none since 2026-11-21")
    assert re.search(r" \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00  record   yes$", ann)

    rows = json.loads(office.run("list", "--format", "json").output)
    assert [row["address"] for row in rows] == ["Boss <boss@example.com>", "ann@example.com"]
    assert list(csv.DictReader(io.StringIO(office.run("list", "--format", "csv").output))) == rows
