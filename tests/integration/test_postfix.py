"""Rules for our mail in a mailbox, by way of a genuine mail server."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from mailer.letters import Heading, letter_writer
from report.adapters.smtp_sender import SmtpSender, connector
from report.mail import Letter
from report.rendering.foot import HTML_MARK, TEXT_MARK, with_mark_aligned
from report.setting_rules import SmtpUrl
from report.settings import Settings
from tests.fakes import MemoryStorage
from tests.mail_builders import FIVE, a_frozen_edition, a_letter, a_picture
from tests.postfix_server import Mailbox, running_postfix, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it runs")
HARD = (
    ".\n.hidden\n..\nFrom the start\n"
    + "ä" * 3000
    + "\n"
    + "x" * 5000
    + "\n#セール \u202eتجربة 🎉\n \n\t\nend  \n"
)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with running_postfix() as running:
        yield running


def sent(mailbox: Mailbox, *letters: Letter) -> list[bytes]:
    """Return what lies in the mailbox once these letters are there too."""
    before = len(mailbox.delivered(0))
    sender = SmtpSender(connector(SmtpUrl(host="127.0.0.1", port=mailbox.port), ""))
    with sender:
        for letter in letters:
            assert sender.send(letter)
    return mailbox.delivered(before + len(letters))


def find(delivered: list[bytes], letter: Letter) -> bytes:
    return next(one for one in delivered if letter.message_id.encode() in one)


def content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_mail_lies_in_the_mailbox_as_it_was_written(mailbox: Mailbox) -> None:
    """Dots, long lines, every script, pictures and headers: byte for byte, below what delivering added."""
    letter = a_letter(text=HARD, html=f"<pre>{HARD}</pre><img src='cid:hours.png' alt=''>")

    delivered = find(sent(mailbox, letter), letter)

    assert delivered.endswith(letter.body.replace(b"\r\n", b"\n"))
    message = message_from_bytes(delivered, policy=default)
    assert content(message, "plain") == HARD
    assert content(message, "html") == f"<pre>{HARD}</pre><img src='cid:hours.png' alt=''>\n"
    pictures = [part.get_content() for part in message.walk() if part.get_content_type() == "image/png"]
    assert pictures == [a_picture()]
    assert (message["Subject"], message["To"]) == ("Twitter Trends", "boss@example.com")


def test_an_editions_letters_arrive_each_with_its_own_links(mailbox: Mailbox) -> None:
    """Many readers over one connection: the shared words, and each reader's way to unsubscribe."""
    storage = MemoryStorage()
    bodies = {mark: with_mark_aligned(f"{HARD}\n{mark}\n") for mark in (HTML_MARK, TEXT_MARK)}
    edition = a_frozen_edition(storage, html=bodies[HTML_MARK])
    settings = Settings(mail_from="trends@example.org", secret_key="a secret of sixteen")
    write = letter_writer(storage, edition, Heading(settings.mail_from, "Trends", FIVE), settings)
    letters = [write(f"reader{number}@example.com") for number in range(3)]

    delivered = sent(mailbox, *letters)

    links = set()
    for letter in letters:
        message = message_from_bytes(find(delivered, letter), policy=default)
        link = message["List-Unsubscribe"].strip("<>")
        assert link in content(message, "html")
        links.add(link)
    assert len(links) == len(letters)
