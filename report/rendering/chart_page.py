"""One chart of an edition's page as a page by itself: one file that needs nothing else."""

import re
from collections.abc import Mapping

from report.rendering.offline import PAGE, offline_page

_HEADING = re.compile(r'<h1 class="headline">.*?</h1>\s*<p class="period">.*?</p>', re.DOTALL)
_MAIN = re.compile(r"(?P<opened><main[^>]*>).*(?=</main>)", re.DOTALL)
_CHART_FILE = re.compile(r"(?P<slug>[a-z][a-z0-9-]*?)(?:-chart(?:-dark)?\.json|\.png)")


def slug_of(name: str) -> str:
    """Return the chart that a file of an edition belongs to; empty for a file of no chart."""
    found = _CHART_FILE.fullmatch(name)
    return found["slug"] if found else ""


def chart_page(files: Mapping[str, bytes], slug: str, bokeh_script: str, public_url: str) -> bytes:
    """Return the page less all but its headline, its period and the chart `slug`, with all it needs within.

    `files` are the edition's page and those whose `slug_of` is the chart's. Raise `KeyError` where one is
    missing.
    """
    page = files[PAGE].decode()
    figure = re.search(rf'<figure [^>]*/{slug}-chart\.json"[^>]*>.*?</figure>', page, re.DOTALL)
    heading = _HEADING.search(page)
    if not figure or not heading:
        raise KeyError(f"{slug} in {PAGE}")
    body = f"{heading[0]}\n{figure[0]}"
    alone = _MAIN.sub(lambda main: main["opened"] + body, page)
    return offline_page({**files, PAGE: alone.encode()}, bokeh_script, public_url)
