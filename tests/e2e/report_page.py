"""The report's page as a reader meets it."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

_WATCH_SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => { for (const shift of list.getEntries()) window.shifted += shift.value; })
    .observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class ReportPage:
    """A page, and all it complained of and asked for since it was opened."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Browser, url: str, **options: Any) -> "ReportPage":
        """Open the address in a window of its own, with Playwright's `options` for it."""
        opened = cls(browser.new_context(**options).new_page())
        page = opened.page
        page.on("console", lambda line: opened._note(line.type, line.text))
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        page.on("request", lambda request: opened.requests.append(request.url))
        page.add_init_script(_WATCH_SHIFTS)
        page.goto(url)
        return opened

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def read_to_the_end(self) -> None:
        """Scroll down until every chart answers to the pointer."""
        for figure in self.page.locator("figure[data-chart]").all():
            figure.scroll_into_view_if_needed()
            figure.locator(".live canvas").first.wait_for()

    @property
    def shifted(self) -> float:
        """How much the layout has jumped, as Cumulative Layout Shift counts it, but without forgiving."""
        return float(self.page.evaluate("window.shifted"))

    def close(self) -> None:
        """Close the window."""
        self.page.context.close()
