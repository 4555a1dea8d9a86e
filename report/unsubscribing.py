"""What each mail says of leaving: headers for mail programs, links for people."""

from functools import lru_cache

from report.addresses import mailbox, reader_key
from report.settings import Settings
from report.tokens import Tokens


def list_headers(address: str, report: str, settings: Settings) -> dict[str, str]:
    """Return the headers of a report's mail to a reader.

    `List-Id` (RFC 2919) always; where SECRET_KEY is set, `List-Unsubscribe` (RFC 2369) and the word that one
    click is enough (RFC 8058). Raise `MailError` for what is no address.
    """
    headers = {"List-Id": f"<{report}.{mailbox(settings.mail_from).domain}>"}
    if links := foot_links(address, report, settings):
        headers["List-Unsubscribe"] = f"<{links['unsubscribe']}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def foot_links(address: str, report: str, settings: Settings) -> dict[str, str]:
    """Return the links at the foot of a mail, "unsubscribe" and "manage"; none without SECRET_KEY."""
    if not settings.secret_key:
        return {}
    tokens = _tokens_of(reader_key(address), report, settings.secret_key)
    return {purpose: f"{settings.public_url}/{purpose}/{token}" for purpose, token in tokens}


@lru_cache(maxsize=2)  # a mail asks for headers and foot, one after the other
def _tokens_of(key: str, report: str, secret: str) -> tuple[tuple[str, str], ...]:
    tokens = _tokens(secret)
    return ("unsubscribe", tokens.unsubscribe(key, report)), ("manage", tokens.manage(key))


@lru_cache(maxsize=1)
def _tokens(secret: str) -> Tokens:
    return Tokens(secret)
