"""Rules for a server that has tweets and no report yet."""

from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Browser

from tests.e2e.report_page import ReportPage
from tests.gunicorn_server import gunicorn

pytestmark = pytest.mark.browser


def test_the_first_report_comes_by_itself(browser: Browser, tweets: Path, tmp_path: Path) -> None:
    """Whoever opens the page first sees that a report is being built, and then sees the report."""
    copytree(tweets, tmp_path / "data")
    with gunicorn({"STORAGE_URL": f"file:{tmp_path / 'data'}"}) as server:
        report = ReportPage.open(browser, server.url)
        assert "is being built" in report.page.inner_text("h1")

        report.page.locator("figure[data-chart]").first.wait_for(timeout=60_000)
        report.close()
