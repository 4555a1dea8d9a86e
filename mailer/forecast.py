"""Who will get what, and when, as a run would decide it at each hour to come; nothing is built or sent."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from mailer.deliveries import Delivery, deliveries
from mailer.desk import Desk, intents_of
from mailer.groups import Group
from mailer.ledger import Occasion
from mailer.planning import Fate, Intent
from report.alerts import Alarm
from report.catalogue import find
from report.editions import Edition, newest_of
from report.errors import NotFound, StorageError, TrendsError

DUE, TO_COME, TOO_LATE = "due now", "to come", Fate.TOO_LATE.value
HELD, BROKEN, UNBUILT = "held for want of data", "not fit to be sent", "report cannot be built"
_HINDERED = {Alarm.HELD: HELD, Alarm.MAIL_BROKEN: BROKEN}


@dataclass(frozen=True)
class Waiting:
    """What waits for whoever has not had a mail, and what there is to say of it, to all alike."""

    state: str
    note: str = ""


@dataclass(frozen=True)
class Mail:
    """One reader's mail: due at `due_at` (UTC), by the clocks of `zone`; `state` as the ledger has it.

    `why` is about this reader, `note` about all who wait for the mail.
    """

    occasion: Occasion
    due_at: datetime
    zone: ZoneInfo
    reader: str
    state: str
    why: str = ""
    note: str = ""


@dataclass(frozen=True)
class Mails:
    """The mails of one occasion that are due at one moment by one zone's clocks, by their states."""

    occasion: Occasion
    due_at: datetime
    zone: ZoneInfo
    states: tuple[tuple[str, int], ...]


def forecast(desk: Desk, groups: Iterable[Group]) -> Iterator[Mail]:
    """Yield each reader's mail, group by group, corrections after the mail they correct.

    It is decided as the run decides it, by the report that stands: a run would first make that anew, had data
    come since. Of what is too late only what nobody had is told. Raise `StorageError`.
    """
    lateness = timedelta(hours=desk.services.settings.mail_late_hours)
    for group in groups:
        occasion = Occasion(group.report, group.period)
        intents = intents_of(desk, occasion, group.addresses)
        if all(turn.due_at > desk.now for turn in group.turns):
            yield from _mails(group, occasion, intents, Waiting(TO_COME))
        elif all(desk.now - turn.due_at > lateness for turn in group.turns):
            missed = [intent for intent in intents if intent.fate is None]
            yield from _mails(group, occasion, missed, Waiting(TOO_LATE))
        else:
            yield from _due(desk, group, occasion, intents)


def summed_up(mails: Iterable[Mail]) -> Iterator[Mails]:
    """Yield the mails without their readers: how many there are of each occasion, hour and zone."""
    for occasion, found in groupby(mails, key=lambda mail: mail.occasion):
        counts: dict[tuple[datetime, str], Counter[str]] = {}
        for mail in found:
            counts.setdefault((mail.due_at, mail.zone.key), Counter())[mail.state] += 1
        for (due_at, zone), states in sorted(counts.items()):
            yield Mails(occasion, due_at, ZoneInfo(zone), tuple(sorted(states.items())))


def _due(desk: Desk, group: Group, occasion: Occasion, intents: list[Intent]) -> Iterator[Mail]:
    edition = _standing(desk, group)
    if isinstance(edition, Waiting):
        yield from _mails(group, occasion, intents, edition)
        return
    for delivery in deliveries(desk, group, edition, intents):
        yield from _mails(group, delivery.occasion, delivery.intents, _waiting(delivery))


def _standing(desk: Desk, group: Group) -> Edition | Waiting:
    """The edition that stands, or what waits for its readers where there is none."""
    try:
        find(group.report)
        return newest_of(desk.services.storage, group.report, group.period)
    except NotFound:
        return Waiting(DUE, f"{group} is not built yet: a run builds it first, and then weighs it")
    except StorageError:
        raise
    except (TrendsError, ValueError, LookupError, TypeError) as error:
        return Waiting(UNBUILT, f"{group}: {error}")


def _waiting(delivery: Delivery) -> Waiting:
    hindrance = delivery.hindrance
    return Waiting(_HINDERED[hindrance.alarm], hindrance.says) if hindrance else Waiting(DUE)


def _mails(group: Group, occasion: Occasion, intents: Iterable[Intent], waiting: Waiting) -> Iterator[Mail]:
    turns = {turn.address: turn for turn in reversed(group.turns)}
    for intent in intents:
        turn = turns[intent.reader]
        about = occasion, turn.due_at, turn.zone, turn.address
        if intent.fate is None:
            yield Mail(*about, waiting.state, note=waiting.note)
        else:
            yield Mail(*about, intent.fate.value, intent.why)
