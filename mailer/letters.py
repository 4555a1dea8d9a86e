"""The mail of an edition: read and encoded once, the same for every reader save headers and foot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.attachments import Attachment, attach
from report.editions import Edition
from report.mail import Letter, Mail, message, message_id, shown_pictures
from report.mail_form import Form
from report.settings import Settings
from report.storage import Storage
from report.unsubscribing import foot_links, list_headers

HTML = "mail.html"
TEXT = "mail.txt"


@dataclass(frozen=True)
class Heading:
    """What stands over every reader's mail; `sent_at` is aware, `correction` its number, 0 for none."""

    sender: str
    subject: str
    sent_at: datetime
    correction: int = 0


def letter_writer(
    storage: Storage,
    edition: Edition,
    heading: Heading,
    settings: Settings,
    attachments: Callable[[], Sequence[Attachment]] = tuple,
) -> Callable[[str], Letter]:
    """Return what writes a reader's letter: read and encoded at the first call, filled in at each.

    `attachments` makes the files that come with it. What is returned raises `NotFound` and `MailError`.
    """
    made: list[Form] = []

    def write(reader: str) -> Letter:
        if not made:
            anyones = message(_mail_to_anyone(storage, edition, heading, reader))
            attach(anyones, attachments())
            made.append(Form(anyones))
        return made[0].letter(
            reader,
            _message_id(edition, heading, reader),
            list_headers(reader, edition.report, settings),
            foot_links(reader, edition.report, settings),
        )

    return write


def _mail_to_anyone(storage: Storage, edition: Edition, heading: Heading, to: str) -> Mail:
    """The mail as it is frozen, its foot still marked."""
    html = storage.get(edition.folder + HTML).decode()
    return Mail(
        subject=heading.subject,
        sender=heading.sender,
        to=to,
        text=storage.get(edition.folder + TEXT).decode(),
        html=html,
        pictures={name: storage.get(edition.folder + name) for name in shown_pictures(html)},
        message_id=_message_id(edition, heading, to),
        sent_at=heading.sent_at,
    )


def _message_id(edition: Edition, heading: Heading, to: str) -> str:
    return message_id(edition.report, edition.period, to, heading.sender, heading.correction)
