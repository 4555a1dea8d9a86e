"""Takes the pictures of docs/pictures: `python -m tests.e2e.pictures`. Demo tweets only."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.conftest import chromium, run_command
from tests.e2e.report_page import ReportPage
from tests.gunicorn_server import gunicorn

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
DAY = "2026-11-18"
_COLOURS = 128


@dataclass(frozen=True)
class Shot:
    """One picture: how wide the window is, and what else is set for it."""

    name: str
    width: int
    options: dict[str, Any]
    height: int = 0

    @property
    def scripts(self) -> bool:
        """Whether scripts run."""
        return bool(self.options.get("java_script_enabled", True))


PAGES = (
    Shot("page-wide", 1100, {}),
    Shot("page-top", 1100, {}, height=1000),
    Shot("page-narrow", 360, {"device_scale_factor": 2}),
    Shot("page-dark", 1100, {"color_scheme": "dark"}),
    Shot("page-without-scripts", 1100, {"java_script_enabled": False}),
)
MAIL = Shot("mail", 680, {"java_script_enabled": False})


def main() -> None:
    """Make two weeks of demo tweets, build their reports, and take every picture."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        _build(folder)
        browser = chromium(playwright)
        with gunicorn({"STORAGE_URL": f"file:{folder / 'data'}"}) as server:
            for shot in PAGES:
                _take(browser, shot, f"{server.url}/editions/{DAY}/")
        _take(browser, MAIL, (folder / "preview" / "mail.html").as_uri())
        browser.close()


def _build(folder: Path) -> None:
    data = folder / "data"
    run_command(data, "collector", "demo", "--days", "14", "--until", "2026-11-19T00:00:00Z")
    run_command(data, "report", "build", "--date", DAY)
    run_command(data, "mailer", "preview", "--date", DAY, "--folder", str(folder / "preview"))


def _take(browser: Browser, shot: Shot, url: str) -> None:
    size = {"width": shot.width, "height": shot.height or 900}
    with _opened(browser, url, viewport=size, **shot.options) as opened:
        if shot.scripts and not shot.height:
            opened.read_to_the_end()
            opened.page.evaluate("window.scrollTo(0, 0)")
        taken = opened.page.screenshot(full_page=not shot.height)
    with Image.open(BytesIO(taken)) as picture:
        small = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        small.save(PICTURES / f"{shot.name}.png", "PNG", optimize=True)


@contextmanager
def _opened(browser: Browser, url: str, **options: Any) -> Iterator[ReportPage]:
    opened = ReportPage.open(browser, url, **options)
    try:
        yield opened
    finally:
        opened.close()


if __name__ == "__main__":
    main()
