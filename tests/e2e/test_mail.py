"""The demo's mail, and the page that comes with it as one file, in a real browser."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Browser

from tests.e2e.report_page import ReportPage

pytestmark = pytest.mark.browser
_ROOT = Path(__file__).parents[2]
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def preview(tweets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the preview of the demo's mail, with all that can be attached; return its folder."""
    folder = tmp_path_factory.mktemp("mail")
    copytree(tweets, folder / "data")
    settings = {"STORAGE_URL": f"file:{folder}/data", "MAIL_ATTACH": "csv,page", "SECRET_KEY": "x" * 16}
    subprocess.run(
        [sys.executable, "-m", "mailer", "preview", "--folder", str(folder / "preview")],
        cwd=_ROOT,
        env={**os.environ, **settings},
        check=True,
        capture_output=True,
    )
    return folder / "preview"


@pytest.mark.parametrize("width", [360, 680])
@pytest.mark.parametrize("name", ["mail.html", "mail-dark.html", "mail-blocked.html"])
def test_the_mail_is_as_wide_as_its_window(browser: Browser, preview: Path, name: str, width: int) -> None:
    """On a telephone and beside a list of folders: nothing runs out sideways, and nothing is asked for."""
    page = ReportPage.open(browser, (preview / name).as_uri(), viewport={"width": width, "height": 900})

    assert page.page.evaluate(_OVERFLOW) == 0
    assert all(request.startswith(preview.as_uri()) for request in page.requests)
    page.close()


def test_the_foot_lets_a_reader_go(browser: Browser, preview: Path) -> None:
    """Each reader's own links are the last of the mail."""
    page = ReportPage.open(browser, (preview / "mail.html").as_uri())
    links = page.page.locator("a").all_inner_texts()

    assert links[-2:] == ["Change what you get", "Unsubscribe"]
    page.close()


def test_the_index_shows_every_view(browser: Browser, preview: Path) -> None:
    """Five frames, each with the mail's words."""
    page = ReportPage.open(
        browser, (preview / "index.html").as_uri(), viewport={"width": 1500, "height": 3000}
    )
    frames = [frame for frame in page.page.frames if frame != page.page.main_frame]

    assert len(frames) == 5
    words = [" ".join(frame.locator("body").inner_text().split()) for frame in frames]
    assert all("of minutes seen." in said for said in words)
    shown = [frame.evaluate("[...document.images].map((one) => one.naturalWidth > 0)") for frame in frames]
    assert shown == [[True], [True], [True], [False], []]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_that_is_one_file_needs_no_network(browser: Browser, preview: Path, scheme: str) -> None:
    """Opened from a folder with the network off, every chart is drawn, and nothing is asked for or amiss."""
    (file,) = preview.glob("twitter-trends-*.html")
    page = ReportPage.open(browser, file.as_uri(), offline=True, color_scheme=scheme)
    figures = page.page.locator("figure[data-chart]")
    for figure in figures.all():
        figure.locator(".live canvas").first.wait_for()

    assert figures.count() == page.page.locator("figure.chart-live").count() == 2
    assert page.complaints == []
    assert [request for request in page.requests if not request.startswith("data:")] == [file.as_uri()]
    page.close()
