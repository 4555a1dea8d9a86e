"""What a site should hold: every file, decided before any is read or sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from report.errors import PublishError
from report.publishing.feeds import feed, robots, sitemap
from report.publishing.links import key_of, links_of
from report.publishing.pages import error_page, listing_pages, signpost
from report.publishing.shelf import DATA, PAGE, Shelved, last_revisions, newest_of_each
from report.publishing.site import FOR_EVER, FRESH, INDEX, Manner, SiteFile
from report.publishing.statics import Statics, static_files
from report.web_paths import home_of


@dataclass(frozen=True)
class Surroundings:
    """What stands around the editions: how files are made, what pages load, where the site and server are.

    `address` is the site's, ending in "/", or "" where it is not known; `live` is the server's, PUBLIC_URL.
    """

    manner: Manner
    statics: Statics
    address: str
    live: str


def site_files(
    shelf: Sequence[Shelved], around: Surroundings, hashtags: Iterable[SiteFile] = ()
) -> list[SiteFile]:
    """Return the files of the site that shows the editions of `shelf`, of which there must be one.

    `hashtags` are the pages of hashtags at hand; every other link that leads to no file gets a signpost.
    Raise `PublishError` where two editions would lie in one place.
    """
    _check_apart(shelf)
    newest, last = newest_of_each(shelf), last_revisions(shelf)
    last_ids = {one.id for one in last}
    files = [file for one in shelf for file in _of_edition(one, one.id in last_ids)]
    files += [_page_of(one, f"{one.base.removeprefix('/')}{INDEX}", FRESH) for one in last]
    files += _of_newest(newest)
    files += static_files(around.statics, shelf)
    files += [*listing_pages(shelf, newest, bool(around.address)), error_page(), *hashtags]
    if around.address:
        files += [feed(shelf, around.address), robots(around.address), sitemap(shelf, around.address)]
    return [*files, *_signposts(files, shelf, around)]


def _of_edition(one: Shelved, is_last: bool) -> Iterable[SiteFile]:
    """Its files, of which only the page may ever change: when a newer revision takes its place."""
    superseded = None if is_last else (one.revision, one.base)
    for name in one.files:
        if name == PAGE:
            for key in (one.root + PAGE, one.root + INDEX):
                yield replace(_page_of(one, key, FRESH), superseded=superseded)
            continue
        saved_as = f"{one.report}-{one.period}-{name}" if name.endswith(".csv") else ""
        yield replace(_copy_of(one, name, one.root + name, FOR_EVER), saved_as=saved_as)


def _of_newest(newest: Sequence[Shelved]) -> Iterable[SiteFile]:
    """The first stands at latest/; where every page looks for a report's newest, the others stand too."""
    for at, one in enumerate(newest):
        yield _page_of(one, f"latest/{one.report}/{INDEX}" if at else f"latest/{INDEX}", FRESH)
        home = home_of(one.report).removeprefix("/")
        if home:
            yield _page_of(one, f"{home}{INDEX}", FRESH)
            yield _copy_of(one, DATA, f"{home}latest.json", FRESH)
        if at == 0:
            yield _copy_of(one, DATA, "latest.json", FRESH)


def _page_of(one: Shelved, key: str, cache_control: str) -> SiteFile:
    return _copy_of(one, PAGE, key, cache_control)


def _copy_of(one: Shelved, name: str, key: str, cache_control: str) -> SiteFile:
    file = one.files[name]
    return SiteFile(key, file.content_type, cache_control, file.size, file.sha256, one.folder + name)


def _signposts(
    files: Sequence[SiteFile], shelf: Sequence[Shelved], around: Surroundings
) -> Iterable[SiteFile]:
    """A page for each link that leads to no file; the signposts' own links are those of every page."""
    pages = [file.body.decode() for file in files if file.is_page and file.body]
    links = [link for page in pages for link in links_of(page)]
    links += [link for one in shelf for link in one.links]
    taken = {file.key for file in files}
    for link in dict.fromkeys(urlsplit(link).path for link in links):
        key = key_of(link, around.manner.is_relative)
        if key and key not in taken:
            taken.add(key)
            yield signpost(link, key, around.live)


def _check_apart(shelf: Sequence[Shelved]) -> None:
    places: dict[str, Shelved] = {}
    for one in shelf:
        other = places.setdefault(one.root, one)
        if other.id != one.id:
            raise PublishError(f"{one.report} and {other.report} of {one.period} both lie under /{one.root}")
