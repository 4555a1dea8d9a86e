"""How often a visitor may ask for something; counted in this worker's memory, forgotten with it.

A server has a few workers, so that many times as much passes at most: the limits stop floods, and count no
exact number. Who waits in front of the pages is told apart by network: an IPv6 client may use 2^64 addresses.
"""

from collections.abc import Iterator
from functools import cached_property
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from time import time
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import TooManyRequests

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter

WISHES_PER_VISITOR = 10
"""Wishes to subscribe an hour: an office behind one address may have that many, no finger has more."""

SITES = 4
"""How many times as much a whole site may ask as one of its networks: a /48 of IPv6 has 65,536 of them."""

WISHES_IN_ALL = 200
"""An hour, from everywhere: each becomes a mail to an address somebody else may own."""

CHANGES_PER_READER = 30
"""An hour: each is a write, and who holds a link might try them all."""

GUESSES_PER_VISITOR = 10
"""Wrong passwords an hour: then the right one opens nothing either, or guessing would go on as fast."""

_GUESS = "guess"


class TooManyGuesses(TooManyRequests):
    """Too many wrong passwords came from where a request comes."""


class Visitors:
    """Counts what is asked for; loads what it counts with at the first count."""

    def __init__(self) -> None:
        self._lock = Lock()

    def count_wish(self) -> None:
        """Let this request's wish pass, or raise `TooManyRequests`."""
        for network, many in _networks(WISHES_PER_VISITOR):
            self._count(many, "wish", network)
        self._count(WISHES_IN_ALL, "wishes")

    def count_change(self, key: str) -> None:
        """Let a reader's change pass, or raise `TooManyRequests`."""
        self._count(CHANGES_PER_READER, "change", key)

    def count_guess(self) -> None:
        """Note that this request's password is wrong, or raise `TooManyGuesses`."""
        for network, many in _networks(GUESSES_PER_VISITOR):
            self._count(many, _GUESS, network)

    def refuse_guessers(self) -> None:
        """Raise `TooManyGuesses` where too many wrong passwords came from where this request comes."""
        if "_limiter" not in self.__dict__:
            return  # none was counted yet
        for network, many in _networks(GUESSES_PER_VISITOR):
            if not self._limiter.test(_limit(many), _GUESS, network):
                raise self._refusal(_limit(many), _GUESS, network)

    def _count(self, an_hour: int, *names: str) -> None:
        with self._lock:
            limiter = self._limiter
        if not limiter.hit(_limit(an_hour), *names):
            raise self._refusal(_limit(an_hour), *names)

    def _refusal(self, limit: "RateLimitItem", *names: str) -> TooManyRequests:
        resets_at = self._limiter.get_window_stats(limit, *names).reset_time
        refusal = TooManyGuesses if names[0] == _GUESS else TooManyRequests
        return refusal(retry_after=max(1, int(resets_at - time()) + 1))

    @cached_property
    def _limiter(self) -> "MovingWindowRateLimiter":
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())


def _limit(an_hour: int) -> "RateLimitItem":
    from limits import RateLimitItemPerHour

    return RateLimitItemPerHour(an_hour)


def _networks(many: int) -> Iterator[tuple[str, int]]:
    """Yield the networks this request comes from, and how often each may what a visitor may `many` times."""
    network, *sites = networks_of(request.remote_addr or "")
    yield network, many
    yield from ((site, many * SITES) for site in sites)


def networks_of(address: str) -> tuple[str, ...]:
    """Return what one visitor cannot change at will, narrowest first.

    An IPv4 address; of IPv6 the first half, and the /48 a site is given.
    """
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return (address[:64],)
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return tuple(str(ip_network((known, length), strict=False)) for length in (64, 48))
    return (str(getattr(known, "ipv4_mapped", None) or known),)
