"""Rules for the reports beside the server's own, in a browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.e2e.report_page import ReportPage
from tests.gunicorn_server import gunicorn
from tests.newcomer import a_house_of_its_own, run
from tests.report_sources import DAY, MONTH, lay_sources

pytestmark = pytest.mark.browser

HOME = "/reports/vocabulary/"
MAILS = (f"/reports/requests/editions/{MONTH}/mail.html", f"/reports/topics/editions/{DAY}/mail.html")
RESULTS = (
    "requests/2026/oct/final_report.html",
    "requests/2026/oct/final_chart.html",
    "rates/histogram-chart.html",
)
NARROW = {"width": 360, "height": 800}
_HOSTILE = (
    "<script>alert(1)</script> שלום שלום שלום " + "Donaudampfschifffahrtsgesellschaftskapitänswitwe " * 9
)
_BUILD = """
import sys
from report.__main__ import main
for name in ("vocabulary", "rates", "requests", "topics"):
    day = sys.argv[1] if name in ("vocabulary", "topics") else sys.argv[2] + "-01"
    main(["build", "--report", name, "--date", day], standalone_mode=False)
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an edition of each report, a newcomer's among them, of words that fit nowhere."""
    folder = tmp_path_factory.mktemp("beside")
    a_house_of_its_own(folder)
    sources = folder / "data" / "sources"
    lay_sources(sources)
    (sources / "vocabulary").mkdir()
    (sources / "vocabulary" / f"{DAY}.txt").write_text(_HOSTILE, encoding="utf-8")
    run(folder, "python", "-c", _BUILD, DAY, MONTH)
    return folder


@pytest.fixture(scope="module")
def site(house: Path) -> Iterator[str]:
    """Run the web pages over these."""
    with gunicorn({"SECRET_KEY": "a secret of the tests"}, folder=house) as server:
        yield server.url


@pytest.mark.parametrize(
    ("path", "colours"),
    [
        (HOME, "light"),
        ("/reports/rates/", "dark"),
        ("/reports/requests/", "light"),
        ("/reports/requests/", "dark"),
        ("/reports/topics/", "dark"),
        ("/reports/", "light"),
        ("/subscribe?report=rates", "dark"),
    ],
)
def test_each_is_open_to_everybody(browser: Browser, site: str, path: str, colours: str) -> None:
    """axe-core finds no violation, every chart comes alive, nothing complains, runs out or asks elsewhere."""
    page = ReportPage.open(browser, site + path, color_scheme=colours, viewport=NARROW)
    page.read_to_the_end()
    found = Axe().run(page.page).response["violations"]

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert page.complaints == []
    assert {urlsplit(request).netloc for request in page.requests} == {urlsplit(site).netloc}
    for width in (360, 320):
        page.page.set_viewport_size({"width": width, "height": 800})
        page.page.wait_for_function("(width) => document.documentElement.scrollWidth === width", arg=width)
    page.close()


def test_a_reader_walks_from_report_to_report_without_scripts(browser: Browser, site: str) -> None:
    """From all reports to one, to its archive, to its edition, to its mail, and back, by links alone."""
    reader = ReportPage.open(browser, f"{site}/reports/", java_script_enabled=False, viewport=NARROW)
    page = reader.page

    page.get_by_role("link", name="Most Used Words", exact=True).click()
    assert page.url == site + HOME
    assert "Most Used Words" in page.locator(".dateline").inner_text()
    page.get_by_role("navigation").get_by_role("link", name="Archive").click()
    page.get_by_role("link", name="Friday 20").click()
    assert page.url == f"{site}{HOME}editions/2026-11-20/"
    assert page.locator("figure .still").is_visible()
    page.get_by_role("link", name="Get it by mail").click()
    assert page.get_by_role("checkbox", checked=True).get_attribute("value") == "vocabulary"
    page.get_by_role("navigation").get_by_role("link", name="Reports").click()
    assert page.url == f"{site}/reports/"
    reader.close()


def test_charts_stand_still_without_scripts(browser: Browser, site: str) -> None:
    """A histogram as a picture, bars as a table with every label whole."""
    reader = ReportPage.open(browser, f"{site}/reports/rates/", java_script_enabled=False, viewport=NARROW)
    assert (
        reader.page.locator("figure .still img").evaluate("(one) => one.decode().then(() => one.width)") > 300
    )
    reader.page.goto(f"{site}/reports/requests/")
    still = reader.page.locator("figure .still")

    assert still.is_visible()
    assert "Bulky Item Pick-up (72 hours)" in still.inner_text()
    reader.close()


@pytest.mark.parametrize("path", MAILS)
def test_their_mails_are_as_wide_as_a_telephone(browser: Browser, site: str, path: str) -> None:
    """No name of a service or a department pushes anything out sideways."""
    mail = ReportPage.open(browser, site + path, java_script_enabled=False, viewport=NARROW)

    assert mail.page.locator("body").evaluate("(body) => body.scrollWidth") <= NARROW["width"]
    mail.close()


@pytest.mark.parametrize("name", RESULTS)
def test_results_open_from_a_folder(browser: Browser, house: Path, name: str) -> None:
    """One file each: with the network off its chart comes alive, nothing is asked for or complains."""
    file = (house / "data" / "results" / name).as_uri()
    page = ReportPage.open(browser, file, offline=True, viewport=NARROW)
    page.read_to_the_end()

    assert page.page.locator("figure.chart-live .live >> visible=true").count() == 1
    assert [request for request in page.requests if not request.startswith("data:")] == [file]
    assert page.complaints == []
    page.close()
