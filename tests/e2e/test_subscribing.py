"""Rules for subscribing in a browser: from the form by way of the mailbox to the last mail."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.e2e.report_page import ReportPage
from tests.gunicorn_server import Gunicorn, gunicorn

if TYPE_CHECKING:
    from tests.e2e.conftest import Built

pytestmark = pytest.mark.browser

ANN = "ann@example.com"
_LOOKS = 20_000


@dataclass(frozen=True)
class Post:
    """A server that asks by mail, and the folder its mail goes to."""

    server: Gunicorn
    outbox: Path
    environ: Mapping[str, str]

    def links(self, name: str) -> dict[str, str]:
        """Return the links of the mail whose file is named so, by page, once it is there."""
        for _ in range(_LOOKS):
            for path in self.outbox.glob(name):
                return self._links(message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default))
            self.server.ask("/healthz")
        raise AssertionError(f"no mail {name} came: {self.server.lines}")

    def _links(self, letter: EmailMessage) -> dict[str, str]:
        text = letter.get_body(("plain",))
        assert text is not None
        found = re.findall(r"http\S+?(/(subscribe|manage|unsubscribe)/\S+)", text.get_content())
        return {page: self.server.url + path for path, page in found}


@pytest.fixture(scope="module")
def post(built: "Built", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    outbox = tmp_path_factory.mktemp("post") / "outbox"
    environ = {"SMTP_URL": f"file:{outbox}", "SECRET_KEY": "correct horse battery staple"}
    with gunicorn({"STORAGE_URL": f"file:{built.data}", "TIMEZONE": built.zone, **environ}) as server:
        yield Post(server, outbox, environ)


def press(page: Page, name: str) -> str:
    """Press a button; return the heading of the page it leads to."""
    page.get_by_role("button", name=name).click()
    return page.locator("h1").inner_text()


def test_a_reader_comes_changes_and_goes(browser: Browser, post: Post, built: "Built") -> None:
    """Without scripts, in the dark, on a telephone: form, mail, link, report, changing, leaving."""
    from tests.e2e.conftest import run_command

    window = browser.new_context(
        java_script_enabled=False, color_scheme="dark", viewport={"width": 360, "height": 740}
    )
    page = window.new_page()
    page.goto(f"{post.server.url}/subscribe")
    assert not page.get_by_label("Day of the week").is_visible()
    page.get_by_label("every week").check()
    page.get_by_label("Your mail address").fill(ANN)
    page.get_by_label("Day of the week").select_option("Friday")
    page.get_by_label("Time", exact=True).fill("07:30")
    page.get_by_label("Your time zone").select_option("Asia/Kolkata")
    assert press(page, "Subscribe") == "Look into your mailbox"

    page.goto(post.links("confirm.*.eml")["subscribe"])
    assert "every Friday at 07:30, Asia/Kolkata time" in page.locator("main").inner_text()
    assert press(page, "Yes, send it") == "You will get Twitter Trends"

    run_command(built.data, "mailer", "send", "--to", ANN, zone=built.zone, **post.environ)
    links = post.links("*.trends.*.eml")
    page.goto(links["manage"])
    assert page.get_by_label("every week").is_checked()
    page.get_by_label("every hour").check()
    assert press(page, "Change") == "What you get by mail"
    assert page.get_by_role("status").inner_text() == "This is changed."

    page.goto(links["unsubscribe"])
    assert press(page, "Unsubscribe") == "You are unsubscribed"
    page.goto(links["manage"])
    assert page.locator("h1").inner_text() == "No mail goes to this address"
    window.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_the_form_is_for_everybody(browser: Browser, post: Post, colours: str, width: int) -> None:
    """axe-core finds no violation, empty or with a problem named; nothing is wider than the window."""
    form = ReportPage.open(
        browser,
        f"{post.server.url}/subscribe",
        color_scheme=colours,
        viewport={"width": width, "height": 800},
    )
    for fill in ("", "ann"):
        if fill:
            form.page.locator("form").evaluate("form => form.noValidate = true")
            form.page.get_by_label("Your mail address").fill(fill)
            press(form.page, "Subscribe")
            assert "This is no mail address" in form.page.locator(".problem").inner_text()
        assert Axe().run(form.page).response["violations"] == []
        assert form.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    complaints = [line for line in form.complaints if "400" not in line]
    assert complaints == []
    form.close()
