"""What is to go out of an edition: its mail, its correction, or what holds them back. Nothing is sent here.

A run carries it out, a plan shows it.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from mailer.desk import Desk, intents_of
from mailer.groups import Group
from mailer.ledger import Occasion
from mailer.letters import Heading, letter_writer
from mailer.planning import Fate, Intent
from mailer.preflight import problems_of
from mailer.press import attachments, correction_heading, heading, is_held
from report.alerts import Alarm, Finding
from report.corrections import top_changed
from report.editions import Edition, edition_folder, load
from report.errors import MailError, NotFound, StorageError
from report.mail import Letter
from report.words import percent

_FIRST = 1  # a reader gets one correction of a period, whichever revision comes after it

log = logging.getLogger("mailer")


@dataclass(frozen=True)
class Delivery:
    """A mail of an edition: to whom `intents` say, each as `letter` writes it; nobody gets it if hindered."""

    occasion: Occasion
    edition: Edition
    intents: Sequence[Intent]
    letter: Callable[[str], Letter]
    hindrance: Finding | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether anybody has not had it."""
        return any(intent.fate is None for intent in self.intents)


def deliveries(desk: Desk, group: Group, edition: Edition, intents: Sequence[Intent]) -> Iterator[Delivery]:
    """Yield the edition's mail to the group, then its correction to those whose first ten were others.

    `intents` are the group's, as the ledger has them. Raise `StorageError` where the ledger fails.
    """
    occasion, settings = Occasion(group.report, group.period), desk.services.settings
    over, held = heading(settings, edition, desk.now), _held(desk, group, edition)
    yield _looked_over(desk, occasion, edition, intents, over, held)
    wrong = _misled(desk, group, intents, edition) if settings.mail_corrections and not held else []
    if wrong:
        correction = Occasion(group.report, group.period, _FIRST)
        over = correction_heading(settings, edition, desk.now)
        yield _looked_over(desk, correction, edition, intents_of(desk, correction, wrong), over)


def about(what: Group | Occasion) -> str:
    """What an alarm calls it: hourly mails alike, since what is wrong with one mostly lasts to the next."""
    return f"{what.report}, day so far" if "T" in what.period else f"{what.report} {what.period}"


def _held(desk: Desk, group: Group, edition: Edition) -> Finding | None:
    if not is_held(edition, desk.hold_below):
        return None
    assert edition.coverage is not None
    hours = desk.services.settings.mail_late_hours
    says = (
        f"{group}: {percent(edition.coverage)} of the minutes were observed, MAIL_HOLD_BELOW asks for "
        f"{percent(desk.hold_below / 100)}; it goes when data arrives within {hours} hours after it was due, "
        f"or by `python -m mailer send --report {group.report} --period {group.period} --to ADDRESS`"
    )
    return Finding(Alarm.HELD, about(group), says)


def _misled(desk: Desk, group: Group, intents: Sequence[Intent], edition: Edition) -> list[str]:
    """Who had the mail of a revision whose first ten were others."""
    had = [intent for intent in intents if intent.fate is Fate.ALREADY_SENT]
    changed = {
        revision: _is_changed(desk, group, revision, edition)
        for revision in sorted({intent.revision for intent in had})
    }
    return [intent.reader for intent in had if changed[intent.revision]]


def _is_changed(desk: Desk, group: Group, revision: int, edition: Edition) -> bool:
    """Whether the first ten changed since; a revision that cannot be read is left for the next run to ask."""
    if revision >= edition.revision:
        return False
    folder = edition_folder(group.report, group.period, revision)
    try:
        return top_changed(load(desk.services.storage, folder), edition)
    except NotFound:
        return False
    except (StorageError, ValueError, LookupError, TypeError) as error:
        log.warning("%s: whether version %d needs a correction is not known: %s", group, revision, error)
        return False


def _looked_over(
    desk: Desk,
    occasion: Occasion,
    edition: Edition,
    intents: Sequence[Intent],
    over: Heading,
    hindrance: Finding | None = None,
) -> Delivery:
    """The mail, held back where it would not arrive as it should: but for links all readers' are alike."""
    services = desk.services
    files = partial(attachments, services, edition)
    letter = letter_writer(services.storage, edition, over, services.settings, files)
    waiting = next((intent.reader for intent in intents if intent.fate is None), None)
    if waiting is None:
        return Delivery(occasion, edition, intents, letter)
    broken = None if hindrance else _broken(occasion, letter, waiting, services.settings.public_url)
    return Delivery(occasion, edition, intents, letter, hindrance or broken)


def _broken(
    occasion: Occasion, letter: Callable[[str], Letter], reader: str, public_url: str
) -> Finding | None:
    try:
        problems = problems_of(letter(reader).parsed(), public_url)
    except (MailError, NotFound) as error:
        problems = [str(error)]
    if not problems:
        return None
    says = f"{occasion} is not mailed, since it would not arrive as it should: {' '.join(problems)}"
    return Finding(Alarm.MAIL_BROKEN, about(occasion), says)
