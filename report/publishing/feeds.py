"""The site told to machines: an Atom feed (RFC 4287), a sitemap (sitemaps.org) and robots.txt."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # nosec B405 # written, never read

from report.publishing.listing import newest_first
from report.publishing.shelf import Shelved, last_revisions
from report.publishing.site import TEXT, SiteFile, made

FED = 31
"""So many editions stand in the feed: a month's."""

_LARGEST_SITEMAP = 50_000
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_ATOM, _SITEMAP = "http://www.w3.org/2005/Atom", "http://www.sitemaps.org/schemas/sitemap/0.9"


def feed(shelf: Sequence[Shelved], address: str) -> SiteFile:
    """Return the feed of the newest editions; `address` is the site's, ending in "/"."""
    newest = newest_first(last_revisions(shelf))[:FED]
    root = Element("feed", xmlns=_ATOM)
    _add(root, "title", newest[0].title)
    _add(root, "id", address)
    _add(root, "updated", max(one.modified_at for one in newest).isoformat())
    SubElement(root, "link", rel="self", href=f"{address}feed.atom")
    SubElement(root, "link", rel="alternate", type="text/html", href=address)
    _add(SubElement(root, "author"), "name", "Twitter Trends")
    for one in newest:
        _add_entry(root, one, address)
    return made("feed.atom", _document(root), "application/atom+xml; charset=utf-8")


def sitemap(shelf: Sequence[Shelved], address: str) -> SiteFile:
    """Return the list of pages for search engines, the newest of them."""
    newest = newest_first(last_revisions(shelf))[: _LARGEST_SITEMAP - 1]
    root = Element("urlset", xmlns=_SITEMAP)
    for place, one in [(address, newest[0]), *((_address_of(one, address), one) for one in newest)]:
        entry = SubElement(root, "url")
        _add(entry, "loc", place)
        _add(entry, "lastmod", one.modified_at.isoformat())
    return made("sitemap.xml", _document(root), "application/xml; charset=utf-8")


def robots(address: str) -> SiteFile:
    """Return what tells search engines where the sitemap is; they read it at a host's root alone."""
    return made("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n", TEXT)


def _add_entry(root: Element, one: Shelved, address: str) -> None:
    """An edition keeps its id when it is revised: readers are shown that it was updated."""
    place = _address_of(one, address)
    entry = SubElement(root, "entry")
    _add(entry, "title", f"{one.title}, {one.name}")
    _add(entry, "id", f"tag:{urlsplit(address).hostname},2026:{one.report}/{one.period}")
    _add(entry, "updated", one.modified_at.isoformat())
    SubElement(entry, "link", rel="alternate", type="text/html", href=place)
    _add(entry, "summary", one.headline)


def _address_of(one: Shelved, address: str) -> str:
    return f"{address}{one.base.removeprefix('/')}"


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _FORBIDDEN.sub("", text)


def _document(root: Element) -> bytes:
    indent(root, " ")
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body
