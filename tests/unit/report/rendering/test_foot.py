"""Rules for the place of each reader's links in a mail."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.mail import message
from report.rendering.foot import (
    HTML_MARK,
    LARGEST_FOOT_BYTES,
    TEXT_MARK,
    wire_with_foot,
    with_foot,
    with_mark_aligned,
)
from tests.mail_builders import a_mail

LINKS = {"manage": "https://t.example/manage?a=1&b=2", "unsubscribe": "https://t.example/u/x=="}
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))
FEW_STRANGE, MANY_STRANGE = "naïve words, mostly plain\n" * 9, "セールは今日まで\n" * 9


def html_of(words: str = "news", after: str = "</body>\n") -> str:
    return with_mark_aligned(f"<body>{words}\n{HTML_MARK}\n{after}")


def text_of(words: str = "news", after: str = "") -> str:
    return with_mark_aligned(f"{words}\n{TEXT_MARK}\n{after}")


def wire_of(text: str, html: str) -> bytes:
    return message(a_mail(text=text, html=html, pictures={})).as_bytes()


def bodies(wire: bytes) -> tuple[str, str]:
    """Return text and HTML as a mail program reads them, without spaces that end a line."""
    letter = message_from_bytes(wire, policy=default)
    assert isinstance(letter, EmailMessage)
    parts = [letter.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (str(part.get_content()) for part in parts if part)
    return unpadded(text), unpadded(html)


def unpadded(text: str) -> str:
    return "\n".join(line.rstrip(" ") for line in text.replace("\r\n", "\n").split("\n"))


def test_a_readers_links_stand_in_both_parts() -> None:
    """In the HTML with words to follow, their addresses escaped; in the text written out."""
    html, text = with_foot(html_of(), LINKS), with_foot(text_of(), LINKS)

    assert '<a href="https://t.example/manage?a=1&amp;b=2"' in html
    assert ">Unsubscribe</a>" in html
    assert text.endswith(f"Change what you get: {LINKS['manage']}\nUnsubscribe: {LINKS['unsubscribe']}\n")


@pytest.mark.parametrize("body", [html_of(), text_of()])
def test_without_links_nothing_is_left_of_the_mark(body: str) -> None:
    """Where links cannot be signed, a mail has none, and nobody sees that they are missing."""
    assert unpadded(with_foot(body, {})).replace("\n\n", "\n") in ("<body>news\n</body>\n", "news\n")


def test_a_mail_of_old_has_no_mark() -> None:
    """Editions frozen before there were marks are mailed as they are."""
    assert with_foot("<body></body>", LINKS) == "<body></body>"
    assert wire_with_foot(wire_of("news\n", "<body></body>"), LINKS) == wire_of("news\n", "<body></body>")


@pytest.mark.parametrize(
    "links", [LINKS, {"unsubscribe": "https://t.example/u"}, {}], ids=["two", "one", "none"]
)
@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        pytest.param("plain\n", b"7bit", id="7bit"),
        pytest.param(FEW_STRANGE, b"quoted-printable", id="quoted-printable"),
        pytest.param(MANY_STRANGE, b"base64", id="base64"),
    ],
)
def test_a_message_is_filled_as_it_travels(words: str, encoding: bytes, links: dict[str, str]) -> None:
    """Replacing bytes of the encoded message says what encoding the filled bodies would say."""
    text, html = text_of(words), html_of(words)
    wire = wire_of(text, html)
    filled = wire_with_foot(wire, links)

    assert wire.count(b"Content-Transfer-Encoding: " + encoding) == 2
    assert bodies(filled) == (unpadded(with_foot(text, links)), unpadded(with_foot(html, links)))
    assert len(filled) <= len(wire) + LARGEST_FOOT_BYTES


@given(text=WORDS, html=WORDS, after=WORDS)
def test_whatever_a_mail_says_its_foot_is_found(text: str, html: str, after: str) -> None:
    """The mark keeps its own line of base64 behind any words, and no other byte changes."""
    bodies_before = text_of(text, after), html_of(html, f"{after}\n")
    filled = wire_with_foot(wire_of(*bodies_before), LINKS)

    assert max(map(len, filled.split(b"\r\n"))) <= 998
    expected = tuple(unpadded(with_foot(body, LINKS)) for body in bodies_before)
    assert tuple(body.rstrip("\n") for body in bodies(filled)) == tuple(
        body.rstrip("\n") for body in expected
    )


def test_the_largest_foot_is_not_larger_than_said() -> None:
    """Sizes are checked before a reader is known, with room for what the links will take."""
    links = {name: "https://trends.example/" + "x=" * 138 for name in LINKS}
    for words in ("plain", FEW_STRANGE, MANY_STRANGE):
        wire = wire_of(text_of(words), html_of(words))

        assert len(wire_with_foot(wire, links)) <= len(wire) + LARGEST_FOOT_BYTES
