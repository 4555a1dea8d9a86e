"""Signed links to subscribe, manage and unsubscribe: whoever holds one may do what it says, and nothing else.

Each purpose has a salt of its own under SECRET_KEY, so no token passes for another, nor a shared link for
one. What stands in a token is signed, not hidden.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from report.errors import LinkExpired, LinkRefused
from report.readers import Reader, parse_moment, parse_rhythm, parse_zone

CONFIRM_WITHIN = timedelta(hours=48)
"""A mail may lie over a weekend's night; a request nobody confirmed is forgotten after."""

_SALT = "twitter-trends/{purpose}/v1"


@dataclass(frozen=True)
class Wish:
    """What somebody asked to get by mail, and when (UTC); nothing comes of it before it is confirmed."""

    reader: Reader
    asked_at: datetime


class Tokens:
    """Makes tokens under a secret, and knows its own again."""

    def __init__(self, secret: str) -> None:
        if not secret:
            raise ValueError("tokens cannot be signed with an empty secret")
        self._confirm = _serializer(secret, "confirm")
        self._manage = _serializer(secret, "manage")
        self._unsubscribe = _serializer(secret, "unsubscribe")

    def confirm(self, wish: Wish) -> str:
        """Return the token that fulfils a wish, for `CONFIRM_WITHIN`."""
        reader = wish.reader
        said = [reader.address, list(reader.reports), str(reader.rhythm), reader.zone.key]
        return str(self._confirm.dumps([wish.asked_at.isoformat(), *said]))

    def wish(self, token: str, now: datetime) -> Wish:
        """Return the wish in the token; raise `LinkExpired` or `LinkRefused`."""
        try:
            asked, address, reports, rhythm, zone = _load(self._confirm, token)
            asked_at = parse_moment(asked)
            reader = Reader(address, tuple(reports), parse_rhythm(rhythm), parse_zone(zone))
        except (ValueError, TypeError) as error:
            raise LinkRefused(f"this link holds no wish: {error}") from error
        if now - asked_at > CONFIRM_WITHIN:
            raise LinkExpired("this link to subscribe has run out: subscribe again")
        return Wish(reader, asked_at)

    def manage(self, key: str) -> str:
        """Return the token that shows and changes what the reader with this key gets; it does not expire."""
        return str(self._manage.dumps(key))

    def managed(self, token: str) -> str:
        """Return the reader's key in the token; raise `LinkRefused`."""
        return str(_load(self._manage, token))

    def unsubscribe(self, key: str, report: str) -> str:
        """Return the token that ends a report's mail to the reader with this key; it does not expire."""
        return str(self._unsubscribe.dumps([key, report]))

    def unsubscribed(self, token: str) -> tuple[str, str]:
        """Return the reader's key and the report in the token; raise `LinkRefused`."""
        key, report = _load(self._unsubscribe, token)
        return str(key), str(report)


def _serializer(secret: str, purpose: str) -> URLSafeSerializer:
    signing = {"key_derivation": "hmac", "digest_method": sha256}
    return URLSafeSerializer(secret, salt=_SALT.format(purpose=purpose), signer_kwargs=signing)


def _load(serializer: URLSafeSerializer, token: str) -> Any:
    try:
        return serializer.loads(token)
    except BadData as error:
        raise LinkRefused(
            "this link is not one we signed: it was cut or changed, or is for another purpose"
        ) from error
