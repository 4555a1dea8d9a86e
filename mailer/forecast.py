"""Who will get what, and when, as a run would decide it at each hour to come; nothing is built or sent."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from mailer.groups import Group
from mailer.ledger import Occasion
from mailer.planning import Intent
from mailer.press import is_held
from mailer.serving import Desk, intents_of
from report.editions import newest_of
from report.errors import NotFound

DUE, HELD, TO_COME = "due now", "held for want of data", "to come"


@dataclass(frozen=True)
class Mail:
    """One reader's mail: due at `due_at` (UTC), by the clocks of `zone`; `state` as the ledger has it."""

    report: str
    period: str
    due_at: datetime
    zone: ZoneInfo
    reader: str
    state: str
    why: str = ""


@dataclass(frozen=True)
class Mails:
    """The mails of one edition that are due at one moment by one zone's clocks, by their states."""

    report: str
    period: str
    due_at: datetime
    zone: ZoneInfo
    states: tuple[tuple[str, int], ...]


def forecast(desk: Desk, groups: Iterable[Group]) -> Iterator[Mail]:
    """Yield each reader's mail, group by group; asks the ledger as the run does. Raise `StorageError`."""
    for group in groups:
        intents = {
            intent.reader: intent
            for intent in intents_of(desk, Occasion(group.report, group.period), group.addresses)
        }
        due = HELD if _is_held(desk, group) else DUE
        for turn in group.turns:
            if intent := intents.pop(turn.address, None):
                state = _state(intent, due if turn.due_at <= desk.now else TO_COME)
                yield Mail(
                    group.report, group.period, turn.due_at, turn.zone, turn.address, state, intent.why
                )


def summed_up(mails: Iterable[Mail]) -> Iterator[Mails]:
    """Yield the mails without their readers: how many there are of each edition, hour and zone."""
    for name, found in groupby(mails, key=lambda mail: (mail.report, mail.period)):
        counts: dict[tuple[datetime, str], Counter[str]] = {}
        for mail in found:
            counts.setdefault((mail.due_at, mail.zone.key), Counter())[mail.state] += 1
        for (due_at, zone), states in sorted(counts.items()):
            yield Mails(*name, due_at, ZoneInfo(zone), tuple(sorted(states.items())))


def _state(intent: Intent, waiting: str) -> str:
    return waiting if intent.fate is None else intent.fate.value


def _is_held(desk: Desk, group: Group) -> bool:
    """Whether the edition that stands would be held; one that is not built yet is not judged."""
    if group.turns[0].due_at > desk.now:
        return False
    try:
        edition = newest_of(desk.services.storage, group.report, group.period)
    except NotFound:
        return False
    return is_held(edition, desk.hold_below)
