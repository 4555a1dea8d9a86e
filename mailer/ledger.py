"""What became of each mail, so that nobody gets two: one entry per report, day and reader.

ledger/<report>/<day>/<reader>.json     one entry, in one of five states:

    claimed ─┬─▶ accepted    the server took it
             ├─▶ refused     the server will not take it: never tried again
             ├─▶ failed      nothing was handed over: claimed again by the next run
             └─▶ unknown     it may have arrived: reported, never repeated

A revision of a day's edition finds the entry of the first and sends nothing. A claim that is never
followed by a record is as unknown as one that says so.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from report.errors import AlreadyExists, NotFound
from report.runs import Run
from report.storage import Storage

JSON = "application/json"
_LONGEST_RUN = timedelta(minutes=15)


class State(StrEnum):
    """How far a mail has come."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Entry:
    """One mail's fate; `at` is when it was claimed (aware), `code` and `text` the server's last words."""

    state: State
    at: datetime
    run: Run
    message_id: str
    revision: int
    tries: int = 1
    code: int = 0
    text: str = ""

    def may_be_under_way(self, now: datetime) -> bool:
        """Whether the claim is young enough for its run to be at it still."""
        return self.state is State.CLAIMED and now - self.at < _LONGEST_RUN


@dataclass(frozen=True)
class Found:
    """An entry as it was read, with the etag that replaces it and nothing newer."""

    entry: Entry
    etag: str


class UnreadableEntry(ValueError):
    """The ledger holds something that is no entry; nobody knows what became of that mail."""


def look(storage: Storage, key: str) -> Found | None:
    """Return the entry, None where there is none; raise `UnreadableEntry` or `StorageError`."""
    try:
        body, etag = storage.get_with_etag(key)
    except NotFound:
        return None
    try:
        return Found(_entry(body), etag)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableEntry(f"the ledger entry {key} cannot be read ({error})") from error


def claim(storage: Storage, key: str, entry: Entry, etag: str) -> bool:
    """Claim a mail nobody has (`etag` empty) or one that failed; return whether this run won it."""
    body = _body(entry)
    try:
        if etag:
            storage.put_if_match(key, body, etag, JSON)
        else:
            storage.put_if_absent(key, body, JSON)
    except AlreadyExists:
        # A repeated request after a lost answer finds the key taken by itself.
        return _holds(storage, key, body)
    return True


def record(storage: Storage, key: str, claimed: Entry, state: State, code: int = 0, text: str = "") -> None:
    """Say what became of a mail this run had claimed; nobody else writes over a claim."""
    storage.put(key, _body(replace(claimed, state=state, code=code, text=text)), JSON)


def forget(storage: Storage, key: str) -> bool:
    """Remove an entry so that the mail may be sent once more; return whether there was one."""
    try:
        storage.head(key)
    except NotFound:
        return False
    storage.delete(key)
    return True


def _holds(storage: Storage, key: str, body: bytes) -> bool:
    try:
        return storage.get(key) == body
    except NotFound:
        return False


def _body(entry: Entry) -> bytes:
    values = {**asdict(entry), "at": entry.at.isoformat()}
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _entry(body: bytes) -> Entry:
    values = json.loads(body)
    run, at, state = Run(**values.pop("run")), values.pop("at"), values.pop("state")
    return Entry(run=run, at=datetime.fromisoformat(at), state=State(state), **values)
