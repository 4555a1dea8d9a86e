"""Rules for a hashtag's page in a browser: without scripts, wide and narrow, light, dark and on paper."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.e2e.report_page import ReportPage
from tests.gunicorn_server import Gunicorn

pytestmark = pytest.mark.browser

Open = Callable[..., ReportPage]
_FIRST = ".numbers.ranking a"


@pytest.fixture
def open_page(browser: Browser, site: Gunicorn) -> Iterator[Open]:
    """Return what opens an address of the site, with options for the window."""
    opened: list[ReportPage] = []

    def open_(path: str = "/tags/", **options: Any) -> ReportPage:
        opened.append(ReportPage.open(browser, site.url + path, **options))
        return opened[-1]

    yield open_
    for page in opened:
        page.close()


@pytest.fixture
def open_hashtag(open_page: Open) -> Open:
    """Return what opens the page of the hashtag that was most used yesterday."""

    def open_(**options: Any) -> ReportPage:
        report = open_page(**options)
        report.page.locator(_FIRST).first.click()
        report.page.locator("figure.days").wait_for()
        return report

    return open_


def test_the_report_leads_to_its_hashtags(open_page: Open) -> None:
    """The first hashtag of the report has a page, with its chart, its days and no complaint."""
    report = open_page("/")
    name = report.page.locator("th.tag a").first.inner_text()
    report.page.locator("th.tag a").first.click()

    assert report.page.locator("h1").inner_text().replace("\u2068", "").startswith(name)
    assert report.page.locator("figure.days svg >> visible=true").count() == 1
    assert report.page.locator(".by-day tbody tr").count() >= 1
    assert report.complaints == []


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_a_hashtag_s_page_is_open_to_everybody(open_hashtag: Open, colours: str, width: int) -> None:
    """axe-core finds no violation, on a telephone and on a wide screen."""
    report = open_hashtag(color_scheme=colours, viewport={"width": width, "height": 800})

    assert _violations(report) == []


@pytest.mark.parametrize("path", ["/tags/", "/tags/nobody-uses-this"])
def test_the_ways_to_it_are_open_to_everybody(open_page: Open, path: str) -> None:
    """axe-core finds no violation on the list of hashtags, or where there is no history."""
    assert _violations(open_page(path)) == []


@pytest.mark.parametrize(
    ("width", "form"), [(320, "narrow"), (360, "narrow"), (560, "narrow"), (600, "wide"), (1440, "wide")]
)
def test_the_chart_fits_its_window(open_hashtag: Open, width: int, form: str) -> None:
    """Nobody scrolls sideways, and each window has the drawing made for it."""
    report = open_hashtag(viewport={"width": width, "height": 800})

    shown = report.page.locator("figure.days svg >> visible=true")
    assert shown.get_attribute("class") == form
    assert report.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_hashtag_is_found_without_scripts(open_page: Open) -> None:
    """The form needs nothing but a browser; any spelling leads to the page."""
    report = open_page(java_script_enabled=False)
    path = report.page.locator(_FIRST).first.get_attribute("href")
    name = report.page.locator(_FIRST).first.inner_text()
    report.page.get_by_label("Find a hashtag").fill(name.upper())
    report.page.get_by_role("button", name="Show its history").click()

    assert urlsplit(report.page.url).path == path
    assert report.page.locator("figure.days svg >> visible=true").count() == 1


def test_the_columns_are_drawn_in_the_colours_of_the_screen(open_hashtag: Open) -> None:
    """Dark mode is the style sheet's affair: nothing is drawn anew."""
    report = open_hashtag(color_scheme="light")
    light = _fill(report)
    report.page.emulate_media(color_scheme="dark")

    assert _fill(report) != light
    assert report.complaints == []


def test_on_paper_the_page_is_what_matters(open_hashtag: Open) -> None:
    """Chart and table are printed, the form and the navigation are not."""
    report = open_hashtag()
    report.page.emulate_media(media="print")

    assert report.page.locator("figure.days svg >> visible=true").get_attribute("class") == "wide"
    assert report.page.locator(".by-day >> visible=true").count() == 1
    assert report.page.locator("form >> visible=true, nav >> visible=true").count() == 0


def _fill(report: ReportPage) -> str:
    return str(report.page.evaluate("getComputedStyle(document.querySelector('.days .column')).fill"))


def _violations(report: ReportPage) -> list[tuple[str, list[str]]]:
    found = Axe().run(report.page).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
