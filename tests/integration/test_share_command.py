"""Rules for the command that lends one report."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.test import TestResponse

from app import create_app
from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.settings import Settings
from tests.some_editions import SECRET, publish

PASSWORD = "a password of the tests"


@pytest.fixture(autouse=True)
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let the command run over a folder with two revisions of a day, on pages with a password."""
    storage = DirectoryStorage(tmp_path / "data", None, "http://localhost")
    publish(storage)
    publish(storage, page="late news", revision=2)
    said = {
        "STORAGE_URL": f"file:{tmp_path / 'data'}",
        "SECRET_KEY": SECRET,
        "PAGE_PASSWORD": PASSWORD,
        "PUBLIC_URL": "https://trends.example",
    }
    monkeypatch.chdir(tmp_path)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return said


def opened(link: str, environ: dict[str, str]) -> TestResponse:
    pages = create_app(Settings.from_environ(environ), start_build=lambda _: None).test_client()
    return pages.get(link.removeprefix("https://trends.example"))


def test_the_link_opens_the_newest_edition(environ: dict[str, str]) -> None:
    """Whoever has it reads that report, and the command says until when."""
    ran = CliRunner().invoke(main, ["share", "2026-11-20", "--expires", "7d"])

    link = ran.stdout.strip()
    assert link.startswith("https://trends.example/editions/2026-11-20/r2/?expires=")
    assert "late news" in opened(link, environ).text
    assert opened(link.partition("?")[0], environ).status_code == 401
    assert ran.stderr.startswith("opens until ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["2026-11-19"], "there is no trends edition of 2026-11-19", id="none"),
        pytest.param(["yesterday"], "names no period", id="no period"),
        pytest.param(["2026-11-20", "--expires", "8d"], "seven days at most", id="for ever"),
        pytest.param(["2026-11-20", "--report", "no"], "there is no report named", id="no report"),
    ],
)
def test_what_cannot_be_lent_is_said(arguments: list[str], words: str) -> None:
    """Nothing is printed that looks like a link."""
    ran = CliRunner().invoke(main, ["share", *arguments])

    assert ran.exit_code != 0
    assert words in ran.stderr
    assert not ran.stdout


def test_without_a_secret_nothing_is_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has to be set is named."""
    monkeypatch.delenv("SECRET_KEY")

    ran = CliRunner().invoke(main, ["share", "2026-11-20"])

    assert (ran.exit_code, "set SECRET_KEY" in ran.stderr) == (2, True)


def test_pages_without_a_password_need_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said that everybody reads them, so that nobody thinks otherwise."""
    monkeypatch.delenv("PAGE_PASSWORD")

    assert "PAGE_PASSWORD is not set" in CliRunner().invoke(main, ["share", "2026-11-20"]).stderr
