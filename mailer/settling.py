"""A person's word on a mail whose fate is unknown, or that was refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailer.ledger import Entry, Found, Occasion, State, UnreadableEntry, claim, look_up
from report.runs import Run
from report.storage import Storage

_SETTLED_BY_HAND = (State.UNKNOWN, State.REFUSED)
_ADVICE = {
    State.CLAIMED: "a run is at it",
    State.ACCEPTED: "the server took it",
    State.FAILED: "the next run tries it by itself",
}
_NOBODY = Run("", 0, "")


class Word(StrEnum):
    """What somebody found out: that it arrived, or that it did not and may be sent again."""

    ARRIVED = "arrived"
    AGAIN = "again"

    @property
    def state(self) -> State:
        """The state an entry is in afterwards; what failed is claimed by the next run."""
        return State.ACCEPTED if self is Word.ARRIVED else State.FAILED


_SAID = {Word.ARRIVED: "arrived: never sent again", Word.AGAIN: "not arrived: the next run sends it"}


@dataclass(frozen=True)
class Settled:
    """Whether the word was kept, and what there is to say."""

    is_kept: bool
    says: str


@dataclass(frozen=True)
class Witness:
    """Who says so, and when (aware)."""

    name: str
    now: datetime


def settle(
    storage: Storage,
    occasion: Occasion,
    reader: str,
    word: Word,
    witness: Witness,
    is_over: Callable[[Run], bool],
) -> Settled:
    """Keep a word on the mail to `reader`, an address's hash, unless the ledger knows better or changes."""
    key = occasion.key_of(reader)
    found = look_up(storage, occasion, {key}).get(key)
    if found is None:
        return Settled(False, "there is no ledger entry")
    entry = _readable(found, witness.now)
    state = entry.state_at(witness.now, is_over)
    if state not in _SETTLED_BY_HAND:
        return Settled(False, f"it is {state}: {_ADVICE[state]}")
    settled = replace(entry, state=word.state, settled_by=witness.name, settled_at=witness.now)
    if not claim(storage, key, settled, found.etag):
        return Settled(False, "it changed just now; look again")
    return Settled(True, f"{_SAID[word]} (it was {state})")


def _readable(found: Found | UnreadableEntry, now: datetime) -> Entry:
    """The entry; of one that cannot be read nothing is known but that it is there."""
    if isinstance(found, Found):
        return found.entry
    return Entry(State.UNKNOWN, now, _NOBODY, "", revision=0, text=str(found))
