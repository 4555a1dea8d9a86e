"""Rules for what each mail says of leaving."""

from dataclasses import replace

from report.addresses import reader_key
from report.settings import Settings
from report.tokens import Tokens
from report.unsubscribing import foot_links, list_headers

SECRET = "correct horse battery staple"
SETTINGS = Settings(
    secret_key=SECRET, public_url="https://trends.example.org", mail_from="Trends <trends@example.org>"
)


def test_a_mail_can_be_left_with_one_click() -> None:
    """The headers of RFC 2369 and 8058 hold the same link as the foot, which says who and which report."""
    headers = list_headers("Ann <ANN@example.com>", "trends", SETTINGS)
    links = foot_links("ann@example.com", "trends", SETTINGS)

    assert headers == {
        "List-Id": "<trends.example.org>",
        "List-Unsubscribe": f"<{links['unsubscribe']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    place, _, token = links["unsubscribe"].rpartition("/")
    assert place == "https://trends.example.org/unsubscribe"
    assert Tokens(SECRET).unsubscribed(token) == (reader_key("ann@example.com"), "trends")
    assert Tokens(SECRET).managed(links["manage"].rpartition("/")[2]) == reader_key("ann@example.com")


def test_headers_stay_on_one_short_line() -> None:
    """No header line is longer than what every server takes, so that none is broken within a link."""
    headers = list_headers(
        "a@b.org", "x" * 40, replace(SETTINGS, public_url=f"https://{'a' * 60}.example.org")
    )

    assert all(len(f"{name}: {value}") < 500 and value.isascii() for name, value in headers.items())


def test_without_a_secret_nothing_is_promised() -> None:
    """No link is shown that could not be signed; the list's name stays."""
    settings = replace(SETTINGS, secret_key="")

    assert list_headers("ann@example.com", "trends", settings) == {"List-Id": "<trends.example.org>"}
    assert foot_links("ann@example.com", "trends", settings) == {}
