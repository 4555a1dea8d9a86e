"""Rules for what a mail is made of."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.errors import MailError
from report.mail import message, message_id, whole_lines
from tests.mail_builders import a_mail, a_picture

PRINTABLE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters=" ")).filter(
    lambda text: text == text.strip()
)
WRITTEN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1)


def read(letter: EmailMessage) -> EmailMessage:
    """Return the message as a reader's program sees it."""
    parsed = message_from_bytes(letter.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def content(letter: EmailMessage, kind: str) -> str:
    """Return the text a program shows when it prefers `kind`, its line ends as Python has them."""
    part = read(letter).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_text_comes_before_the_html_that_holds_its_pictures() -> None:
    """Programs show the last alternative they can: the HTML, and its pictures belong to it alone."""
    parts = [part.get_content_type() for part in read(message(a_mail())).walk()]

    assert parts == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]


def test_a_picture_is_found_by_the_name_the_html_shows() -> None:
    """`src="cid:hours.png"` is answered by the part whose Content-ID is <hours.png>, shown inline."""
    picture = next(part for part in read(message(a_mail())).walk() if part.get_content_type() == "image/png")

    assert picture["Content-ID"] == "<hours.png>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == a_picture()


def test_headers_say_who_what_and_when() -> None:
    """The headers are the mail's own values, and say that a program wrote it."""
    headers = read(message(a_mail()))

    assert {
        name: headers[name] for name in ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted")
    } == {
        "From": "Trends <trends@example.org>",
        "To": "boss@example.com",
        "Subject": "Twitter Trends",
        "Date": "Sat, 21 Nov 2026 05:00:00 +0000",
        "Message-ID": "<2026-11-20.trends.00ff@example.org>",
        "Auto-Submitted": "auto-generated",
    }


def test_a_picture_nobody_sees_is_left_out() -> None:
    """A picture the HTML does not show would hang below the mail as an attachment."""
    letter = message(a_mail(pictures={"hours.png": a_picture(), "other.png": a_picture()}))

    assert b"other.png" not in letter.as_bytes()


@settings(deadline=None)
@given(subject=PRINTABLE)
def test_the_subject_arrives_exactly(subject: str) -> None:
    """Whatever its script and length, a reader sees the subject as it was set."""
    assert str(read(message(a_mail(subject=subject)))["Subject"]) == subject


@settings(deadline=None)
@given(text=WRITTEN)
def test_both_bodies_arrive_exactly(text: str) -> None:
    """No sign is lost on the way, and every body ends in a line end."""
    letter = message(a_mail(text=text, html=text, pictures={}))
    expected = text if text.endswith("\n") else text + "\n"

    assert (content(letter, "plain"), content(letter, "html")) == (expected, expected)


@settings(deadline=None)
@given(text=WRITTEN)
def test_every_line_ends_as_smtp_wants(text: str) -> None:
    """On the wire there is no bare line feed, no bare return, no long line and no byte above 127."""
    wire = message(a_mail(text=text, html=text, pictures={})).as_bytes()

    lines = wire.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert wire.isascii()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("plain words\n", "7bit", id="ASCII"),
        pytest.param("naïve words, mostly plain ones\n" * 9, "quoted-printable", id="Latin"),
        pytest.param("セールは今日まで\n" * 9, "base64", id="Japanese"),
        pytest.param("x" * 999 + "\n", "quoted-printable", id="a long line"),
    ],
)
def test_the_shortest_encoding_is_chosen(text: str, encoding: str) -> None:
    """Base64 costs a third; quoted-printable trebles what is not Latin."""
    part = message(a_mail(text=text)).get_body(("plain",))

    assert part is not None
    assert part["Content-Transfer-Encoding"] == encoding


def test_the_same_mail_has_the_same_bytes() -> None:
    """Nothing in a message is drawn by lot."""
    assert message(a_mail()).as_bytes() == message(a_mail()).as_bytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"subject": "Trends\r\nBcc: x@example.com"}, "one line", id="header in the subject"),
        pytest.param({"message_id": "<a@b>\r\nBcc: x@example.com"}, "Message-ID", id="header in the id"),
        pytest.param({"pictures": {}}, "hours.png", id="a picture that is missing"),
        pytest.param({"pictures": {"hours.png": b"", 'a"\r\n.png': b""}}, "plain name", id="a strange name"),
        pytest.param({"sent_at": datetime(2026, 11, 21, 5)}, "time zone", id="a date without a zone"),  # noqa: DTZ001
    ],
)
def test_a_nonsense_mail_cannot_be_made(change: dict[str, Any], words: str) -> None:
    """A mail refuses what would break its headers or show a hole, and says what."""
    with pytest.raises(MailError, match=words):
        a_mail(**change)


def test_the_message_id_stays_for_all_tries_of_a_period() -> None:
    """The id depends on report, period and reader alone, and ends in the sender's domain."""
    first = message_id("trends", "2026-11-20", "Boss <boss@example.com>", "Trends <trends@example.org>")

    assert first == message_id("trends", "2026-11-20", "BOSS@example.com", "news@example.org")
    assert first.startswith("<2026-11-20.trends.")
    assert first.endswith("@example.org>")


def test_a_correction_is_another_message() -> None:
    """A program that drops what it has had must not drop the correction."""
    ids = {message_id("trends", "2026-W47", "boss@example.com", "news@example.org", n) for n in range(3)}

    assert len(ids) == 3


@pytest.mark.parametrize("body", [b"a\n.\r\nb", b"a\rb"], ids=["a bare line feed", "a bare return"])
def test_a_letter_has_only_whole_line_ends(body: bytes) -> None:
    """Servers differ in what ends a line; a bare one could end the message and begin another."""
    with pytest.raises(MailError, match="line end"):
        whole_lines(body)
