"""The edition a mail is made of: the one that stands, or one that is built for it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from mailer.attachments import Attachment, attachments_of
from mailer.letters import Heading, edition_of
from report.editions import Edition
from report.services import Services
from report.settings import Settings


def standing(services: Services, report: str, day: date) -> Edition:
    """Return the day's newest edition, built only where there is none; raise `TrendsError`."""
    return edition_of(services.storage, report, day, lambda: built(services, report, day))


def built(services: Services, report: str, day: date) -> Edition:
    """Return the day's edition with all that was collected; raise `BuildRunning` and `TrendsError`.

    By the real clock: what a command is told as its time only says what is due.
    """
    from report.building import build_edition  # pandas and charts: only where something is to be built

    return build_edition(services, report, day.isoformat(), datetime.now(UTC)).edition


def attachments(services: Services, edition: Edition) -> Sequence[Attachment]:
    """Return the files that come with the mail by MAIL_ATTACH; raise `StorageError`, `MailError`."""
    settings = services.settings
    return attachments_of(services.storage, edition, settings.mail_attach, settings.public_url)


def heading(settings: Settings, now: datetime) -> Heading:
    """Return what stands over the mails of a run at `now`."""
    return Heading(settings.mail_from, settings.mail_subject, now.astimezone(settings.timezone))
