"""The links in our own pages: which there are, which file each means, and how they are made relative.

Only our templates write these attributes: text that others sent is escaped, and holds no quotation marks.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from posixpath import dirname, relpath
from urllib.parse import quote, unquote, urlsplit

from report.errors import BadKey
from report.publishing.site import INDEX
from report.storage import check_key

_ANY = re.compile(r'(?<=\s)(?P<name>href|src|action|data-chart|data-chart-dark)="(?P<link>[^"]*)"')
_FILE = re.compile(r"\.(atom|csv|html|ico|js|json|png|txt|xml)$")
_LONGEST_NAME_BYTES = 255


def links_of(page: str) -> list[str]:
    """Return the links of a page that begin at its host's root, each once, in order, without `action`."""
    found = (unescape(match["link"]) for match in _ANY.finditer(page) if match["name"] != "action")
    return [link for link in dict.fromkeys(found) if _is_rooted(link)]


def all_links_of(page: str) -> list[str]:
    """Return every link of a page as it stands, each once, in order."""
    return list(dict.fromkeys(unescape(match["link"]) for match in _ANY.finditer(page)))


def relinked(page: str, lead: Callable[[str], str]) -> str:
    """Return the page with `lead(link)` for each link that begins at its host's root."""

    def led(match: re.Match[str]) -> str:
        link = unescape(match["link"])
        return f'{match["name"]}="{escape(lead(link))}"' if _is_rooted(link) else match[0]

    return _ANY.sub(led, page)


def key_of(link: str, is_relative: bool) -> str:
    """Return the key of the file a link from the root means; "" where no site can hold it.

    What has no ending, such as /tags/budget, is a file of that name at a host's root; opened from a folder it
    must be named as what it is, so there it is a folder's index.html.
    """
    key = unquote(urlsplit(link).path).removeprefix("/")
    if not key or key.endswith("/"):
        key += INDEX
    elif is_relative and not _FILE.search(key):
        key += f"/{INDEX}"
    return key if _is_sound(key) else ""


def path_of(key: str) -> str:
    """Return the link from the root that means this file, as pages write it."""
    return f"/{quote(key.removesuffix(INDEX) if _is_index(key) else key)}"


def relative(link: str, at: str) -> str:
    """Return the link that leads from the file `at` to the file `link` means, wherever both lie.

    What no site can hold leads to the hashtags, for nothing else is named by strangers.
    """
    return quote(relpath(key_of(link, is_relative=True) or f"tags/{INDEX}", dirname(at) or "."))


def _is_index(key: str) -> bool:
    return key == INDEX or key.endswith(f"/{INDEX}")


def _is_rooted(link: str) -> bool:
    return link.startswith("/") and not link.startswith("//")


def _is_sound(key: str) -> bool:
    try:
        check_key(key)
    except BadKey:
        return False
    return all(len(part.encode()) <= _LONGEST_NAME_BYTES for part in key.split("/"))
