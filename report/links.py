"""Links that open one stored object for a while, signed so that nobody can make or stretch one.

A signature covers the key and the moment the link ends: HMAC-SHA256 under a key derived from the
secret and a versioned salt for each purpose, so that none stands for another.
"""

import hmac
import math
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from report.errors import LinkExpired, LinkRefused

FILES = "shared-link"
"""Purpose of a link to an object in a folder; its key is the object's."""

EDITIONS = "shared-edition"
"""Purpose of a link to an edition on protected pages; its key is the path, ending in "/"."""

LONGEST = timedelta(days=7)
"""S3 honours no signature for longer, so ours are not good for longer either."""

_SALT = "twitter-trends/{purpose}/v1"


class LinkSigner:
    """Signs links with `secret` for a purpose, and knows its own again."""

    def __init__(self, secret: str, purpose: str = FILES) -> None:
        if not secret:
            raise ValueError("links cannot be signed with an empty secret")
        self._key = hmac.digest(secret.encode(), _SALT.format(purpose=purpose).encode(), "sha256")

    def query(self, key: str, expires_at: datetime) -> str:
        """Return the query that opens `key` until `expires_at` (aware), rounded up to the second."""
        if expires_at.tzinfo is None:
            raise ValueError(f"cannot tell when a link ends without a time zone: {expires_at}")
        expires = str(math.ceil(expires_at.timestamp()))
        return f"expires={expires}&signature={self._signature(key, expires)}"

    def check(self, key: str, expires: str, signature: str, now: datetime) -> None:
        """Raise `LinkExpired` or `LinkRefused` unless the link opens `key` at `now`, which must be aware.

        `expires` and `signature` are the query's values as they came: both may be anything.
        """
        genuine = self._signature(key, expires).encode()
        if not hmac.compare_digest(genuine, signature.encode("utf-8", "surrogatepass")):
            raise LinkRefused(f"the link to {key!r} is not one we signed: ask for a new one")
        if now.timestamp() >= int(expires):
            raise LinkExpired(f"the link to {key!r} is over: ask for a new one")

    def _signature(self, key: str, expires: str) -> str:
        # The length in front keeps "1" + "23/a" apart from "12" + "3/a", whatever signs the two hold.
        message = f"{len(expires)}:{expires}:{key}".encode("utf-8", "surrogatepass")
        return urlsafe_b64encode(hmac.digest(self._key, message, "sha256")).rstrip(b"=").decode()
