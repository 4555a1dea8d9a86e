"""Rules for the demo of the reports beside the trends, by the commands that people type."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from collector.__main__ import collector
from tests.newcomer import ROOT
from tests.newcomer import run as run_in

AT = ("--until", "2026-11-20T12:00:00Z")


@pytest.fixture(autouse=True)
def _a_house_without_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run() -> Callable[..., str]:
    """Return what runs a command that must succeed, and returns what it says."""

    def run_command(command: click.Command, *arguments: str) -> str:
        done = CliRunner().invoke(command, arguments)
        assert done.exit_code == 0, done.output
        return done.output

    return run_command


def test_the_demo_is_written_once(run: Callable[..., str]) -> None:
    """The command says what it wrote and where; again, it says what is there."""
    made, again = (run(collector, "demo", "--report", "rates", "--report", "requests", *AT) for _ in "12")

    assert made.splitlines() == [
        "rates: 1 file written: data/sources/rates",
        "requests: 8 files written: data/sources/requests",
    ]
    assert again.splitlines() == [
        "rates: 0 files written; 1 file there already: data/sources/rates",
        "requests: 0 files written; 8 files there already: data/sources/requests",
    ]


def test_what_the_readme_says_of_the_reports_is_so(tmp_path: Path) -> None:
    """Its lines run as they stand; a report of samples says so above its headline, one of our file not."""
    for name in ("app", "collector", "mailer", "report"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "cancer.csv").write_text("cancer,population\n1,445\n", encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = readme.partition("## The four reports")[2].partition("```sh\n")[2].partition("```")[0]
    last_month = datetime.now(UTC).replace(day=1) - timedelta(days=1)

    run_in(tmp_path, "bash", "-euc", lines.replace("2026-10-31", f"{last_month:%Y-%m-%d}"))

    [rates] = (tmp_path / "data" / "editions" / "rates").glob("*/r1")
    [requests] = (tmp_path / "data" / "editions" / "requests").glob("*/r1")
    [topics] = (tmp_path / "data" / "drafts" / "topics").glob("*Z")
    for folder in (requests, topics):
        for name in ("page.html", "mail.html", "mail.txt"):
            text = (folder / name).read_text(encoding="utf-8")
            assert text.index("This is a demo") < text.rindex("Demo: "), name
    told = [path.read_text(encoding="utf-8") for path in (tmp_path / "outbox" / "departments").iterdir()]
    assert told
    assert all(text.startswith("Subject: Demo: ") for text in told)
    assert "demo" not in (rates / "mail.txt").read_text(encoding="utf-8")
    assert len(list((tmp_path / "outbox").glob("*.rates.*.eml"))) == 1


def test_the_demo_leaves_ones_own_alone_and_says_why(
    tmp_path: Path, run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the settings or the source say is somebody's own stays as it is, and that is no failure."""
    own = tmp_path / "data" / "sources" / "rates" / "cancer.csv"
    own.parent.mkdir(parents=True)
    own.write_text("cancer,population\n1,445\n", encoding="utf-8")
    monkeypatch.setenv("REPORT_SOURCES", "topics=file:elsewhere")

    said = run(collector, "demo", "--report", "rates", "--report", "topics", *AT).splitlines()

    assert said == [
        "rates: nothing was made up: data/sources/rates has files that are not the demo's: cancer.csv",
        "topics: nothing was made up: REPORT_SOURCES says where its source is",
    ]
    assert [path.name for path in own.parent.iterdir() if path.is_file()] == ["cancer.csv"]
    assert own.read_text(encoding="utf-8") == "cancer,population\n1,445\n"
    assert not (tmp_path / "elsewhere").exists()
