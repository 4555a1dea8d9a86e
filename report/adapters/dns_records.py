"""Asks DNS by dnspython."""

from collections.abc import Callable
from functools import cache

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from report.errors import DnsError

_SECONDS = 5.0


def resolver_at(server: str = "", port: str = "") -> dns.resolver.Resolver:
    """Return what asks the name server at `server`, an IP address; the system's own where none is named.

    Raise `DnsError` where the system names none, or `server` is no address.
    """
    try:
        resolver = dns.resolver.Resolver(configure=not server)
        if server:
            resolver.nameservers = [server]
            resolver.port = int(port or 53)
    except (dns.exception.DNSException, ValueError) as error:
        raise DnsError(f"there is no name server to ask: {error}") from error
    resolver.lifetime = _SECONDS
    return resolver


class DnsRecords:
    """Records of domains, as the name server finds them that `resolver` gives when it is first needed."""

    def __init__(self, resolver: Callable[[], dns.resolver.Resolver]) -> None:
        self._resolver = cache(resolver)

    def texts(self, name: str) -> list[str]:
        """Return the name's TXT records, each in one piece; none where there is no such name."""
        found = self._records(name, "TXT")
        return [b"".join(one.strings).decode("utf-8", "replace") for one in found if isinstance(one, TXT)]

    def mail_hosts(self, name: str) -> list[str]:
        """Return the name's MX hosts, the preferred first; none where there are none."""
        found = [one for one in self._records(name, "MX") if isinstance(one, MX)]
        found.sort(key=lambda one: (one.preference, one.exchange))
        return [one.exchange.to_text(omit_final_dot=True) for one in found]

    def _records(self, name: str, kind: str) -> list[object]:
        try:
            return list(self._resolver().resolve(name, kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.Timeout as error:
            raise DnsError(f"DNS did not answer for {name} {kind} in time") from error
        except dns.exception.DNSException as error:
            raise DnsError(f"DNS did not answer for {name} {kind}: {error}") from error
