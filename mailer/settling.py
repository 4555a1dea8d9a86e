"""A person's word on a mail whose fate is unknown, or that was refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from shlex import quote

from mailer.ledger import Entry, Found, Occasion, State, UnreadableEntry, claim, look_up
from mailer.rounds import open_groups
from report.addresses import reader_key
from report.readers import Reader
from report.runs import Run
from report.settings import Settings
from report.storage import Storage

_SETTLED_BY_HAND = (State.UNKNOWN, State.REFUSED)
_ADVICE = {
    State.CLAIMED: "a run is at it",
    State.ACCEPTED: "the server took it, and nothing sends it twice; look for it in the junk, or in the "
    "server's log",
}
_NOBODY = Run("", 0, "")
_HASH_SIGNS = 32


class Word(StrEnum):
    """What somebody found out: that it arrived, or that it did not and may be sent again."""

    ARRIVED = "arrived"
    AGAIN = "again"

    @property
    def state(self) -> State:
        """The state an entry is in afterwards; what failed is claimed by the next run."""
        return State.ACCEPTED if self is Word.ARRIVED else State.FAILED


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
    sends: str,
) -> Settled:
    """Keep a word on the mail to `reader`, an address's hash, unless the ledger knows better or changes.

    `sends` says what sends a mail that was not handed over, see `what_sends`.
    """
    key = occasion.key_of(reader)
    found = look_up(storage, occasion, {key}).get(key)
    if found is None:
        return Settled(False, "there is no ledger entry")
    entry = _readable(found, witness.now)
    state = entry.state_at(witness.now, is_over)
    if state not in _SETTLED_BY_HAND:
        return Settled(False, f"it is {state}: {_ADVICE.get(state, sends)}")
    settled = replace(entry, state=word.state, settled_by=witness.name, settled_at=witness.now)
    if not claim(storage, key, settled, found.etag):
        return Settled(False, "it changed just now; look again")
    said = "arrived: never sent again" if word is Word.ARRIVED else f"not arrived: {sends}"
    return Settled(True, f"{said} (it was {state})")


def what_sends(
    settings: Settings, readers: Sequence[Reader], occasion: Occasion, reader: str, now: datetime
) -> str:
    """Say what sends the mail to `reader`, an address or its hash, once it is no longer unknown or refused.

    No run does after MAIL_LATE_HOURS, nor to who is no reader any more.
    """
    known = {hash_of(one.address): one.address for one in readers}
    address = known.get(hash_of(reader), reader if "@" in reader else "ADDRESS")
    for group in open_groups(settings, readers, now):
        is_it = (group.report, group.period) == (occasion.report, occasion.period)
        if is_it and address in group.addresses:
            return "the next run sends it"
    said = f"--to {quote(address)} --report {occasion.report} --period {occasion.period}"
    return f"no run sends it any more, but `python -m mailer send {said}` does"


def hash_of(reader: str) -> str:
    """Return the hash of an address, or the hash itself; raise `MailError` for what is neither."""
    is_hash = len(reader) == _HASH_SIGNS and set(reader) <= set("0123456789abcdef")
    return reader if is_hash else reader_key(reader)


def _readable(found: Found | UnreadableEntry, now: datetime) -> Entry:
    """The entry; of one that cannot be read nothing is known but that it is there."""
    if isinstance(found, Found):
        return found.entry
    return Entry(State.UNKNOWN, now, _NOBODY, "", revision=0, text=str(found))
