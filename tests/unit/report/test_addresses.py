"""Rules for mail addresses."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from report.addresses import mailbox, reader_key, veiled
from report.errors import MailError


@pytest.mark.parametrize(
    ("text", "name", "bare"),
    [
        pytest.param("ann@example.com", "", "ann@example.com", id="bare"),
        pytest.param(" Ann <ann@Example.com> ", "Ann", "ann@example.com", id="name and capitals"),
        pytest.param("<ann@example.com>", "", "ann@example.com", id="brackets alone"),
        pytest.param('"Last, First" <a@b.org>', "Last, First", "a@b.org", id="quoted name"),
        pytest.param("J. Smith <j.smith+news@b.org>", "J. Smith", "j.smith+news@b.org", id="initials"),
        pytest.param("Käthe <ann@bücher.example>", "Käthe", "ann@xn--bcher-kva.example", id="IDN"),
        pytest.param("ann@例え.テスト", "", "ann@xn--r8jz45g.xn--zckzah", id="Japanese domain"),
        pytest.param("boss@localhost", "", "boss@localhost", id="this machine"),
        pytest.param("boss@mail.local", "", "boss@mail.local", id="a house's own name"),
        pytest.param("boss@mailhost", "", "boss@mailhost", id="a host without a dot"),
    ],
)
def test_an_address_is_understood(text: str, name: str, bare: str) -> None:
    """A name may stand before it, and an international domain travels by its xn-- name."""
    box = mailbox(text)

    assert (box.display_name, box.addr_spec) == (name, bare)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("boss", id="no host"),
        pytest.param("@example.com", id="no user"),
        pytest.param("a@..org", id="dots"),
        pytest.param("<a>@b.c>", id="stray brackets"),
        pytest.param("a@b.org\r\nBcc: c@d.org", id="CR and LF"),
        pytest.param("a@b.org\rBcc: c@d.org", id="CR"),
        pytest.param("a@b.org\nBcc: c@d.org", id="LF"),
        pytest.param("a\0@b.org", id="NUL"),
        pytest.param("a@b.org\u2028Bcc: c@d.org", id="line separator"),
        pytest.param("a@b.org\u2029", id="paragraph separator"),
        pytest.param("a@b.org\x85", id="next line"),
        pytest.param("a@b.org\x0b", id="vertical tab"),
        pytest.param("Ann\r\nBcc: c@d.org <a@b.org>", id="line break in the name"),
        pytest.param('"=?utf-8?q?x=0D=0ABcc:_c@d.org?=" <a@b.org>', id="encoded line break in the name"),
        pytest.param('"a b"@b.org', id="quoted user"),
        pytest.param('"a\\\r\nb"@b.org', id="quoted user with a line break"),
        pytest.param(f"{'a' * 65}@b.org", id="user of 65"),
        pytest.param(f"a@{'b.' * 130}org", id="domain of 263"),
        pytest.param("a" * 100_000, id="very long"),
        pytest.param("a@b.org, c@d.org", id="two"),
        pytest.param("Ann <a@b.org>, Bob <c@d.org>", id="two with names"),
        pytest.param("a@[127.0.0.1]", id="address of a machine"),
        pytest.param("büro@example.com", id="user outside ASCII"),
        pytest.param("a@b.org\ud800", id="half a pair"),
    ],
)
def test_what_could_break_out_or_not_travel_is_refused(text: str) -> None:
    """Addresses go into headers and SMTP commands: the error shows what was said, and not too much of it."""
    with pytest.raises(MailError, match="is no mail address") as caught:
        mailbox(text)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", ["Ann", 'A "B" C', "Last, First", "アン", "a\\b", "x" * 900])
def test_a_name_stays_in_its_header(name: str) -> None:
    """Whatever is taken for an address makes one header of one line, folded or not."""
    letter = EmailMessage(policy=SMTP)
    letter["To"] = mailbox('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '" <a@b.org>')

    head = letter.as_bytes().partition(b"\r\n\r\n")[0]
    assert [line for line in head.split(b"\r\n")[1:] if not line.startswith((b" ", b"\t"))] == []
    assert [box.addr_spec for box in letter["To"].addresses] == ["a@b.org"]


def test_a_reader_is_one_however_written() -> None:
    """Capitals and the name beside an address do not make a second reader."""
    assert reader_key("Boss <Boss@Example.com>") == reader_key("boss@example.com")
    assert reader_key("boss@example.com") != reader_key("bess@example.com")


def test_a_page_shows_little_of_an_address() -> None:
    """Enough to know one's own by, too little for others."""
    assert veiled("Boss <boss@example.com>") == "b…@example.com"
