"""A mail to many readers: encoded once, then filled in for each of them."""

import re
from collections.abc import Callable, Mapping
from copy import copy
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from report.addresses import mailbox
from report.errors import MailError
from report.mail import Letter, whole_lines
from report.rendering.foot import MARKS_AS_THEY_TRAVEL, wire_with_foot

_LONGEST_LINE = 998  # RFC 5322, section 2.1.1
_SHORT_ADDRESS = 70
_OWN = ("To", "Message-ID")
_HEADER = re.compile(rb"[A-Za-z][A-Za-z-]*: [\x20-\x7e]+")
_MARK = re.compile(b"(" + b"|".join(map(re.escape, MARKS_AS_THEY_TRAVEL)) + b")")


class Form:
    """An edition's message with places left open: its reader's headers, and the links at its foot.

    Filling one in copies bytes and encodes what is the reader's own; the shared parts are encoded here,
    once. Each kind of link must be ASCII, as `report.rendering.foot` says.
    """

    def __init__(self, message: EmailMessage) -> None:
        """Take the message to any reader, its foot still marked."""
        self._sender = message["From"].addresses[0].addr_spec
        shared = copy(message)
        for name in _OWN:
            del shared[name]  # this leaves the message's own list of headers alone
        self._pieces = _MARK.split(whole_lines(shared.as_bytes()))

    def letter(
        self, to: str, message_id: str, headers: Mapping[str, str], links: Mapping[str, str]
    ) -> Letter:
        """Return the letter to one reader; raise `MailError` for what cannot stand in its headers."""
        address = mailbox(to)
        own = [_addressed(address), _header("Message-ID", message_id)]
        own += [_header(name, value) for name, value in headers.items()]
        body = b"".join([*own, *self._body(links)])
        return Letter(self._sender, address.addr_spec, message_id, body)

    def _body(self, links: Mapping[str, str]) -> list[bytes]:
        """Every second piece is a mark."""
        return [
            wire_with_foot(piece, links) if number % 2 else piece for number, piece in enumerate(self._pieces)
        ]


def _addressed(address: Address) -> bytes:
    """The line that names the reader; a plain one needs no library to fold and encode it."""
    if not address.display_name and len(address.addr_spec) <= _SHORT_ADDRESS:
        return _header("To", str(address))
    fold: Callable[..., bytes] = SMTP.fold_binary
    return fold("To", SMTP.header_factory("To", address))


def _header(name: str, value: str) -> bytes:
    """A line that is never folded: the library would take a long link apart and encode it."""
    line = f"{name}: {value}".encode("ascii", "replace")
    if not value.isascii() or not _HEADER.fullmatch(line) or len(line) > _LONGEST_LINE:
        raise MailError(f"this cannot stand in a mail's headers: {name}: {value!r}")
    return line + b"\r\n"
