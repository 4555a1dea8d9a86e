"""Rules for a report beside the server's own, in a browser."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.e2e.report_page import ReportPage
from tests.gunicorn_server import gunicorn
from tests.newcomer import a_house_of_its_own, run

pytestmark = pytest.mark.browser

HOME = "/reports/vocabulary/"
NARROW = {"width": 360, "height": 800}
_HOSTILE = (
    "<script>alert(1)</script> שלום שלום שלום " + "Donaudampfschifffahrtsgesellschaftskapitänswitwe " * 9
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the web pages over one edition of a newcomer's report, of words that fit nowhere."""
    folder = tmp_path_factory.mktemp("beside")
    a_house_of_its_own(folder)
    source = folder / "data" / "sources" / "vocabulary"
    source.mkdir(parents=True)
    (source / "2026-11-20.txt").write_text(_HOSTILE, encoding="utf-8")
    run(folder, "python", "-m", "report", "build", "--report", "vocabulary", "--date", "2026-11-20")
    with gunicorn({"SECRET_KEY": "a secret of the tests"}, folder=folder) as server:
        yield server.url


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("path", [HOME, "/reports/", "/subscribe"], ids=["report", "all reports", "form"])
def test_each_is_open_to_everybody(browser: Browser, site: str, path: str, colours: str) -> None:
    """axe-core finds no violation, every chart comes alive, and nothing complains, 360 px wide."""
    page = ReportPage.open(browser, site + path, color_scheme=colours, viewport=NARROW)
    page.read_to_the_end()
    found = Axe().run(page.page).response["violations"]

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.complaints == []
    page.close()


def test_a_reader_walks_from_report_to_report_without_scripts(browser: Browser, site: str) -> None:
    """From all reports to one, to its archive, and back to its edition, by links alone."""
    reader = ReportPage.open(browser, f"{site}/reports/", java_script_enabled=False, viewport=NARROW)
    page = reader.page

    page.get_by_role("link", name="Most Used Words", exact=True).click()
    assert page.url == site + HOME
    assert "Most Used Words" in page.locator(".dateline").inner_text()
    page.get_by_role("navigation").get_by_role("link", name="Archive").click()
    page.get_by_role("link", name="Friday 20").click()
    assert page.url == f"{site}{HOME}editions/2026-11-20/"
    assert page.locator("figure .still").is_visible()
    page.get_by_role("navigation").get_by_role("link", name="Reports").click()
    assert page.url == f"{site}/reports/"
    reader.close()
