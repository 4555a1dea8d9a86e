"""What became of each mail, so that nobody gets two: one entry per report, period and reader.

ledger/<report>/<period>/<reader>.json      one entry, in one of five states; the reader is a hash
ledger/<report>/<period>/<reader>.c2.json   the same for the mail of the period's second correction

    claimed ─┬─▶ accepted    the server took it
             ├─▶ refused     the server will not take it: never tried again by itself
             ├─▶ failed      nothing was handed over: claimed again by the next run
             └─▶ unknown     it may have arrived: reported, never repeated by itself

A revision of a period's edition finds the entry of the first and sends nothing. A claim that is never
followed by a record is as unknown as one that says so. A person may settle what is refused or unknown.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from report.addresses import reader_key
from report.errors import AlreadyExists, NotFound
from report.places import ledger_entry
from report.runs import Run
from report.storage import Storage

JSON = "application/json"
LONGEST_SILENCE = timedelta(minutes=15)
"""So long after it a claim without a record is of unknown fate; a mail takes no such time to hand over."""


class State(StrEnum):
    """How far a mail has come."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Occasion:
    """Which mail: a report of a period, once to each reader whatever the revision.

    A correction that is mailed, by its number from 1 on, is an occasion of its own.
    """

    report: str
    period: str
    correction: int = 0

    def __str__(self) -> str:
        number = f", correction {self.correction}" if self.correction else ""
        return f"{self.report} {self.period}{number}"

    @property
    def folder(self) -> str:
        """The prefix of the period's entries, those of its corrections among them."""
        return ledger_entry(self.report, self.period, "").removesuffix(".json")

    def entry_key(self, reader: str) -> str:
        """Return the key of the reader's ledger entry; raise `MailError` for what is no address."""
        return self.key_of(reader_key(reader))

    def key_of(self, reader: str) -> str:
        """Return the key of the entry of a reader known by the hash of the address."""
        return ledger_entry(
            self.report, self.period, f"{reader}.c{self.correction}" if self.correction else reader
        )


@dataclass(frozen=True)
class Entry:
    """One mail's fate; `at` is when it was claimed (aware), `code` and `text` the server's last words.

    Where a person settled it, `settled_by` says who and `settled_at` (aware) when.
    """

    state: State
    at: datetime
    run: Run
    message_id: str
    revision: int
    tries: int = 1
    code: int = 0
    text: str = ""
    settled_by: str = ""
    settled_at: datetime | None = None

    def state_at(self, now: datetime, is_over: Callable[[Run], bool]) -> State:
        """Return the state, where a claim counts as one only as long as its run may be at it still."""
        if self.state is not State.CLAIMED:
            return self.state
        is_left_over = now - self.at >= LONGEST_SILENCE or is_over(self.run)
        return State.UNKNOWN if is_left_over else State.CLAIMED


@dataclass(frozen=True)
class Found:
    """An entry as it was read, with the etag that replaces it and nothing newer."""

    entry: Entry
    etag: str


class UnreadableEntry(ValueError):
    """The ledger holds something that is no entry; nobody knows what became of that mail."""

    etag = ""


def look(storage: Storage, key: str) -> Found | None:
    """Return the entry, None where there is none; raise `UnreadableEntry` or `StorageError`."""
    try:
        body, etag = storage.get_with_etag(key)
    except NotFound:
        return None
    return Found(_entry(key, body), etag)


def look_up(
    storage: Storage, occasion: Occasion, keys: Collection[str] | None = None
) -> dict[str, Found | UnreadableEntry]:
    """Return the entries there are under `keys`, by key; all of the period without. Raise `StorageError`.

    It costs one listing a thousand entries, and a read of each that is found, many at a time. An etag may be
    older than its entry: then it replaces nothing, and who tries has to look again.
    """
    if keys is not None and not keys:
        return {}
    etags = {
        info.key: info.etag for info in storage.list(occasion.folder) if keys is None or info.key in keys
    }
    found: dict[str, Found | UnreadableEntry] = {}
    for key, body in storage.get_many(etags):
        try:
            found[key] = Found(_entry(key, body), etags[key])
        except UnreadableEntry as error:
            error.etag = etags[key]
            found[key] = error
    return found


def claim(storage: Storage, key: str, entry: Entry, etag: str) -> bool:
    """Write an entry where none is (`etag` empty), or over the one of that etag; return if it worked."""
    return claim_at_hand(storage, key, entry, etag)()


def claim_at_hand(storage: Storage, key: str, entry: Entry, etag: str) -> Callable[[], bool]:
    """Return what does `claim`, once, with all that can be done before it done; nobody sees anything yet."""
    body = _body(entry)
    put = (
        partial(storage.put_if_match, key, body, etag, JSON) if etag else storage.made_ready(key, body, JSON)
    )

    def claim_now() -> bool:
        try:
            put()
        except AlreadyExists:
            # A repeated request after a lost answer finds the key taken by itself.
            return _holds(storage, key, body)
        return True

    return claim_now


def record(storage: Storage, key: str, claimed: Entry, state: State, code: int = 0, text: str = "") -> bool:
    """Say what became of a mail this run had claimed; return if it worked.

    Nobody else writes over a young claim. Of a run that slept, a person or another run may have settled it:
    what is no longer this run's claim stays as it is.
    """
    try:
        found = look(storage, key)
    except UnreadableEntry:
        return False
    if found is None or found.entry != claimed:
        return False
    return claim(storage, key, replace(claimed, state=state, code=code, text=text), found.etag)


def _holds(storage: Storage, key: str, body: bytes) -> bool:
    try:
        return storage.get(key) == body
    except NotFound:
        return False


def _body(entry: Entry) -> bytes:
    values = {**vars(entry), "run": vars(entry.run), "at": entry.at.isoformat()}
    by, at = values.pop("settled_by"), values.pop("settled_at")
    if at:  # else left out, so that an earlier version can read it too
        values |= {"settled_by": by, "settled_at": at.isoformat()}
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _entry(key: str, body: bytes) -> Entry:
    try:
        values = json.loads(body)
        run, at, state = Run(**values.pop("run")), _moment(values.pop("at")), State(values.pop("state"))
        settled_at = values.pop("settled_at", None)
        return Entry(state, at, run, **values, settled_at=_moment(settled_at) if settled_at else None)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableEntry(f"the ledger entry {key} cannot be read ({error})") from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"the time {text} has no zone")
    return moment
