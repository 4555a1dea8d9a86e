"""What DNS says of a mail domain."""

from typing import Protocol


class DomainRecords(Protocol):
    """Asks DNS; each verb raises `DnsError` where it does not answer."""

    def texts(self, name: str) -> list[str]:
        """Return the name's TXT records, each in one piece; none where there is no such name."""

    def mail_hosts(self, name: str) -> list[str]:
        """Return the name's MX hosts, the preferred first; none where there are none."""
