"""Editions to publish, and a site in memory that counts, fails when told to, and is walked from its index."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from threading import Lock
from urllib.parse import unquote, urlsplit

from report import editions
from report.editions import Edition, File
from report.errors import StorageUnavailable
from report.publishing.plan import Surroundings
from report.publishing.publishing import Place, Publication, publication
from report.publishing.sending import carry_out
from report.publishing.site import Fetched, Manner, Parcel
from report.publishing.statics import Statics
from report.storage import Storage
from report.web_paths import home_of, period_path

HTML, JSON, CSV = "text/html; charset=utf-8", "application/json", "text/csv; charset=utf-8"
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
STATICS = Statics(b"// charts", b"<svg/>", b"// bokeh 3.9", "3.9.2")
LIVE = "https://live.example.org"
ADDRESS = "https://site.example.org/"

_PAGE = """<!doctype html><html lang="en"><head><link rel="icon" href="/favicon.ico"></head><body>
<a href="/">Twitter Trends</a> <a href="{home}">Newest</a> <a href="{home}today">Today</a>
<a href="{home}editions/">Archive</a> <a href="/tags/">Tags</a> <a href="/reports/">Reports</a>
<a href="{home}latest.json">JSON</a> <script src="/static/charts.js" defer></script>
<main id="report" tabindex="-1"><h1>{news}</h1>{tags}</main>
<figure data-chart="{base}hours-chart.json"><img src="{base}hours.png" alt=""></figure>
<a href="{base}top.csv">CSV</a></body></html>"""


class SiteOutage(StorageUnavailable):
    """The site was cut off, as the test wished."""


class MemorySite:
    """A `Site` in a dictionary; after `puts_left` files it takes no more."""

    def __init__(self) -> None:
        self.files: dict[str, Parcel] = {}
        self.sent: list[str] = []
        self.puts_left: int | None = None
        self._lock = Lock()

    def list(self) -> Mapping[str, str]:
        return {key: _etag(parcel.body) for key, parcel in self.files.items()}

    def put(self, parcel: Parcel) -> str:
        with self._lock:
            if self.puts_left is not None:
                if not self.puts_left:
                    raise SiteOutage(parcel.key)
                self.puts_left -= 1
            self.files[parcel.key] = parcel
            self.sent.append(parcel.key)
        return _etag(parcel.body)

    def delete(self, key: str) -> None:
        with self._lock:
            self.files.pop(key, None)

    def fetch(self, key: str) -> Fetched:
        if key not in self.files:
            return Fetched(key, problem="answered 404")
        return Fetched(key, self.files[key].body, self.files[key].content_type)

    def page(self, key: str) -> str:
        return self.files[key].body.decode()


def an_edition(
    storage: Storage,
    day: date = DAY,
    news: str = "News",
    revision: int = 1,
    tags: tuple[str, ...] = ("budget",),
    report: str = "trends",
    bokeh: str = "3.9.2",
    period: str = "",
) -> Edition:
    """Freeze and announce an edition whose page leads to hashtags, a chart, a picture and a table."""
    period = period or day.isoformat()
    base = f"{period_path(report, period)}r{revision}/"
    links = "".join(f'<a href="/tags/{tag}">{tag}</a>' for tag in tags)
    files = {
        "page.html": File(
            _PAGE.format(news=news, tags=links, base=base, home=home_of(report)).encode(), HTML
        ),
        "data.json": File(f'{{"news": "{news}"}}'.encode(), JSON),
        "hours-chart.json": File(f'{{"doc": {{"version": "{bokeh}"}}}}'.encode(), JSON),
        "hours.png": File(b"\x89PNG", "image/png"),
        "top.csv": File(b"tag,tweets\n" + b"budget,3\n" * 100, CSV),
    }
    edition = Edition(
        report,
        "Twitter Trends" if report == "trends" else report.title(),
        f"{news}.",
        day,
        "UTC",
        revision,
        editions.edition_folder(report, period, revision),
        editions.describe(files),
        period,
    )
    editions.freeze(storage, edition, files)
    if edition.can_be_newest:
        editions.announce(storage, edition)
    return edition


def a_place(site: MemorySite, manner: Manner | None = None, address: str = ADDRESS) -> Place:
    """Return a site in memory at the root of its host."""
    return Place("memory:", site, manner or Manner(packs=False), address)


def planned(
    storage: Storage, place: Place, *wanted: Edition, now: datetime = NOW, statics: Statics = STATICS
) -> Publication:
    """Return what it takes for the site to show these editions too."""
    around = Surroundings(place.manner, statics, place.address, LIVE)
    return publication(storage, place, around, wanted, lambda shelf: [], now)


def publish(
    storage: Storage, place: Place, *wanted: Edition, now: datetime = NOW, statics: Statics = STATICS
) -> list[str]:
    """Publish these editions; return the keys that were sent or removed, in order."""
    plan = planned(storage, place, *wanted, now=now, statics=statics)
    return list(carry_out(storage, place.site, place.manner, plan.difference, plan.memory, plan.shelf))


class _Links(HTMLParser):
    """Finds links as a browser does, not as we write them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = ("href", "src", "data-chart", "data-chart-dark")
        self.found += [value for name, value in attrs if name in wanted and value]


def links_in(page: str) -> list[str]:
    """Return the links of a page, as its HTML says them."""
    parser = _Links()
    parser.feed(page)
    return parser.found


def dead_links(site: MemorySite) -> list[str]:
    """Walk a site at a host's root from its index on; return each link that leads to nothing."""
    if "index.html" not in site.files:
        return []  # no reader has a way in
    seen, ahead, dead = {"index.html"}, ["index.html"], []
    while ahead:
        at = ahead.pop()
        if site.files[at].content_type != HTML:
            continue
        for link in links_in(site.page(at)):
            key = _key(link, at)
            if key and key not in site.files:
                dead.append(f"{at} -> {link}")
            elif key and key not in seen:
                seen.add(key)
                ahead.append(key)
    return dead


def _key(link: str, at: str) -> str:
    if "://" in link or link.startswith("#"):
        return ""
    path = unquote(urlsplit(link).path)
    key = path.removeprefix("/") if path.startswith("/") else normpath(join(dirname(at), path))
    return f"{key}index.html" if not key or key.endswith("/") else key


def _etag(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:32]}"'
