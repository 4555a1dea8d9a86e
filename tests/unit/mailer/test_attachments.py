"""Rules for what comes with a mail as files."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from mailer.attachments import Attachment, attach, attachments_of
from mailer.letters import Heading, letter_writer
from mailer.preflight import problems_of
from report import editions
from report.editions import Edition
from report.mail import message
from report.rendering.files import render_files
from report.settings import Settings
from report.values import Column, Kind, Table
from tests.fakes import MemoryStorage
from tests.mail_builders import DAY, FIVE, a_frozen_edition, a_mail
from tests.report_builders import a_report

SITE = "https://trends.example"


def a_stored_edition(storage: MemoryStorage) -> Edition:
    """Freeze an edition with one table of hashtags."""
    table = Table("tags", "Tags", (Column("Hashtag", Kind.TAG),), (("音楽",),))
    files = render_files(a_report(table), "/editions/2026-11-20/r1/", f"{SITE}/editions/2026-11-20/", SITE)
    folder = editions.edition_folder("trends", DAY.isoformat(), 1)
    edition = Edition("trends", "Twitter Trends", "News.", DAY, "UTC", 1, folder, editions.describe(files))
    editions.freeze(storage, edition, files)
    return edition


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ((), []),
        (("csv",), ["trends-2026-11-20-tags.csv"]),
        (("page",), ["twitter-trends-2026-11-20.html"]),
        (("csv", "page"), ["trends-2026-11-20-tags.csv", "twitter-trends-2026-11-20.html"]),
    ],
)
def test_what_is_wanted_is_attached(wanted: tuple[str, ...], names: list[str]) -> None:
    """Each file has a name that says the report and the day, so that none overwrites another's."""
    storage = MemoryStorage()

    found = attachments_of(storage, a_stored_edition(storage), wanted, SITE)

    assert [one.name for one in found] == names


def test_files_hang_below_the_mail_as_they_are() -> None:
    """A program shows the mail as before and offers the files, each byte the same."""
    storage = MemoryStorage()
    letter = message(a_mail())
    attach(letter, attachments_of(storage, a_stored_edition(storage), ("csv", "page"), SITE))
    read = message_from_bytes(letter.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)

    csv, page = read.iter_attachments()
    assert (csv.get_content_type(), csv.get_content()) == ("text/csv", "hashtag\n音楽\n")
    assert (page.get_content_type(), page.get_content_disposition()) == ("text/html", "attachment")
    assert len(page.get_content()) > 1_000_000
    body = read.get_body(("html",))
    assert body is not None
    assert "#budget rose" in body.get_content()


def test_attached_files_are_no_part_of_the_mails_size() -> None:
    """The preflight counts them apart: a page of two megabytes clips no mail."""
    storage = MemoryStorage()
    letter = message(a_mail())
    before = problems_of(letter, SITE)
    attach(letter, attachments_of(storage, a_stored_edition(storage), ("csv", "page"), SITE))

    assert problems_of(letter, SITE) == before


def test_the_same_files_give_the_same_bytes() -> None:
    """Nothing in a message is drawn by lot."""
    letters = [message(a_mail()) for _ in range(2)]
    for letter in letters:
        attach(letter, [Attachment("a.csv", "csv", b"a\n")])

    assert letters[0].as_bytes() == letters[1].as_bytes()


def test_nothing_attached_leaves_the_message_alone() -> None:
    """A mail without files has no place for them."""
    letter = message(a_mail())
    before = letter.as_bytes()

    attach(letter, ())

    assert letter.as_bytes() == before


def test_files_are_made_once_for_all_readers() -> None:
    """A thousand readers' mails share the page that was made for the first."""
    storage = MemoryStorage()
    made: list[int] = []

    def files() -> list[Attachment]:
        made.append(1)
        return [Attachment("a.csv", "csv", b"a\n")]

    heading = Heading("trends@example.org", "Trends", FIVE)
    letter = letter_writer(storage, a_frozen_edition(storage), heading, Settings(), files)
    letters = [letter(reader) for reader in ("ann@example.com", "bob@example.com")]

    assert len(made) == 1
    assert all(b'filename="a.csv"' in one.body for one in letters)
