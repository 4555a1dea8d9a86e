"""Rules for a newcomer's report: what docs/new-report.md says is all it takes."""

import json
import re
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.newcomer import ROOT, a_house_of_its_own, block_of, run

_ASK = """
import json, sys
from app import create_app
client = create_app(start_build=lambda build: None).test_client()
print(json.dumps({path: client.get(path).text for path in sys.argv[1:]}))
"""
HOME = "/reports/vocabulary/"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder where somebody did what the document says."""
    folder = tmp_path_factory.mktemp("newcomer")
    a_house_of_its_own(folder)
    run(folder, "bash", "-euc", block_of("sh"))
    return folder


def test_the_edition_has_page_mail_text_and_tables(house: Path) -> None:
    """One module gives every file an edition has."""
    edition = house / "data" / "editions" / "vocabulary" / "2026-11-20" / "r1"
    files = {path.name for path in edition.iterdir()}

    assert files >= {"page.html", "mail.html", "mail.txt", "data.json", "words.csv", "uses.csv"}
    assert (edition / "words.csv").read_text() == "word,uses\nthe,3\nand,2\nbat,1\ncat,1\nhat,1\n"
    assert "used 3 times, of 8 words in all." in (edition / "mail.txt").read_text()


def test_the_mail_goes_out(house: Path) -> None:
    """It bears the report's title, and both parts hold its numbers."""
    [path] = (house / "outbox").rglob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)

    assert "Most Used Words" in mail["Subject"]
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        assert "used 3 times" in part.get_content()


def test_the_site_has_it(house: Path) -> None:
    """The website shows it in its index, and in the report's own folder with its archive."""
    site = house / "site"

    assert "used 3 times, of 8 words in all." in (site / "index.html").read_text()
    for place in ("", "editions/", "editions/2026-11-20/"):
        assert (site / "reports" / "vocabulary" / place / "index.html").exists(), place
    assert (site / "reports" / "vocabulary" / "editions" / "2026-11-20" / "r1" / "words.csv").exists()


def test_the_server_shows_and_offers_it(house: Path) -> None:
    """Its page, its archive, its place among all reports, and its line where people subscribe."""
    paths = (HOME, f"{HOME}editions/", f"{HOME}editions/2026-11-20/r1/words.csv", "/reports/", "/subscribe")
    page, archive, table, reports, form = json.loads(run(house, "python", "-c", _ASK, *paths)).values()

    assert "used 3 times, of 8 words in all." in page
    assert f'<a href="{HOME}">Newest</a>' in page
    assert f'<a href="{HOME}editions/2026-11-20/">Friday 20</a>' in archive
    assert "the,3" in table
    assert "Most Used Words" in reports
    assert re.search(r'name="report"\s+id="report-vocabulary"', form)


def test_it_keeps_the_house_rules(house: Path) -> None:
    """Whoever copies the example begins with code that passes format and lint."""
    module = str(house / "report" / "catalogue" / "vocabulary.py")
    ruff = (sys.executable, "-m", "ruff")
    config = ("--config", str(ROOT / "pyproject.toml"))

    run(house, *ruff, "check", *config, module)
    run(house, *ruff, "format", "--check", *config, module)
