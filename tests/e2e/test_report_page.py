"""Rules for the report in a browser: with and without scripts, wide and narrow, light and dark."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Route

from tests.e2e.report_page import ReportPage
from tests.gunicorn_server import Gunicorn

pytestmark = pytest.mark.browser

Open = Callable[..., ReportPage]


@pytest.fixture
def open_page(browser: Browser, site: Gunicorn) -> Iterator[Open]:
    """Return what opens an address of the site, with options for the window."""
    opened: list[ReportPage] = []

    def open_(path: str = "/", **options: Any) -> ReportPage:
        opened.append(ReportPage.open(browser, site.url + path, **options))
        return opened[-1]

    yield open_
    for page in opened:
        page.close()


@pytest.mark.parametrize("path", ["/", "/today"])
def test_every_chart_comes_alive(open_page: Open, path: str) -> None:
    """With scripts each still chart is replaced by one that answers, without a word of complaint."""
    report = open_page(path)
    report.read_to_the_end()

    figures = report.page.locator("figure[data-chart]").count()
    assert figures == report.page.locator("figure.chart-live .live >> visible=true").count() > 0
    assert report.complaints == []


def test_a_chart_answers_to_the_pointer(open_page: Open) -> None:
    """Pointing at a column says its hour and number."""
    report = open_page()
    report.read_to_the_end()

    report.page.locator("figure .live").first.hover()

    report.page.locator(".bk-Tooltip").first.wait_for()


def test_nothing_is_asked_of_other_hosts(open_page: Open, site: Gunicorn) -> None:
    """All the page needs comes from the server that sent it."""
    report = open_page()
    report.read_to_the_end()

    assert {urlsplit(url).netloc for url in report.requests} == {urlsplit(site.url).netloc}
    assert len([url for url in report.requests if url.endswith("/bokeh.min.js")]) == 1


def test_charts_far_below_load_nothing(open_page: Open) -> None:
    """A reader who stays at the top pays for no chart."""
    report = open_page(viewport={"width": 800, "height": 300})

    report.page.wait_for_load_state("networkidle")

    assert not [url for url in report.requests if "bokeh" in url]


def test_without_scripts_the_figures_stand(open_page: Open) -> None:
    """Every figure has its picture or its bars, and every picture has loaded."""
    report = open_page(java_script_enabled=False)

    figures = report.page.locator("figure[data-chart]")
    assert figures.count() == figures.locator(".still >> visible=true").count() > 0
    for picture in report.page.locator("figure img").all():
        box = picture.bounding_box()
        assert box
        assert box["width"] > 300
        assert box["height"] > 100


@pytest.mark.parametrize(
    ("path", "colours"),
    [("/", "light"), ("/", "dark"), ("/editions/", "dark"), ("/no-such-page", "light")],
)
def test_pages_are_open_to_everybody(open_page: Open, path: str, colours: str) -> None:
    """axe-core finds no violation, live charts included."""
    report = open_page(path, color_scheme=colours)
    report.read_to_the_end()

    found = Axe().run(report.page).response["violations"]

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("width", [320, 360, 1440])
def test_no_page_is_wider_than_its_window(open_page: Open, width: int) -> None:
    """Nobody scrolls sideways, before or after the charts come alive."""
    report = open_page(viewport={"width": width, "height": 800})
    report.read_to_the_end()

    assert report.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_jumps(open_page: Open, width: int) -> None:
    """Loading, scrolling and the change to live charts shift nothing."""
    report = open_page(viewport={"width": width, "height": 800})
    report.read_to_the_end()

    assert report.jumps == []


def test_charts_follow_the_colours_of_the_screen(open_page: Open) -> None:
    """When the screen turns dark, charts are drawn anew in the dark palette, once each."""
    report = open_page(color_scheme="light")
    report.read_to_the_end()
    figures = report.page.locator("figure[data-chart]").count()

    light = report.page.locator(".live").element_handles()
    report.page.emulate_media(color_scheme="dark")
    for chart in light:
        chart.wait_for_element_state("hidden")

    assert len([url for url in report.requests if url.endswith("-dark.json")]) == figures
    assert report.page.locator("figure .live").count() == figures
    assert report.complaints == []


def test_on_paper_the_still_charts_are_printed(open_page: Open) -> None:
    """Printing takes the pictures, which are sharper, and leaves the screen as it was."""
    report = open_page()
    report.read_to_the_end()
    report.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert report.page.locator("figure .live >> visible=true").count() == 0
    assert _width(report, ".still") > 300

    report.page.evaluate("dispatchEvent(new Event('afterprint'))")

    assert report.page.locator("figure .live >> visible=true").count() > 0


@pytest.mark.parametrize("lost", ["**/*-chart.json", "**/bokeh.min.js"])
def test_a_chart_that_does_not_load_stays_still(open_page: Open, lost: str) -> None:
    """Whatever is missing, the still chart remains and nothing breaks."""
    report = open_page("/editions/")
    report.page.route(lost, _lose)
    report.page.locator("main a").first.click()
    figure = report.page.locator("figure[data-chart]").first

    with report.page.expect_console_message(lambda line: "stays still" in line.text):
        figure.scroll_into_view_if_needed()

    assert _width(report, ".still") > 300
    assert report.page.locator(".chart-live, .live, .live-to-be").count() == 0


def test_the_keyboard_reaches_the_report_first(open_page: Open) -> None:
    """The first stop of the Tab key leads past the navigation."""
    report = open_page()

    report.page.keyboard.press("Tab")
    report.page.keyboard.press("Enter")

    assert report.page.evaluate("document.activeElement.tagName") == "MAIN"


def _width(report: ReportPage, selector: str) -> float:
    box = report.page.locator(f"figure[data-chart] {selector}").first.bounding_box()
    return box["width"] if box else 0


def _lose(route: Route) -> None:
    route.fulfill(status=503, body="gone")
