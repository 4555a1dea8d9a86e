"""Rules for `python -m mailer preview`, from the command line to files and a browser."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailer.__main__ import cli
from mailer.preview import VIEWS
from report.adapters.directory_storage import DirectoryStorage
from tests.mail_builders import HTML, a_frozen_edition, a_picture

ROOT = Path(__file__).parents[2]
DAY = "2026-11-20"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, whose data holds the edition of 20 November."""
    monkeypatch.chdir(tmp_path)
    a_frozen_edition(DirectoryStorage(tmp_path / "data"))
    return tmp_path


def preview(*arguments: str, **settings: str) -> Result:
    """Run the command in this process."""
    known = {"STORAGE_URL": "file:data", "MAIL_TO": "ann@example.com", "MAIL_FROM": "trends@example.org"}
    arguments = ("preview", "--date", DAY, *arguments)
    return CliRunner().invoke(cli, arguments, env={**known, **settings}, catch_exceptions=False)


def preview_apart(folder: Path, **environment: str) -> str:
    """Run it with --open in a process of its own: which browsers there are is found out only once."""
    environment = {"PYTHONPATH": str(ROOT), "STORAGE_URL": "file:data", "HOME": str(folder), **environment}
    ran = subprocess.run(
        [sys.executable, "-m", "mailer", "preview", "--date", DAY, "--open"],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout


def test_all_views_are_written_and_said_where(folder: Path) -> None:
    """The files are named on the screen, the verdict last; nothing is sent and the ledger stays empty."""
    result = preview("--folder", "look")
    *named, verdict = result.stdout.splitlines()

    assert result.exit_code == 0
    assert {path.removeprefix("look/") for path in named} >= {
        "index.html",
        "mail.eml",
        *(v.file for v in VIEWS),
    }
    assert all((folder / path).is_file() for path in named)
    assert (folder / "look/hours.png").read_bytes() == a_picture()
    assert verdict.startswith("This mail would be sent: ")
    assert not (folder / "data" / "ledger").exists()


def test_a_mail_that_would_not_be_sent_is_shown_all_the_same(folder: Path) -> None:
    """What is wrong is said, one line each, and the command ends with 1."""
    broken = HTML.replace("</body>", "<script>x()</script></body>")
    a_frozen_edition(DirectoryStorage(folder / "data"), date(2026, 11, 20), revision=2, html=broken)

    result = preview()

    assert result.exit_code == 1
    assert "The HTML has a <script>, which mail programs remove" in result.stdout
    assert "This mail would not be sent" in result.stdout
    assert "&lt;script&gt;" in (folder / "preview" / "index.html").read_text()


def test_a_mail_too_large_is_shown_with_the_size_of_its_parts(folder: Path) -> None:
    """Who looks for what to leave out sees it."""
    long = HTML.replace("</body>", f"<p>{'words ' * 20_000}</p></body>")
    a_frozen_edition(DirectoryStorage(folder / "data"), date(2026, 11, 20), revision=2, html=long)

    result = preview()

    assert result.exit_code == 1
    assert "text/html 12" in result.stdout
    assert (folder / "preview" / "mail.html").stat().st_size > 120_000


def test_the_browser_is_opened(folder: Path) -> None:
    """At the index, by its address."""
    seen = folder / "opened"
    program = folder / "browser.py"
    program.write_text(f"import sys; open({str(seen)!r}, 'w').write(sys.argv[1])")

    words = preview_apart(folder, BROWSER=f"{sys.executable} {program} %s")

    assert seen.read_text() == (folder / "preview" / "index.html").as_uri()
    assert "There is no browser" not in words


def test_without_a_browser_the_path_is_said(folder: Path) -> None:
    """On a server nothing opens: who asked is told which file to look at."""
    words = preview_apart(folder, PATH="", BROWSER=str(folder / "nothing-here"))

    assert f"There is no browser here: open {folder / 'preview' / 'index.html'} in one." in words


def test_a_mail_to_nobody_can_be_looked_at() -> None:
    """Where MAIL_TO is nobody, it is addressed to the sender."""
    assert "This mail would be sent" in preview(MAIL_TO="nobody").stdout


def test_two_times_cannot_both_be_shown() -> None:
    """--date and --period say the same thing differently."""
    result = preview("--period", "2026-W47")

    assert result.exit_code == 2
    assert "give one of them" in result.stderr
