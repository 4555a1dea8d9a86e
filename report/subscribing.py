"""How people become readers, change what they get, and leave.

confirmations/waiting/20261121T090000123456Z-<id>.json    a wish nobody has been asked to confirm yet
confirmations/sent/<reader_key>.json                      {"at", "request"}: an address that was asked lately

Nobody's wish is looked up when it is made, so whoever makes it learns nothing of the address.
"""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from enum import Enum
from uuid import uuid4
from zoneinfo import ZoneInfo

from report.addresses import mailbox, reader_key
from report.errors import MailError
from report.readers import Reader, Rhythm, parse_moment, parse_rhythm, parse_zone
from report.settings import Settings
from report.storage import Storage
from report.stored_json import JSON, json_bytes
from report.subscribers import forget, mail_to_readers, store, subscriber
from report.suppressions import ALL, Refusals, covers, lift, refusals_of, suppress
from report.tokens import Wish

WAITING = "confirmations/waiting/"


class Confirmed(Enum):
    """What came of a wish that was confirmed."""

    NOW = "subscribed"
    BEFORE = "it was confirmed already, and nothing changed"
    TOO_LATE = "the reader left after making it"


def confirm(storage: Storage, wish: Wish, now: datetime) -> Confirmed:
    """Fulfil a wish: from `now` on the reader gets what was asked for; confirmed again, nothing changes.

    A wish from before the reader last left is worth nothing, so that an old link brings nobody back.
    """
    key = reader_key(wish.reader.address)
    if _left_since(storage, key, wish):
        return Confirmed.TOO_LATE
    lift(storage, key, wish.reader.reports, before=wish.asked_at)
    outcome = _fulfil(storage, key, wish, now)
    if _left_since(storage, key, wish):  # in this very moment, by another link
        forget(storage, key)
        return Confirmed.TOO_LATE
    return outcome


def _fulfil(storage: Storage, key: str, wish: Wish, now: datetime) -> Confirmed:
    def wished(known: Reader | None) -> Reader | None:
        if known is None:
            return replace(wish.reader, since=now)
        changes = [*filter(None, [known.since]), *(move.until for move in known.moves)]
        if any(at >= wish.asked_at for at in changes):
            return None
        moved = known.moved(wish.reader.rhythm, wish.reader.zone, now)
        return replace(wish.reader, since=known.since, moves=moved.moves)

    return Confirmed.NOW if store(storage, wished, key) else Confirmed.BEFORE


def _left_since(storage: Storage, key: str, wish: Wish) -> bool:
    refusals = refusals_of(storage, key)
    wanted = {ALL, *wish.reader.reports}
    return any(name in wanted and no.at >= wish.asked_at for name, no in refusals.items())


class Enrolled(Enum):
    """What came of the owner's word about a reader."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def enrol(storage: Storage, reader: Reader, now: datetime) -> Enrolled:
    """Add or change a reader by the owner's word; one who is there stays since when it was.

    Raise `MailError` for who asked for no more mail: only they themselves can undo that.
    """
    key, outcome = reader_key(reader.address), [Enrolled.UNCHANGED]
    refuse_to_enrol(reader, refusals_of(storage, key))

    def enrolled(known: Reader | None) -> Reader | None:
        outcome[0] = Enrolled.CHANGED if known else Enrolled.ADDED
        if known is None:
            return replace(reader, since=reader.since or now)
        moves = known.moved(reader.rhythm, reader.zone, now).moves
        wanted = replace(reader, since=known.since, moves=moves)
        return wanted if wanted != known else None

    return outcome[0] if store(storage, enrolled, key) else Enrolled.UNCHANGED


def refuse_to_enrol(reader: Reader, refusals: Refusals) -> None:
    """Raise `MailError` if the reader refused one of these reports."""
    refused = [(name, no) for name, no in refusals.items() if name in (ALL, *reader.reports)]
    if refused:
        name, no = refused[0]
        what = "any report" if name == ALL else name
        raise MailError(
            f"{reader.address} asked for no more mail of {what}, on {no.at:%Y-%m-%d %H:%M} UTC "
            f"({no.how}): they may subscribe again themselves, on the web"
        )


def current(storage: Storage, settings: Settings, key: str) -> Reader | None:
    """Return what the reader with this key gets now: None for who gets nothing."""
    reader = subscriber(storage, key) or mail_to_readers(settings).get(key)
    return reader and _without(reader, refusals_of(storage, key))


def rearrange(
    storage: Storage, settings: Settings, key: str, rhythm: Rhythm, zone: ZoneInfo, now: datetime
) -> Reader | None:
    """Give a reader another rhythm and zone from `now` (aware) on; return what is got then, None for nothing.

    A reader of MAIL_TO gets a record by this, still without a beginning: the mail that is due is not lost.
    What is so already changes nothing.
    """
    if current(storage, settings, key) is None:
        return None
    by_settings = mail_to_readers(settings).get(key)

    def rearranged(known: Reader | None) -> Reader | None:
        reader = known or by_settings
        changed = reader and reader.moved(rhythm, zone, now)
        return changed if changed != reader else None

    store(storage, rearranged, key)
    return current(storage, settings, key)


def choose(storage: Storage, settings: Settings, key: str, reports: Collection[str], now: datetime) -> None:
    """Give a reader just these reports, of which there must be one; for who gets nothing, change nothing.

    What is dropped counts as refused at `now` (aware): only the reader can undo that. What is new comes
    first, so that a record is never without a report.
    """
    reader = current(storage, settings, key)
    if reader is None:
        return
    added = tuple(name for name in reports if name not in reader.reports)
    if added:
        lift(storage, key, added, before=now)
        _add(storage, settings, key, added)
    for name in reader.reports:
        if name not in reports:
            leave(storage, key, name, "page", now)


def _add(storage: Storage, settings: Settings, key: str, added: tuple[str, ...]) -> None:
    by_settings = mail_to_readers(settings).get(key)

    def with_added(known: Reader | None) -> Reader | None:
        reader = known or by_settings
        return reader and replace(reader, reports=tuple(dict.fromkeys((*reader.reports, *added))))

    store(storage, with_added, key)


def leave(storage: Storage, key: str, report: str, how: str, now: datetime) -> None:
    """End a report's mail, or that of `ALL`, for the reader with this key; said again, the last time counts.

    The refusal is noted first, so that no mail goes from then on whatever breaks. A record without a report
    left is removed, address and all.
    """
    suppress(storage, key, report, how, now)

    def without_report(reader: Reader | None) -> Reader | None:
        return reader and _without(reader, (report,))

    if not store(storage, without_report, key):
        forget(storage, key)


def _without(reader: Reader, refused: Collection[str]) -> Reader | None:
    reports = tuple(name for name in reader.reports if not covers(refused, name))
    return replace(reader, reports=reports) if reports else None


def ask(storage: Storage, wish: Wish) -> None:
    """Keep a wish until the mailer asks whether it is meant; always one write, whoever the reader is."""
    reader = wish.reader
    said = {
        "address": reader.address,
        "reports": list(reader.reports),
        "rhythm": str(reader.rhythm),
        "zone": reader.zone.key,
        "asked_at": wish.asked_at.isoformat(),
    }
    storage.put(f"{WAITING}{wish.asked_at:%Y%m%dT%H%M%S%f}Z-{uuid4().hex}.json", json_bytes(said), JSON)


def wish_of(body: bytes) -> Wish:
    """Return the wish kept by `ask`; raise `MailError` for what is none."""
    try:
        said = json.loads(body)
        mailbox(said["address"])
        rhythm, zone = parse_rhythm(said["rhythm"]), parse_zone(said["zone"])
        reader = Reader(said["address"], tuple(said["reports"]), rhythm, zone)
        return Wish(reader, parse_moment(said["asked_at"]))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise MailError(f"it is no wish to subscribe ({error!r})") from error
