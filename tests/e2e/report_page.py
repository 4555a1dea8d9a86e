"""The report's page as a reader meets it."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

_WATCH_SHIFTS = """
  window.shifts = [];
  const said = ({ node, previousRect, currentRect }) =>
    `${node?.outerHTML ?? node?.textContent} ${JSON.stringify([previousRect, currentRect])}`.slice(-400);
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) window.shifts.push([shift.value, shift.sources.map(said).join()]);
  }).observe({ type: "layout-shift", buffered: true });
"""
_A_PIXEL = 1e-4  # of one line of a telephone: a font drawn late on a busy machine


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
    def jumps(self) -> list[tuple[float, str]]:
        """What has jumped, and how much, as Cumulative Layout Shift counts it, but without forgiving."""
        return [(value, what) for value, what in self.page.evaluate("window.shifts") if value > _A_PIXEL]

    def close(self) -> None:
        """Close the window."""
        self.page.context.close()
