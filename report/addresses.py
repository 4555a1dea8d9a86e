"""Mail addresses: the one rule for what is one, and what stands for it in keys."""

import re
from email.headerregistry import Address
from functools import cache, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from report.errors import MailError

if TYPE_CHECKING:  # collecting has no addresses, and its small zip no library for them
    from email_validator import ValidatedEmail

_LONGEST = 1000  # a name and an address; an address alone has 254 signs at most
_SHOWN = 80
_ENCODED = "=?"  # RFC 2047: what a mail program would decode, line breaks and all
_HOUSE_NAMES = ("local", "localhost", "test")
_NAMED = re.compile(r'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<name>[^"<>@,;:\\]*))\s*<(?P<bare>[^<>]*)>')


@lru_cache(
    maxsize=4096
)  # a mail asks for its two addresses several times; checking one takes 40 microseconds
def mailbox(text: str) -> Address:
    """Return the address in `Name <user@domain>` or `user@domain`, its domain as DNS knows it (IDNA).

    Hosts without a dot, such as localhost, are addresses too: mail within a house goes there. DNS is not
    asked. Raise `MailError` for what is no address, could break out of a header, or cannot travel without
    SMTPUTF8, which not every server on the way has.
    """
    if not text.isprintable() or len(text) > _LONGEST or _ENCODED in text:
        raise MailError(f"{_shown(text)} is no mail address: it is too long, or has signs no name has")
    named = _NAMED.fullmatch(text.strip())
    name = re.sub(r"\\(.)", r"\1", named["quoted"] or "") or named["name"] or "" if named else ""
    try:
        found = _checked(named["bare"] if named else text.strip())
    except ValueError as error:  # EmailNotValidError is one
        raise MailError(f"{_shown(text)} is no mail address: {error} Write user@domain in ASCII") from error
    return Address(name.strip(), found.ascii_local_part or "", found.ascii_domain)


def reader_key(address: str) -> str:
    """Return what stands for a reader in keys and ids: a hash of the bare address, case folded."""
    return sha256(mailbox(address).addr_spec.casefold().encode()).hexdigest()[:32]


def veiled(address: str) -> str:
    """Return the address with most of its user part hidden, for pages: `b…@example.com`."""
    box = mailbox(address)
    return f"{box.username[0]}\N{HORIZONTAL ELLIPSIS}@{box.domain}"


def _checked(bare: str) -> "ValidatedEmail":
    from email_validator import validate_email

    _let_in_house_names()
    return validate_email(
        bare, allow_smtputf8=False, globally_deliverable=False, check_deliverability=False, strict=True
    )


@cache
def _let_in_house_names() -> None:
    """Take the names a house gives its own hosts off the list the library refuses, as it invites us to."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES as refused

    refused[:] = [name for name in refused if name not in _HOUSE_NAMES]


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
