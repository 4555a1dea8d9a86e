"""Rules for what signed links open: whole pages, and an index whose every link is signed."""

from collections.abc import Callable
from datetime import timedelta

from report.publishing.private import LIFETIME, PRIVATE_INDEX, SHOWN, private_pages
from report.publishing.shelf import shelve
from report.publishing.site import Manner, SiteFile
from report.storage import LONGEST_SHARE
from tests.fakes import MemoryStorage
from tests.site_builders import DAY, LIVE, NOW, STATICS, an_edition, links_in


def signing(asked: list[tuple[str, timedelta]]) -> Callable[[str, timedelta], str]:
    """Return what signs links, and notes what it was asked for."""

    def link(key: str, lifetime: timedelta) -> str:
        asked.append((key, lifetime))
        return f"https://bucket.example/{key}?signature=1&expires=2"

    return link


def pages_of(storage: MemoryStorage, days: int, asked: list[tuple[str, timedelta]]) -> dict[str, SiteFile]:
    """Return the private pages of so many days, by key."""
    shelf = [shelve(storage, an_edition(storage, DAY - timedelta(days=ago))) for ago in range(days)]
    files = private_pages(storage, shelf, STATICS, Manner(), LIVE, signing(asked), NOW)
    return {file.key: file for file in files}


def test_the_newest_reports_are_whole_pages() -> None:
    """A page that a signed link opens needs no other file; older reports have none."""
    files = pages_of(MemoryStorage(), SHOWN + 2, [])

    assert len(files) == SHOWN + 1
    page = files["private/trends-2026-11-20.html"].body.decode()
    assert "data:image/png;base64," in page
    assert STATICS.bokeh.decode() in page


def test_every_link_of_the_index_is_signed_or_leads_to_the_server() -> None:
    """Whatever is behind the lock has a link of its own, none lives longer than S3 allows."""
    asked: list[tuple[str, timedelta]] = []
    index = pages_of(MemoryStorage(), 2, asked)[PRIVATE_INDEX].body.decode()

    signed = [link for link in links_in(index) if "?signature=1&expires=2" in link]
    others = [link for link in links_in(index) if link not in signed]
    assert all(link.startswith((LIVE, "#")) for link in others), others
    assert not [link for link in signed if "page.html" in link]
    assert len(signed) == 2 * (1 + 5) + 2
    assert not [link for link in others if link.endswith((".js", ".ico"))]  # nothing is loaded from there
    assert {lifetime for _, lifetime in asked} == {LIFETIME}
    assert LIFETIME <= LONGEST_SHARE


def test_the_index_says_until_when_it_opens() -> None:
    """Its reader knows when to ask for a new one."""
    index = pages_of(MemoryStorage(), 1, [])[PRIVATE_INDEX].body.decode()

    assert "until 28 November 2026, 09:00 UTC" in index
