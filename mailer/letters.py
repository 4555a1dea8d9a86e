"""The mail of an edition: read from storage once, the same for every reader save the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage

from mailer.attachments import Attachment, attach
from report.editions import Edition, newest_of
from report.errors import NotFound
from report.mail import Mail, addressed, message, message_id, shown_pictures
from report.rendering.foot import with_foot
from report.storage import Storage

HTML = "mail.html"
TEXT = "mail.txt"


@dataclass(frozen=True)
class Heading:
    """What stands over every reader's mail; `sent_at` is aware."""

    sender: str
    subject: str
    sent_at: datetime


def edition_of(storage: Storage, report: str, day: date, build: Callable[[], Edition]) -> Edition:
    """Return the day's newest edition, built where there is none; raise `TrendsError`."""
    try:
        return newest_of(storage, report, day.isoformat())
    except NotFound:
        return build()


def mail_of(storage: Storage, edition: Edition, heading: Heading, to: str) -> Mail:
    """Return the edition's mail to one reader; raise `NotFound` or `MailError`."""
    html = with_foot(storage.get(edition.folder + HTML).decode(), {})
    return Mail(
        subject=heading.subject,
        sender=heading.sender,
        to=to,
        text=with_foot(storage.get(edition.folder + TEXT).decode(), {}),
        html=html,
        pictures={name: storage.get(edition.folder + name) for name in shown_pictures(html)},
        message_id=message_id(edition.report, edition.day, to, heading.sender),
        sent_at=heading.sent_at,
    )


def letter_writer(
    storage: Storage,
    edition: Edition,
    heading: Heading,
    attachments: Callable[[], Sequence[Attachment]] = tuple,
) -> Callable[[str], EmailMessage]:
    """Return what writes a reader's message: read and built at the first call, readdressed at the next.

    `attachments` makes the files that come with it. What is returned raises `NotFound` and `MailError`.
    """
    made: list[EmailMessage] = []

    def write(reader: str) -> EmailMessage:
        if not made:
            made.append(message(mail_of(storage, edition, heading, reader)))
            attach(made[0], attachments())
        return addressed(made[0], reader, message_id(edition.report, edition.day, reader, heading.sender))

    return write
