"""Rules for the website of files in a browser: in S3, link by link, and in a folder without any server."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree
from urllib.parse import urldefrag, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import run_command
from tests.e2e.report_page import ReportPage
from tests.s3_server import client_of, variables_of
from tests.website_server import running_website

pytestmark = pytest.mark.browser

BUCKET = "website-of-the-browser"
_LINKS = """() => [...document.querySelectorAll("[href], [src], [data-chart], [data-chart-dark]")]
  .flatMap((one) => [one.href, one.src, one.dataset.chart, one.dataset.chartDark])
  .filter(Boolean).map((link) => new URL(link, document.baseURI).href)"""


@dataclass
class Walk:
    """A walk over a site from a page on: every address that was met, and what each answered."""

    page: Page
    start: str
    answers: dict[str, int] = field(default_factory=dict)

    def go(self) -> None:
        """Follow each link on the same host once; a page is opened, any other file fetched."""
        ahead = [self.start]
        while ahead:
            url = ahead.pop()
            if url in self.answers:
                continue
            answer = self.page.request.get(url)
            self.answers[url] = answer.status
            if answer.headers.get("content-type", "").startswith("text/html") and "/mail.html" not in url:
                self.page.goto(url, wait_until="domcontentloaded")
                found = (urldefrag(link).url for link in self.page.evaluate(_LINKS))
                ahead += [link for link in found if urlsplit(link).netloc == urlsplit(self.start).netloc]


@pytest.fixture(scope="module")
def built(tweets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo's tweets and the reports of both days."""
    data = tmp_path_factory.mktemp("published") / "data"
    copytree(tweets, data)
    run_command(data, "report", "build", "--days", "2")
    return data


@pytest.fixture(scope="module")
def website(built: Path, s3_endpoint: str) -> Iterator[str]:
    """Return the address of the demo's site, published to S3 for everybody."""
    s3 = client_of(s3_endpoint)
    s3.create_bucket(Bucket=BUCKET)
    with running_website(s3, s3_endpoint, BUCKET) as url:
        site = {"SITE_URL": f"s3://{BUCKET}", "SITE_ACCESS": "policy", "SITE_ADDRESS": url.rstrip("/")}
        run_command(built, "report", "publish", "--all", "--yes", **variables_of(s3_endpoint), **site)
        yield url


@pytest.fixture(scope="module")
def folder(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo's site."""
    site = tmp_path_factory.mktemp("website") / "site"
    run_command(built, "report", "publish", "--all", SITE_URL=f"file:{site}")
    return site


def test_every_link_of_the_site_opens(browser: Browser, website: str) -> None:
    """From the index, link by link, there is no address of the site that does not answer."""
    page = browser.new_context(java_script_enabled=True).new_page()
    walk = Walk(page, website)

    walk.go()

    page.context.close()
    assert {url: status for url, status in walk.answers.items() if status != 200} == {}
    assert len([url for url in walk.answers if "/r1/" in url]) > 30
    assert f"{website}today" in walk.answers


def test_charts_come_alive_from_files(browser: Browser, website: str) -> None:
    """The newest report's charts answer to the pointer, though no server of ours is there."""
    report = ReportPage.open(browser, f"{website}latest/")
    report.read_to_the_end()

    figures = report.page.locator("figure[data-chart]").count()
    assert figures == report.page.locator("figure.chart-live .live >> visible=true").count() > 0
    assert report.complaints == []
    report.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
def test_the_index_is_open_to_everybody(browser: Browser, website: str, width: int, colours: str) -> None:
    """axe-core finds no violation with every list of files open, and nobody scrolls sideways."""
    index = ReportPage.open(browser, website, viewport={"width": width, "height": 800}, color_scheme=colours)
    index.page.evaluate("for (const list of document.querySelectorAll('details')) list.open = true")

    found = Axe().run(index.page).response["violations"]

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert index.page.evaluate("document.documentElement.scrollWidth") <= width
    assert index.complaints == []
    index.close()


def test_a_folder_opens_without_a_server(browser: Browser, folder: Path) -> None:
    """From index.html on disk a reader comes to a report, whose pictures are there, and back."""
    opened = ReportPage.open(browser, (folder / "index.html").as_uri())
    opened.page.locator("article h3 a").first.click()
    picture = opened.page.locator("figure .still img").first

    picture.scroll_into_view_if_needed()

    assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 300
    opened.page.locator(".masthead .name a").click()
    assert opened.page.url == (folder / "index.html").as_uri()
    opened.close()
