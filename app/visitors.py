"""How often a visitor may ask for something; counted in this worker's memory, forgotten with it.

A server has a few workers, so that many times as much passes at most: the limits stop floods, and count no
exact number. Who waits in front of the pages is told apart by network: an IPv6 client may use 2^64 addresses.
"""

from functools import cached_property
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from time import time
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import TooManyRequests

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

WISHES_PER_VISITOR = 10
"""Wishes to subscribe an hour: an office behind one address may have that many, no finger has more."""

WISHES_IN_ALL = 200
"""An hour, from everywhere: each becomes a mail to an address somebody else may own."""

CHANGES_PER_READER = 30
"""An hour: each is a write, and who holds a link might try them all."""


class Visitors:
    """Counts what is asked for; loads what it counts with at the first count."""

    def __init__(self) -> None:
        self._lock = Lock()

    def count_wish(self) -> None:
        """Let this request's wish pass, or raise `TooManyRequests`."""
        self._count(WISHES_PER_VISITOR, "wish", network_of(request.remote_addr or ""))
        self._count(WISHES_IN_ALL, "wishes")

    def count_change(self, key: str) -> None:
        """Let a reader's change pass, or raise `TooManyRequests`."""
        self._count(CHANGES_PER_READER, "change", key)

    def _count(self, an_hour: int, *names: str) -> None:
        from limits import RateLimitItemPerHour

        limit = RateLimitItemPerHour(an_hour)
        with self._lock:
            limiter = self._limiter
        if not limiter.hit(limit, *names):
            resets_at = limiter.get_window_stats(limit, *names).reset_time
            raise TooManyRequests(retry_after=max(1, int(resets_at - time()) + 1))

    @cached_property
    def _limiter(self) -> "MovingWindowRateLimiter":
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())


def network_of(address: str) -> str:
    """Return what one visitor cannot change at will: an IPv4 address, or the first half of an IPv6 one."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(ip_network((known, 64), strict=False))
    return str(getattr(known, "ipv4_mapped", None) or known)
