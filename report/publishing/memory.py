"""What we remember of a site: which editions it shows, and what was sent there.

sites/<hash of SITE_URL>.json    in our own storage, since a site's bucket may be open to everybody

A listing of the site tells its etags; what was sent is taken to stand there only while both agree. So a file
that somebody changed or removed is sent again, and a memory that is lost costs sending all of it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import msgspec

from report.errors import NotFound, PublishError
from report.publishing.shelf import Shelved
from report.storage import Storage

_JSON = "application/json"


@dataclass(frozen=True)
class Sent:
    """A file as it was sent: `made` is a hash of all that went into it, `sha256` of what its readers get."""

    made: str
    etag: str
    sha256: str
    content_type: str


@dataclass(frozen=True)
class Memory:
    """All that is known of a site; `unlisted` says since when no page leads to a file any more, UTC."""

    site: str
    editions: tuple[Shelved, ...] = ()
    files: Mapping[str, Sent] = field(default_factory=dict)
    unlisted: Mapping[str, datetime] = field(default_factory=dict)


def memory_key(site: str) -> str:
    """Return the key under which storage keeps what is known of the site at this address."""
    return f"sites/{sha256(site.encode()).hexdigest()[:16]}.json"


def recall(storage: Storage, site: str) -> Memory:
    """Return what is known of a site, nothing where it is new; raise `PublishError` where that is damaged."""
    key = memory_key(site)
    try:
        return msgspec.json.decode(storage.get(key), type=Memory)
    except NotFound:
        return Memory(site)
    except msgspec.DecodeError as error:
        raise PublishError(
            f"{key}, what is known of {site}, cannot be read ({error}): delete it, then publish with --all"
        ) from error


def remember(storage: Storage, memory: Memory) -> None:
    """Keep what is known of a site."""
    storage.put(memory_key(memory.site), msgspec.json.format(msgspec.json.encode(memory), indent=1), _JSON)
