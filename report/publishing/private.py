"""What can be read of a site by signed links alone: an index of the newest reports, each as one whole page.

A link that is signed opens one file, and no page's own links are. So these pages hold all they need, and the
index is written anew with each run, its links signed anew.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from report.publishing.links import key_of, relinked
from report.publishing.listing import Group, ListingContext, newest_first, report_row
from report.publishing.pages import render_listing
from report.publishing.shelf import PAGE, Shelved, last_revisions
from report.publishing.site import FRESH, HTML, PRIVATE, Manner, SiteFile, made
from report.publishing.statics import CHARTS, ICON, Statics
from report.rendering.offline import is_needed, offline_page
from report.storage import LONGEST_SHARE, Storage

SHOWN = 7
LIFETIME = LONGEST_SHARE
PRIVATE_INDEX = f"{PRIVATE}index.html"

Link = Callable[[str, timedelta], str]
"""Signs a link to a key, for so long."""


def private_pages(
    storage: Storage,
    shelf: Iterable[Shelved],
    statics: Statics,
    manner: Manner,
    live: str,
    link: Link,
    now: datetime,
) -> list[SiteFile]:
    """Return the newest reports as one page each, and the index that leads to them until its links end.

    What only the server has is led to there; `live` is its address.
    """
    newest = newest_first(last_revisions(shelf))[:SHOWN]
    pages = [_whole_page(storage, one, statics, live) for one in newest]
    own = {key_of(one.base, manner.is_relative): _key(one) for one in newest}
    own |= {one.root + PAGE: _key(one) for one in newest}  # by itself it would miss its pictures
    files = {one.root + name for one in newest for name in one.files} | {CHARTS, ICON}

    def lead(to: str) -> str:
        key = key_of(to, manner.is_relative)
        key = own.get(key, key)
        is_ours = key in files or key in own.values()
        return link(key, LIFETIME) if is_ours else f"{live}{to}"

    index = relinked(_index(newest, now + LIFETIME), lead)
    return [*pages, made(PRIVATE_INDEX, index, HTML, FRESH)]


def _whole_page(storage: Storage, one: Shelved, statics: Statics, live: str) -> SiteFile:
    files = {name: storage.get(one.folder + name) for name in one.files if is_needed(name)}
    return made(_key(one), offline_page(files, statics.bokeh.decode(), live), HTML, FRESH)


def _index(newest: Sequence[Shelved], until: datetime) -> str:
    titles = sorted({one.title for one in newest})
    rows = tuple(report_row(one, True, titles) for one in newest)
    told = (
        f"These links open until {until:%d %B %Y, %H:%M} {ZoneInfo('UTC').key} at the latest. "
        "Whoever has one can read what it leads to."
    )
    return render_listing(
        "The newest reports", ListingContext("The newest reports", told, groups=(Group("By day", rows),))
    )


def _key(one: Shelved) -> str:
    return f"{PRIVATE}{one.report}-{one.period}.html"
