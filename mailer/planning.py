"""Who is to get the mail: decided from the ledger, with nothing changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from mailer.ledger import Entry, Found, Occasion, State, UnreadableEntry, look_up
from report.errors import MailError
from report.runs import Run
from report.storage import Storage


class Fate(StrEnum):
    """What became of one reader's mail in this run."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    ALREADY_SENT = "already sent"
    UNDER_WAY = "under way elsewhere"
    TOO_LATE = "too late to mail"
    UNWANTED = "no longer wanted"
    LEFT = "left for the next run"


_FATES = {
    State.ACCEPTED: Fate.ALREADY_SENT,
    State.REFUSED: Fate.REFUSED,
    State.FAILED: None,
    State.UNKNOWN: Fate.UNKNOWN,
}


@dataclass(frozen=True)
class Intent:
    """What is to be done for a reader: send where `fate` is None; else it is settled, and `why` says how.

    `revision` is that of the edition the ledger speaks of, 0 where it knows of none.
    """

    reader: str
    key: str = ""
    fate: Fate | None = None
    why: str = ""
    etag: str = ""
    tries: int = 0
    revision: int = 0


def plan(
    storage: Storage,
    occasion: Occasion,
    readers: Iterable[str],
    now: datetime,
    is_over: Callable[[Run], bool],
) -> list[Intent]:
    """Return one intent a reader, however often named; reads the ledger and changes nothing.

    `is_over` tells of a run that certainly has ended, so that its bare claims are not waited for. It asks
    storage for one listing a thousand entries, and for those of these readers that exist.
    """
    intents: dict[str, Intent] = {}
    for reader in readers:
        try:
            key = occasion.entry_key(reader)
        except MailError as error:
            intents[reader] = Intent(reader, fate=Fate.REFUSED, why=str(error))
        else:
            intents.setdefault(key, Intent(reader, key))
    found = look_up(storage, occasion, {intent.key for intent in intents.values() if intent.key})
    return [
        _as_found(intent, found[intent.key], now, is_over) if intent.key in found else intent
        for intent in intents.values()
    ]


def _as_found(
    intent: Intent, found: Found | UnreadableEntry, now: datetime, is_over: Callable[[Run], bool]
) -> Intent:
    if isinstance(found, UnreadableEntry):
        return replace(intent, fate=Fate.UNKNOWN, why=str(found))
    entry = found.entry
    state = entry.state_at(now, is_over)
    if state is State.CLAIMED:
        return replace(intent, fate=Fate.UNDER_WAY, why="claimed by another run")
    return replace(
        intent,
        fate=_FATES[state],
        why=_history(entry),
        etag=found.etag,
        tries=entry.tries,
        revision=entry.revision,
    )


def _history(entry: Entry) -> str:
    if entry.state is State.ACCEPTED:
        return ""
    when = f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC by {entry.run.host}, process {entry.run.pid}"
    if entry.state is State.CLAIMED:
        return f"claimed {when}, and nothing was recorded since: it may have arrived"
    return f"tried {when}: {entry.text}"
