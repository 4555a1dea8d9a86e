"""The edition a mail is made of: the one that stands, or one that is built for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mailer.attachments import Attachment, attachments_of
from mailer.letters import Heading
from report.catalogue import FIRST, find
from report.commands.figures import timed
from report.editions import Edition, newest_of
from report.errors import NotFound
from report.handing_over import Handed, is_handed_over
from report.periods import period_of
from report.services import Services
from report.settings import Settings


@dataclass(frozen=True)
class Pressed:
    """An edition, and what became of the part of it that is for others; empty where that was done before."""

    edition: Edition
    handed: Handed = field(default_factory=Handed)


def published(services: Services, report: str, period: str) -> Pressed:
    """Return the period's newest edition, built only where there is none; raise `TrendsError`.

    What another build left to be laid or told is made up for.
    """
    try:
        edition = newest_of(services.storage, report, period)
    except NotFound:
        return built(services, report, period)
    if is_handed_over(services, find(report), edition, period_of(period, services.settings.timezone)):
        return Pressed(edition)
    from report.building import hand_over_standing

    return Pressed(edition, hand_over_standing(services, report, period, datetime.now(UTC)))


def built(services: Services, report: str, period: str) -> Pressed:
    """Return the period's edition with all that was collected; raise `BuildRunning` and `TrendsError`.

    By the real clock: what a command is told as its time only says what is due.
    """
    from report.building import build_edition  # pandas and charts: only where something is to be built

    now = datetime.now(UTC)
    with timed(services, now) as found:
        made = build_edition(services, report, period, now)
        found.is_made = made.fresh
    return Pressed(made.edition, made.handed)


def is_held(edition: Edition, hold_below: int) -> bool:
    """Whether under `hold_below` percent of its minutes were observed, so that its mail waits for more.

    An empty edition is not held: that nothing was collected is the news.
    """
    return edition.coverage is not None and not edition.is_empty and edition.coverage * 100 < hold_below


def attachments(services: Services, edition: Edition) -> Sequence[Attachment]:
    """Return the files that come with the mail by MAIL_ATTACH; raise `StorageError`, `MailError`."""
    settings = services.settings
    return attachments_of(services.storage, edition, settings.mail_attach, settings.public_url)


def heading(settings: Settings, edition: Edition, now: datetime) -> Heading:
    """Return what stands over the edition's mails of a run at `now`."""
    return Heading(settings.mail_from, _subject(settings, edition), now.astimezone(settings.timezone))


def correction_heading(settings: Settings, edition: Edition, now: datetime) -> Heading:
    """Return what stands over the mail that corrects the one of a period: its subject says so."""
    subject = f"Correction: {_subject(settings, edition)}, {edition.period}"
    return Heading(settings.mail_from, subject, now.astimezone(settings.timezone), correction=1)


def _subject(settings: Settings, edition: Edition) -> str:
    """MAIL_SUBJECT is of the report that those of MAIL_TO get; each other is told by its title."""
    return settings.mail_subject if edition.report == FIRST else edition.title
