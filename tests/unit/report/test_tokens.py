"""Rules for the signed links to subscribe, manage and unsubscribe."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from report.errors import LinkExpired, LinkRefused
from report.links import LinkSigner
from report.readers import Every, Reader, Rhythm
from report.tokens import CONFIRM_WITHIN, Tokens, Wish

NOW = datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=UTC)
SECRET = "correct horse battery staple"
TOKENS = Tokens(SECRET)
KEY = "0123456789abcdef0123456789abcdef"
WISH = Wish(
    Reader("ann@example.com", ("trends",), Rhythm(Every.WEEK, time(7, 30), 4), ZoneInfo("Asia/Kolkata")), NOW
)
READ: dict[str, Callable[[Tokens, str], object]] = {
    "confirm": lambda tokens, token: tokens.wish(token, NOW),
    "manage": lambda tokens, token: tokens.managed(token),
    "unsubscribe": lambda tokens, token: tokens.unsubscribed(token),
}
MADE = {
    "confirm": TOKENS.confirm(WISH),
    "manage": TOKENS.manage(KEY),
    "unsubscribe": TOKENS.unsubscribe(KEY, "trends"),
}
SAID = {"confirm": WISH, "manage": KEY, "unsubscribe": (KEY, "trends")}


@pytest.mark.parametrize("purpose", READ)
def test_a_token_says_what_was_put_into_it(purpose: str) -> None:
    """Read again, and again, a token of ours says the same."""
    for _ in range(2):
        assert READ[purpose](TOKENS, MADE[purpose]) == SAID[purpose]


@pytest.mark.parametrize("purpose", READ)
@pytest.mark.parametrize("made_for", READ)
def test_a_token_serves_one_purpose(purpose: str, made_for: str) -> None:
    """A token for one thing opens nothing else."""
    if purpose != made_for:
        with pytest.raises(LinkRefused):
            READ[purpose](TOKENS, MADE[made_for])


@pytest.mark.parametrize("purpose", READ)
def test_a_token_changed_anywhere_is_refused(purpose: str) -> None:
    """Each sign counts, and so do those that are missing or too many."""
    token = MADE[purpose]  # of whose last sign two bits say nothing: that is how base64 ends
    changed = {
        f"{token[:at]}{sign}{token[at + 1 :]}"
        for at in range(len(token) - 1)
        for sign in "A9"
        if token[at] != sign
    }
    for other in changed | {
        token[:-1],
        token[1:],
        f"{token}A",
        f"{token}.{token}",
        "",
        ".",
        "ü",
        "\0",
        "x" * 99_999,
    }:
        with pytest.raises(LinkRefused):
            READ[purpose](TOKENS, other)


@pytest.mark.parametrize("purpose", READ)
def test_a_token_of_another_secret_is_refused(purpose: str) -> None:
    """After SECRET_KEY was changed, no old link opens."""
    with pytest.raises(LinkRefused):
        READ[purpose](Tokens(f"{SECRET}!"), MADE[purpose])


def test_a_shared_link_is_no_token() -> None:
    """The same secret signs files; its signatures open nothing here."""
    signature = LinkSigner(SECRET).query("a", NOW).rpartition("=")[2]

    with pytest.raises(LinkRefused):
        TOKENS.managed(f"ImEi.{signature}")


def test_a_wish_must_be_confirmed_in_time() -> None:
    """A link to subscribe opens for 48 hours, to the second."""
    assert TOKENS.wish(MADE["confirm"], NOW + CONFIRM_WITHIN) == WISH

    with pytest.raises(LinkExpired):
        TOKENS.wish(MADE["confirm"], NOW + CONFIRM_WITHIN + timedelta(seconds=1))


def test_a_token_in_a_mail_names_no_address() -> None:
    """What stays valid for ever, and is forwarded with a mail, says nothing of who got it."""
    import base64

    for purpose in ("manage", "unsubscribe"):
        said = MADE[purpose].partition(".")[0]
        assert b"@" not in base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


def test_tokens_need_a_secret() -> None:
    """An empty secret would sign for everybody."""
    with pytest.raises(ValueError, match="empty secret"):
        Tokens("")
