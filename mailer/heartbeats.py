"""When runs were last at work, so that the first one after an outage knows of it.

ledger/hosts/<host>.json    {"host": …, "at": …, "moves": […]}, UTC: the time of the host's last whole run,
                            and the hours of MAIL_AT it went by, the last ones until then
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from report.errors import NotFound
from report.readers import Every, Move, Rhythm, parse_moment, with_move
from report.settings import Settings
from report.storage import Storage
from report.subscribers import move_of, said_of

FOLDER = "ledger/hosts/"
_JSON = "application/json"


@dataclass(frozen=True)
class Beat:
    """The time (UTC) of a run that did all that was due, and the clocks that MAIL_TO was mailed by of late.

    The last of the `moves` is the run's own, which counted until then as far as anybody knows.
    """

    at: datetime
    moves: tuple[Move, ...] = ()


def moves_before(last: Beat | None, settings: Settings) -> tuple[Move, ...]:
    """Return by what MAIL_TO was mailed before it was by what MAIL_AT and TIMEZONE say now.

    Settings have no history: that they changed is seen by what the last run went by.
    """
    moves = last.moves if last else ()
    if moves and (moves[-1].rhythm, moves[-1].zone) == _clock(settings):
        return moves[:-1]
    return moves


def moves_until(before: Sequence[Move], settings: Settings, now: datetime) -> tuple[Move, ...]:
    """Return the moves that a run at `now` leaves behind, its own clock the last."""
    return with_move(before, Move(*_clock(settings), now))


def _clock(settings: Settings) -> tuple[Rhythm, ZoneInfo]:
    return Rhythm(Every.DAY, settings.mail_at), settings.timezone


def beat(storage: Storage, host: str, now: datetime, ended_at: datetime, moves: Sequence[Move] = ()) -> None:
    """Write down that a run of this host at `now` (aware) did all that was due; raise `StorageError`.

    A run that took long does not write over one that began after it; one after `ended_at` is a wrong clock's.
    """
    key = f"{FOLDER}{quote(host, safe='')}.json"
    standing = _read(storage, key)
    if standing and now < standing.at <= ended_at:
        return
    said = {"host": host, "at": now.astimezone(UTC).isoformat(), "moves": [said_of(move) for move in moves]}
    storage.put(key, json.dumps(said).encode(), _JSON)


def last_beat(storage: Storage) -> Beat | None:
    """Return the last run of any host; None where there was none. Raise `StorageError`.

    It costs a listing and a read, however many hosts there were.
    """
    newest = max(storage.list(FOLDER), key=lambda info: info.modified_at, default=None)
    return _read(storage, newest.key) if newest else None


def _read(storage: Storage, key: str) -> Beat | None:
    try:
        said = json.loads(storage.get(key))
        return Beat(parse_moment(said["at"]), tuple(map(move_of, said.get("moves", ()))))
    except (NotFound, ValueError, LookupError, TypeError, AttributeError):
        return None
