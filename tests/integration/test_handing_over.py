"""Rules for results and news of a report that cannot be handed over at once, under cron."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailer.__main__ import cli
from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage

OWNER, ANN = "owner@example.org", "ann@example.com"
FIVE = datetime(2019, 2, 1, 5, tzinfo=UTC)
BUILD = ["build", "--report", "requests", "--date", "2019-01-31"]
ABOUT = "not handed over, requests 2019-01: "


class Host:
    """A host whose results and departments' topics shall lie where somebody has put files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = {
            "MAIL_TO": "nobody",
            "MAIL_OWNER": OWNER,
            "ALERT_QUIET_MINUTES": "0",
            "REPORT_RESULTS": "requests=file:results",
            "DEPARTMENT_TOPICS": "file:told",
        }
        source = DirectoryStorage(folder / "data/sources/requests")
        head = "service_request_id,date_requested,service_name\n"
        source.put("2019_jan.csv", f"{head}1,2019-01-05,Trash\n".encode())
        source.put("thresholds.csv", b"service_name,department,threshold\nTrash,Streets,1\n")
        for name in ("results", "told"):
            (folder / name).write_text("a file where a folder should be", encoding="utf-8")

    def type(self, *words: str) -> Result:
        return CliRunner().invoke(cli, words, env=self.settings, catch_exceptions=False)

    def send(self, minute: int) -> Result:
        """Do what cron does so many minutes after five."""
        at = FIVE + timedelta(minutes=minute)
        words = ["send", "--at", at.isoformat()]
        return CliRunner().invoke(cli, words, env=self.settings, obj=at.replace, catch_exceptions=False)

    def mend(self) -> None:
        """Take away what lay where folders should be."""
        for name in ("results", "told"):
            (self.folder / name).unlink()

    def told(self) -> str:
        """Return what the owner was told since this was asked the last time."""
        words = ""
        for path in sorted((self.folder / "outbox").glob("*.eml")):
            letter = path.read_text(encoding="utf-8")
            words += letter if f"To: {OWNER}" in letter else ""
            path.unlink()
        return words.replace("=\n", "")


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host whose one reader joined long ago."""
    monkeypatch.chdir(tmp_path)
    host = Host(tmp_path)
    host.type("readers", "add", ANN, "--report", "requests")
    [record] = (tmp_path / "data/subscribers").iterdir()
    joined = json.loads(record.read_bytes()) | {"since": "2018-01-01T00:00:00+00:00"}
    record.write_text(json.dumps(joined), encoding="utf-8")
    return host


def test_what_was_not_handed_over_is_told_tried_again_and_over(host: Host) -> None:
    """The mail goes all the same; the owner hears of it once, unless muted, and when nothing is left."""
    host.type("alerts", "mute", "not-handed-over")
    muted = host.send(0)
    mailed = len([*(host.folder / "outbox").glob("*.eml")])
    quiet = host.told()
    host.type("alerts", "unmute", "all")

    failing = [(host.send(minute).exit_code, host.told()) for minute in (15, 30)]
    by_hand = CliRunner().invoke(main, BUILD, env=host.settings)

    assert (muted.exit_code, mailed, quiet) == (1, 1, "")
    assert [status for status, _ in failing] == [1, 1]
    assert "Subject: Twitter Trends: not handed over\n" in failing[0][1]
    assert failing[0][1].count(ABOUT) == 2
    assert "Streets was not told 'Trash count is now 1'" in failing[0][1]
    assert (failing[1][1], by_hand.exit_code, host.told()) == ("", 1, "")
    assert "requests 2019-01 stands, but" in by_hand.output

    host.mend()
    host.type("readers", "remove", ANN)  # from now on nobody waits for the report
    later = [(host.send(minute).exit_code, host.told()) for minute in (45, 60, 75, 90)]

    assert (host.folder / "results/2019/jan/final_report.csv").read_text().endswith("Trash,1,1.0\n")
    assert len([*(host.folder / "told").iterdir()]) == 1
    assert [(status, "over: not handed over" in told) for status, told in later] == [
        (0, False),
        (0, False),
        (0, True),
        (0, False),
    ]


def test_what_is_not_handed_over_keeps_no_later_period_from_being_built(host: Host) -> None:
    """Of several months each is built, and each is named at the end."""
    source = DirectoryStorage(host.folder / "data/sources/requests")
    last = datetime.now(UTC).replace(day=1) - timedelta(days=1)
    months = [f"{day:%Y-%m}" for day in (last.replace(day=1) - timedelta(days=1), last)]
    for month in months:
        head = "service_request_id,date_requested,service_name\n"
        name = f"{datetime.fromisoformat(f'{month}-01'):%Y_%b}".lower()
        source.put(f"{name}.csv", f"{head}1,{month}-05,Trash\n".encode())

    words = ["build", "--report", "requests", "--days", "64"]
    told = CliRunner().invoke(main, words, env=host.settings)

    assert told.exit_code == 1
    assert [f"{month} r1 built" in told.stdout for month in months] == [True, True]
    assert [f"requests {month} stands, but " in told.stderr for month in months] == [True, True]


def test_a_build_with_alert_tells_it_as_what_it_is(host: Host) -> None:
    """The report was built: that alone is not said to have failed."""
    told = CliRunner().invoke(main, [*BUILD, "--alert"], env=host.settings)

    assert (told.exit_code, host.told().count(ABOUT)) == (1, 2)
