"""Rules for one message that is filled in for many readers."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.errors import MailError
from report.mail import Letter, message
from report.mail_form import Form
from report.rendering.foot import HTML_MARK, TEXT_MARK, with_foot, with_mark_aligned
from tests.mail_builders import HTML, TEXT, a_mail

ID = "<other@example.org>"
LINKS = {
    "unsubscribe": f"https://example.org/unsubscribe/{'t=' * 60}",
    "manage": "https://example.org/manage/x",
}
ADDRESSES = st.from_regex(r"[a-z0-9=_.+-]{1,200}", fullmatch=True)
WRITTEN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\x0b\x0c\x1c\x1d\x1e\x85"))


def a_form(text: str = TEXT, html: str = HTML) -> Form:
    """A form of the mail whose bodies end in the readers' links."""
    marked = [with_mark_aligned(f"{body}\n{mark}\n") for body, mark in ((text, TEXT_MARK), (html, HTML_MARK))]
    return Form(message(a_mail(text=marked[0], html=marked[1])))


def filled(form: Form, to: str = "ann@example.com", links: dict[str, str] = LINKS) -> Letter:
    return form.letter(to, ID, {}, links)


def content(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def without_spaces(text: str) -> str:
    """In base64 a foot ends in spaces, and a line of them stands before it."""
    return "\n".join(line for line in map(str.rstrip, text.split("\n")) if line)


@settings(deadline=None)
@given(text=WRITTEN, link=ADDRESSES)
def test_both_bodies_end_in_the_readers_own_links(text: str, link: str) -> None:
    """Whatever the transfer encoding, a program reads the shared words and then this reader's links."""
    links = {"unsubscribe": f"https://example.org/{link}"}
    body = text + '<img src="cid:hours.png">'

    letter = filled(a_form(body, body), links=links).parsed()

    for kind, mark in (("plain", TEXT_MARK), ("html", HTML_MARK)):
        expected = with_foot(f"{body}\n{mark}\n", links)
        assert without_spaces(content(letter, kind)) == without_spaces(expected)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("naïve words, mostly plain ones\n" * 9, "quoted-printable", id="Latin"),
        pytest.param("セールは今日まで\n" * 9, "base64", id="Japanese"),
        pytest.param("plain words\n", "7bit", id="ASCII"),
    ],
)
def test_each_encoding_is_filled_in(text: str, encoding: str) -> None:
    """The links stand in the text of every encoding our mails travel in."""
    letter = filled(a_form(text)).parsed()

    part = letter.get_body(("plain",))
    assert part is not None
    assert part["Content-Transfer-Encoding"] == encoding
    assert LINKS["unsubscribe"] in content(letter, "plain")


def test_without_links_nothing_is_left_of_the_mark() -> None:
    """No reader sees where links would have stood."""
    letter = filled(a_form(), links={}).parsed()

    assert TEXT_MARK not in content(letter, "plain")
    assert HTML_MARK not in content(letter, "html")


def test_readers_differ_in_headers_and_foot_alone() -> None:
    """Everything else is the same bytes, and no letter shows another reader."""
    form = a_form()
    ann, bob = filled(form), filled(form, "bob@example.com")

    assert ann.body.replace(b"ann@example.com", b"bob@example.com") == bob.body
    assert (ann.to, bob.to, ann.sender) == ("ann@example.com", "bob@example.com", "trends@example.org")


def test_a_long_link_in_a_header_stays_whole() -> None:
    """Folding would take the address apart, and mail programs would find no way to unsubscribe."""
    link = f"<https://example.org/unsubscribe/{'x' * 300}>"

    letter = a_form().letter("ann@example.com", ID, {"List-Unsubscribe": link}, LINKS)

    assert f"List-Unsubscribe: {link}\r\n".encode() in letter.body
    assert letter.parsed()["List-Unsubscribe"] == link


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("ann@example.com", "ann@example.com"),
        ("Ann <ann@example.com>", "Ann <ann@example.com>"),
        ("Käthe Größe <ann@example.com>", "Käthe Größe <ann@example.com>"),
        (f"{'a' * 64}@{'b' * 60}.{'c' * 60}.com", f"{'a' * 64}@{'b' * 60}.{'c' * 60}.com"),
    ],
    ids=["bare", "named", "named beyond ASCII", "long"],
)
def test_the_reader_is_named_as_written(to: str, shown: str) -> None:
    """The To of a letter is the reader's, with the name beside the address."""
    letter = filled(a_form(), to).parsed()

    assert str(letter["To"]) == shown


@pytest.mark.parametrize(
    "headers",
    [
        {"List-Id": "<a>\r\nBcc: x@example.com"},
        {"List-Id": "ü"},
        {"Bcc: x@example.com\r\nX": "y"},
        {"List-Id": "x" * 1000},
    ],
    ids=["a line end", "beyond ASCII", "a line end in the name", "too long"],
)
def test_what_would_break_the_headers_is_refused(headers: dict[str, str]) -> None:
    """Each header is one line of ASCII."""
    with pytest.raises(MailError, match="cannot stand"):
        a_form().letter("ann@example.com", ID, headers, {})
