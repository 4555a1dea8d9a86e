"""Rules for links that open one stored object for a while."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from report.errors import LinkExpired, LinkRefused
from report.links import LinkSigner

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KEY = "editions/trends/2026-11-20/r1/page.html"


def values(query: str) -> tuple[str, str]:
    """Return a link's expiry and signature, as a web server would read them."""
    fields = parse_qs(query, strict_parsing=True)
    return fields["expires"][0], fields["signature"][0]


@pytest.fixture
def signer() -> LinkSigner:
    return LinkSigner("a secret")


@pytest.mark.parametrize("key", [KEY, "a b/ü%2F?#&=", "日本/+"], ids=["plain", "reserved signs", "wide"])
def test_link_opens_its_key(signer: LinkSigner, key: str) -> None:
    """A link opens the key it was made for, up to its last second."""
    expires, signature = values(signer.query(key, LATER))

    signer.check(key, expires, signature, LATER - timedelta(seconds=1))


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=400)], ids=["at the end", "long after"])
def test_link_ends(signer: LinkSigner, late: timedelta) -> None:
    """A link opens nothing from the moment it ends."""
    expires, signature = values(signer.query(KEY, LATER))

    with pytest.raises(LinkExpired, match="ask for a new one"):
        signer.check(KEY, expires, signature, LATER + late)


def test_link_opens_no_other_key(signer: LinkSigner) -> None:
    """A link opens one key and no other."""
    expires, signature = values(signer.query(KEY, LATER))

    with pytest.raises(LinkRefused):
        signer.check(KEY + "x", expires, signature, NOW)


def test_link_cannot_be_stretched(signer: LinkSigner) -> None:
    """A later expiry needs another signature."""
    expires, signature = values(signer.query(KEY, LATER))

    with pytest.raises(LinkRefused):
        signer.check(KEY, str(int(expires) + 1), signature, NOW)


def test_key_and_expiry_are_kept_apart(signer: LinkSigner) -> None:
    """A digit moved from key to expiry breaks the signature."""
    expires, signature = values(signer.query("9:a", LATER))

    with pytest.raises(LinkRefused):
        signer.check("a", f"{expires}:9", signature, NOW)


def test_link_of_another_secret_is_refused(signer: LinkSigner) -> None:
    """A change of the secret ends every link."""
    expires, signature = values(LinkSigner("another").query(KEY, LATER))

    with pytest.raises(LinkRefused):
        signer.check(KEY, expires, signature, NOW)


@pytest.mark.parametrize(
    "noise", ["", "ü", "\udcff", "=" * 10_000], ids=["empty", "accent", "surrogate", "long"]
)
def test_nonsense_is_refused(signer: LinkSigner, noise: str) -> None:
    """Whatever comes as expiry or signature is refused, never an accident."""
    expires, signature = values(signer.query(KEY, LATER))

    with pytest.raises(LinkRefused):
        signer.check(KEY, expires, noise, NOW)
    with pytest.raises(LinkRefused):
        signer.check(KEY, noise, signature, NOW)


def test_expiry_is_rounded_up(signer: LinkSigner) -> None:
    """A link never ends before it was said to."""
    expires, signature = values(signer.query(KEY, LATER + timedelta(milliseconds=1)))

    signer.check(KEY, expires, signature, LATER)


def test_empty_secret_is_refused() -> None:
    """No link is signed with nothing."""
    with pytest.raises(ValueError, match="empty secret"):
        LinkSigner("")
