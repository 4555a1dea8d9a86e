"""Lays files of an edition where others look for them: in the storage REPORT_RESULTS says."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from report.editions import Edition
from report.errors import BuildError, NotFound
from report.rendering.chart_page import chart_page, slug_of
from report.rendering.offline import PAGE, is_needed, offline_page
from report.storage import Storage

if TYPE_CHECKING:
    from report.publishing.statics import Statics

_HTML = "text/html; charset=utf-8"
_SLUG = re.compile(r"(?P<slug>[a-z][a-z0-9-]*)-chart\.html")


def lay(
    storage: Storage,
    results: Storage,
    edition: Edition,
    wanted: Mapping[str, str],
    statics: Callable[[], "Statics"],
    public_url: str,
) -> Iterator[str]:
    """Lay the `wanted` files of an edition under the keys they are wanted by; yield each key that lies.

    Wanted may be any file of the edition; "page.html" is laid as one file that needs nothing else, and so is
    "<slug>-chart.html", that chart by itself. What lies there already is left alone. Links lead to
    `public_url`. Raise `BuildError` for a file no edition has, and `StorageError`.
    """
    for key, name in wanted.items():
        body, content_type = _file(storage, edition, name, statics, public_url)
        if not _lies(results, key, body):
            results.put(key, body, content_type)
        yield key


def _file(
    storage: Storage, edition: Edition, name: str, statics: Callable[[], "Statics"], public_url: str
) -> tuple[bytes, str]:
    if name == PAGE:
        files = {one: storage.get(edition.folder + one) for one in edition.files if is_needed(one)}
        return offline_page(files, statics().bokeh.decode(), public_url), _HTML
    chart = _SLUG.fullmatch(name)
    if chart and f"{chart['slug']}-chart.json" in edition.files:
        needed = [one for one in edition.files if one == PAGE or slug_of(one) == chart["slug"]]
        files = {one: storage.get(edition.folder + one) for one in needed}
        return chart_page(files, chart["slug"], statics().bokeh.decode(), public_url), _HTML
    if name in edition.files:
        return storage.get(edition.folder + name), edition.files[name].content_type
    raise BuildError(
        f"the report {edition.report} lays {name} as a result, but its edition has only "
        f"{', '.join(sorted(edition.files))}, and <slug>-chart.html of each chart"
    )


def _lies(results: Storage, key: str, body: bytes) -> bool:
    try:
        return results.head(key).size == len(body) and results.get(key) == body
    except NotFound:
        return False
