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
    if settings.secret_key:
        headers["List-Unsubscribe"] = f"<{_unsubscribe_link(reader_key(address), report, settings)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def foot_links(address: str, report: str, settings: Settings) -> dict[str, str]:
    """Return the links at the foot of a mail, "unsubscribe" and "manage"; none without SECRET_KEY."""
    if not settings.secret_key:
        return {}
    key = reader_key(address)
    return {
        "unsubscribe": _unsubscribe_link(key, report, settings),
        "manage": f"{settings.public_url}/manage/{_tokens(settings.secret_key).manage(key)}",
    }


def _unsubscribe_link(key: str, report: str, settings: Settings) -> str:
    return f"{settings.public_url}/unsubscribe/{_tokens(settings.secret_key).unsubscribe(key, report)}"


@lru_cache(maxsize=1)
def _tokens(secret: str) -> Tokens:
    return Tokens(secret)
