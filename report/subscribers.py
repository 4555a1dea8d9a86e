"""The readers who subscribed, or were added by the owner; with MAIL_TO, all who get mail.

subscribers/<reader_key>.json    {"address", "reports", "rhythm", "zone", "since", "moves"} of a `Reader`
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC

from report.addresses import mailbox, reader_key
from report.catalogue import FIRST
from report.errors import MailError, NotFound
from report.readers import Every, Move, Reader, Rhythm, parse_moment, parse_rhythm, parse_zone
from report.settings import Settings
from report.storage import Storage
from report.stored_json import change, json_bytes
from report.suppressions import covers, refusals_among

log = logging.getLogger(__name__)

_FOLDER = "subscribers/"


def _pass_over(_: str) -> None:
    """The log has its name."""


def readers_of(
    storage: Storage,
    settings: Settings,
    unreadable: Callable[[str], None] = _pass_over,
    moves: Sequence[Move] = (),
) -> list[Reader]:
    """Return all who are to get mail, by the hash of their address, each with the reports not refused.

    Whoever stands in MAIL_TO and has subscribed gets what was subscribed. A record that cannot be read
    is named in the log, its key given to `unreadable`, and passed over. `moves` are those of MAIL_AT and
    TIMEZONE. Raise `StorageError`.
    """
    named = {key: replace(reader, moves=tuple(moves)) for key, reader in mail_to_readers(settings).items()}
    known = {reader_key(it.address): it for it in subscribers(storage, unreadable)}
    both = {key: _taken_over(named[key], known[key]) for key in named.keys() & known.keys()}
    readers = named | known | both
    refusals = refusals_among(storage, readers)
    wanted = (
        replace(
            reader, reports=tuple(name for name in reader.reports if not covers(refusals.get(key, {}), name))
        )
        for key, reader in sorted(readers.items())
    )
    return [reader for reader in wanted if reader.reports]


def _taken_over(named: Reader, reader: Reader) -> Reader:
    """Who stands in MAIL_TO and subscribed was a reader before: what was due until then is owed."""
    if reader.since is None or reader.rhythm.every is not named.rhythm.every:
        return reader
    return replace(reader, since=None, moves=(Move(named.rhythm, named.zone, reader.since), *reader.moves))


def mail_to_readers(settings: Settings) -> dict[str, Reader]:
    """Return the readers of MAIL_TO by key: the first report, daily at MAIL_AT by the clock of TIMEZONE."""
    rhythm = Rhythm(Every.DAY, settings.mail_at)
    readers = (Reader(address, (FIRST,), rhythm, settings.timezone) for address in settings.mail_to)
    return {reader_key(reader.address): reader for reader in readers}


def subscribers(storage: Storage, unreadable: Callable[[str], None] = _pass_over) -> Iterable[Reader]:
    """Yield who has a record, by key, reading many at a time; unreadable ones are logged and passed over."""
    for place, body in storage.get_many(info.key for info in storage.list(_FOLDER)):
        try:
            yield _reader(body)
        except MailError as error:
            log.warning("%s cannot be read and is passed over: %s", place, error)
            unreadable(_key(place))


def is_unreadable(storage: Storage, key: str) -> bool:
    """Return whether there is a record with this key that cannot be read."""
    try:
        return _reader_or_none(key, storage.get(_place(key))) is None
    except NotFound:
        return False


def has_left(storage: Storage, address: str, report: str) -> bool:
    """Return whether the record of this address is gone, or names the report no more; one request.

    A record that cannot be read takes nothing from anybody.
    """
    key = reader_key(address)
    try:
        reader = _reader_or_none(key, storage.get(_place(key)))
    except NotFound:
        return True
    return reader is not None and report not in reader.reports


def subscriber(storage: Storage, key: str) -> Reader | None:
    """Return who has the record with this key, None where there is none or it cannot be read."""
    try:
        return _reader_or_none(key, storage.get(_place(key)))
    except NotFound:
        return None


def store(storage: Storage, changed: Callable[[Reader | None], Reader | None], key: str) -> bool:
    """Store what `changed` makes of the reader with this key, None for nothing to do; many may race.

    Return whether the reader stands now as `changed` wanted.
    """

    def new_body(body: bytes | None) -> bytes | None:
        reader = changed(_reader_or_none(key, body))
        return None if reader is None else _body(reader)

    return change(storage, _place(key), new_body)


def forget(storage: Storage, key: str) -> None:
    """Remove a reader's record, address and all."""
    storage.delete(_place(key))


def _reader_or_none(key: str, body: bytes | None) -> Reader | None:
    try:
        return None if body is None else _reader(body)
    except MailError as error:
        log.warning("%s cannot be read and counts for nothing: %s", _place(key), error)
        return None


def _reader(body: bytes) -> Reader:
    try:
        said = json.loads(body)
        mailbox(said["address"])
        return Reader(
            address=said["address"],
            reports=tuple(str(name) for name in said["reports"]),
            rhythm=parse_rhythm(said["rhythm"]),
            zone=parse_zone(said["zone"]),
            since=None if said["since"] is None else parse_moment(said["since"]),
            moves=tuple(map(move_of, said.get("moves", ()))),
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise MailError(f"it is no record of a reader ({error!r})") from error


def move_of(said: Mapping[str, str]) -> Move:
    """Return the move written by `said_of`; raise `ValueError`, `LookupError` or `TypeError`."""
    return Move(parse_rhythm(said["rhythm"]), parse_zone(said["zone"]), parse_moment(said["until"]))


def said_of(move: Move) -> dict[str, str]:
    """Return the move as JSON has it."""
    until = move.until.astimezone(UTC).isoformat()
    return {"rhythm": str(move.rhythm), "zone": move.zone.key, "until": until}


def _body(reader: Reader) -> bytes:
    return json_bytes(
        {
            "address": reader.address,
            "reports": list(reader.reports),
            "rhythm": str(reader.rhythm),
            "zone": reader.zone.key,
            "since": reader.since and reader.since.astimezone(UTC).isoformat(),
            "moves": [said_of(move) for move in reader.moves],
        }
    )


def _place(key: str) -> str:
    return f"{_FOLDER}{key}.json"


def _key(place: str) -> str:
    return place.removeprefix(_FOLDER).removesuffix(".json")
