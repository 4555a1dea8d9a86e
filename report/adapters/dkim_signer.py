"""Signs mail by DKIM (RFC 6376), so that receivers can tell who sent it."""

import binascii

import dkim
from dkim.crypto import UnparsableKeyError, parse_pem_private_key, parse_public_key

from report.errors import MailError, SettingsError

_FROM = b"from"
_SIGNED = (
    _FROM,
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"auto-submitted",
    b"list-id",
    b"list-unsubscribe",  # RFC 8058, section 3.1: a one-click link must be covered, both headers of it
    b"list-unsubscribe-post",
)


class DkimSigner:
    """Signs for `domain` with an RSA key in PEM, whose public half DNS has below `selector`.

    Raises `SettingsError` for a key that is none, which is never shown.
    """

    def __init__(self, key: str, selector: str, domain: str) -> None:
        self._key = key.replace("\r\n", "\n").encode()
        self._selector = selector.encode()
        self._domain = domain.encode()
        self._modulus = _modulus(self._key)

    def __call__(self, message: bytes) -> bytes:
        """Return the message, with CRLF, under its signature; raise `MailError` for what is no message."""
        try:
            letter = dkim.DKIM(message)
            there = {name.lower() for name, _ in letter.headers}
            covered = [name for name in _SIGNED if name in there]
            # From once more than it stands there: a second one, put in on the way, breaks the signature.
            header = letter.sign(self._selector, self._domain, self._key, include_headers=[*covered, _FROM])
        except dkim.DKIMException as error:
            raise MailError(f"the mail cannot be signed: {error}") from error
        return bytes(header) + message

    def problem_of(self, record: str) -> str:
        """Return what is wrong with the record DNS has for the selector; nothing where it fits the key."""
        tags = dict(part.strip().partition("=")[::2] for part in record.split(";"))
        if not tags.get("p", "").strip():
            return "the key there was withdrawn"
        try:
            public = parse_public_key(binascii.a2b_base64("".join(tags["p"].split())))
        except (binascii.Error, UnparsableKeyError, LookupError, TypeError):
            return "the key there cannot be read"
        return "" if public["modulus"] == self._modulus else "the key there is not the one of DKIM_KEY"


def _modulus(key: bytes) -> int:
    try:
        return int(parse_pem_private_key(key)["modulus"])
    except (binascii.Error, UnparsableKeyError, LookupError, TypeError):
        raise SettingsError(
            "wrong settings:\n  DKIM_KEY is (hidden); expected an RSA key in PEM, of PKCS #1 or #8, as "
            "`openssl genrsa 2048` makes one"
        ) from None
