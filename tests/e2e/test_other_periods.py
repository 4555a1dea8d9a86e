"""Rules for weeks, days so far and corrected days in a browser."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.e2e.conftest import run_command
from tests.e2e.report_page import ReportPage
from tests.gunicorn_server import gunicorn

pytestmark = pytest.mark.browser

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
DAY, TODAY = NOON.date(), datetime.now(UTC).date()
SUNDAY = TODAY - timedelta(days=TODAY.isoweekday())
WEEK = f"/editions/{SUNDAY:%G-W%V}/"
HOUR = f"/editions/{NOON:%Y-%m-%dT%H%M}Z/"
OLD, NEWEST = f"/editions/{DAY}/r1/", f"/editions/{DAY}/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the web pages over a week, a day so far, and a day that was corrected; give their address."""
    folder = tmp_path_factory.mktemp("periods")
    data = folder / "data"
    for name, tweets in (("first", some_tweets()), ("late", some_late_tweets())):
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(tweet)}\n" for tweet in tweets))
        run_command(data, "collector", "import", str(folder / f"{name}.jsonl"))
        run_command(data, "report", "build")
    for path in (WEEK, HOUR):
        run_command(data, "report", "build", "--period", path.split("/")[2])
    with gunicorn({"STORAGE_URL": f"file:{data}"}) as server:
        yield server.url


def some_tweets() -> list[dict[str, object]]:
    """Return tweets of yesterday, and of two days of last week and of the week before, with long hashtags."""
    days = [NOON, *(NOON + (SUNDAY - timedelta(days=back) - DAY) for back in (0, 1, 7, 8))]
    return [
        a_tweet(
            1000 * day + at, moment - timedelta(minutes=at), f"RatherLongHashtag{chr(65 + at % (12 + day))}"
        )
        for day, moment in enumerate(days)
        for at in range(240)
    ]


def some_late_tweets() -> list[dict[str, object]]:
    """Return tweets of yesterday that nobody had seen when the day was built."""
    return [a_tweet(9000 + at, NOON, "LateNews") for at in range(90)]


def a_tweet(number: int, moment: datetime, hashtag: str) -> dict[str, object]:
    """Return a tweet as API v1.1 sends it."""
    return {
        "id_str": str(4 * 10**16 + number),
        "created_at": f"{moment:%a %b %d %H:%M:%S +0000 %Y}",
        "text": "hello",
        "user": {"id_str": str(number % 50)},
        "entities": {"hashtags": [{"text": hashtag, "indices": [0, 1]}]},
    }


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize(
    "path", [WEEK, HOUR, OLD, NEWEST, "/editions/"], ids=["week", "hour", "old", "newest", "archive"]
)
def test_each_is_open_to_everybody(browser: Browser, site: str, path: str, colours: str) -> None:
    """axe-core finds no violation, every chart comes alive, and nothing complains, 360 px wide."""
    report = ReportPage.open(
        browser, site + path, color_scheme=colours, viewport={"width": 360, "height": 800}
    )
    report.read_to_the_end()
    found = Axe().run(report.page).response["violations"]

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert report.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert report.complaints == []
    report.close()


def test_an_old_link_leads_to_what_changed(browser: Browser, site: str) -> None:
    """Without scripts too the page of version 1 begins with the way to version 2, which begins with why."""
    report = ReportPage.open(browser, site + OLD, java_script_enabled=False)
    banner = report.page.locator("main > :first-child")

    assert banner.inner_text().startswith(
        "You are reading version 1. A newer version of this report stands at"
    )
    banner.locator("a").click()
    assert report.page.url == site + NEWEST
    assert report.page.locator("main [role=note]").count() == 0
    assert "#LateNews 1st (not among them)" in report.page.locator("main section").first.inner_text()
    report.close()


def test_the_archive_leads_to_a_week(browser: Browser, site: str) -> None:
    """The week's page says which days it is of."""
    report = ReportPage.open(browser, site + "/editions/")

    report.page.locator("main strong").first.click()

    assert report.page.url == site + WEEK
    assert report.page.locator(".dateline").inner_text().startswith(f"Week {SUNDAY:%-V}, ")
    assert report.page.locator("table.course thead th").all_inner_texts()[1:] == [
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
        "Sun",
    ]
    report.close()
