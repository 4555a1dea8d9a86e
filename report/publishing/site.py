"""What a website of files is: its files, how they are sent, and where they lie.

index.html                                 every file, newest first; sent last
latest/index.html                          the newest report; latest/<report>/ where there are several
editions/2026-11-20/index.html             a period's report, in its newest revision
editions/2026-11-20/r1/<file>              every file of a revision; index.html is its page.html
editions/index.html                        the archive
reports/index.html                         which reports there are
reports/<report>/index.html                another report's newest, with latest.json and editions/ as above
archive/2026/index.html, archive/2026/11/  years and months, where they are many
tags/<hashtag>, today, subscribe, …        what pages link to; where only a server can answer, a signpost
static/…, favicon.ico, latest.json         what pages load
feed.atom, sitemap.xml, robots.txt         where the site's address is known
404.html                                   what S3 shows for anything else
private/                                   what signed links lead to, where access is private
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"
INDEX, ERROR = "index.html", "404.html"
PRIVATE = "private/"

FOR_EVER = "public, max-age=31536000, immutable"
FRESH = "public, max-age=60, stale-while-revalidate=600"
REVALIDATED = "public, max-age=300"
"""As long as the server lets the same files be kept, see `app/answers.py`."""


class Access(StrEnum):
    """Who may read the site: by signed links alone, or all, by the bucket's policy or each file's ACL."""

    PRIVATE = "private"
    POLICY = "policy"
    ACL = "acl"


@dataclass(frozen=True)
class Manner:
    """How a site's files are made.

    At a host's root the pages are the very bytes the server sends, and their links begin at the root.
    Elsewhere `is_relative`: each link leads from file to file, below `root`, which is the path the site has
    on its host, or "" where it has none. `packs` says that files may be sent compressed.
    """

    is_relative: bool = False
    root: str = "/"
    packs: bool = True
    access: Access = Access.PRIVATE


@dataclass(frozen=True)
class SiteFile:
    """A file the site should hold, as the server sends it: `body`, or what storage has under `stored`.

    `size` (bytes) and `sha256` (hex) are of those bytes, before links are made relative or bytes are packed.
    `saved_as` is the name a browser saves it under. Where `stays`, what we sent there before is as good.
    `superseded` is, of the page of an old revision, its number and where the newest stands.
    """

    key: str
    content_type: str
    cache_control: str
    size: int
    sha256: str
    stored: str = ""
    body: bytes = b""
    saved_as: str = ""
    stays: bool = False
    superseded: tuple[int, str] | None = None

    @property
    def is_page(self) -> bool:
        """Whether it is linked with the rest of the site; what is read by a signed link is not."""
        return self.content_type == HTML and not self.key.startswith(PRIVATE)


@dataclass(frozen=True)
class Parcel:
    """A file as it is put: `coding` is "gzip" or empty, `sha256` that of the bytes a reader will have."""

    key: str
    body: bytes
    content_type: str
    cache_control: str
    sha256: str
    coding: str = ""
    saved_as: str = ""


@dataclass(frozen=True)
class Fetched:
    """A file as a reader gets it, unpacked; `problem` says why there is none."""

    where: str
    body: bytes = b""
    content_type: str = ""
    problem: str = ""


class Site(Protocol):
    """Where a website's files lie. Every verb raises `StorageError` for what is refused or fails."""

    def list(self) -> Mapping[str, str]:
        """Return the etag of each file there is, by key."""

    def put(self, parcel: Parcel) -> str:
        """Write the file, whole or not at all; return its etag, as `list` says it afterwards."""

    def delete(self, key: str) -> None:
        """Remove the file; a missing one is no error."""

    def fetch(self, key: str) -> Fetched:
        """Get the file as a reader does; what fails is said in the answer."""


def made(key: str, body: str | bytes, content_type: str, cache_control: str = FRESH) -> SiteFile:
    """Return a file whose bytes are in hand."""
    body = body.encode() if isinstance(body, str) else body
    return SiteFile(key, content_type, cache_control, len(body), sha256(body).hexdigest(), body=body)
