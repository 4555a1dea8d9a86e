"""Rules for the demo of the reports beside the trends, by the commands that people type."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from collector.__main__ import collector
from report.__main__ import main as report

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


def test_a_report_is_built_from_the_demo_and_says_so(tmp_path: Path, run: Callable[..., str]) -> None:
    """Page, mail and text say that it is made up above its headline; built again, nothing changes."""
    made = run(collector, "demo", "--report", "rates", "--report", "requests", *AT)
    run(report, "build", "--report", "rates", "--date", "2026-10-01")
    again = run(collector, "demo", "--report", "rates", *AT)
    rebuilt = run(report, "build", "--report", "rates", "--date", "2026-10-01")

    assert made.splitlines() == [
        "rates: 1 file written: data/sources/rates",
        "requests: 8 files written: data/sources/requests",
    ]
    assert again == "rates: 0 files written; 1 file there already: data/sources/rates\n"
    assert "stands already: Demo: " in rebuilt
    edition = tmp_path / "data" / "editions" / "rates" / "2026-10" / "r1"
    for name in ("page.html", "mail.html", "mail.txt"):
        text = (edition / name).read_text(encoding="utf-8")
        assert text.index("This is a demo") < text.rindex("Demo: "), name


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
