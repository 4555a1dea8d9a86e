"""Who asked for no more mail: only a hash is kept, since the address is what they asked to be forgotten.

suppressed/<reader_key>.json    {"reports": {"trends": {"at": …, "how": …}}}, UTC; "*" stands for all reports
"""

import json
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from report.addresses import reader_key
from report.errors import NotFound
from report.readers import parse_moment
from report.storage import Storage
from report.stored_json import change, json_bytes

log = logging.getLogger(__name__)

ALL = "*"
_FOLDER = "suppressed/"


@dataclass(frozen=True)
class Refusal:
    """When (UTC) and how a reader asked for no more mail, such as `one-click`, `page` or `command`."""

    at: datetime
    how: str


Refusals = Mapping[str, Refusal]
"""By report; `ALL` for every report there is and will be."""

_UNREADABLE: Refusals = {ALL: Refusal(datetime.max.replace(tzinfo=UTC), "unreadable")}


def is_suppressed(storage: Storage, address: str, report: str) -> bool:
    """Return whether this address asked for no more mail of this report; raise `MailError`."""
    return covers(refusals_of(storage, reader_key(address)), report)


def covers(refused: Collection[str], report: str) -> bool:
    """Return whether a report is among the refused, by name or with all."""
    return report in refused or ALL in refused


def refusals_of(storage: Storage, key: str) -> Refusals:
    """Return what the reader with this key refused."""
    try:
        return _read(key, storage.get(_place(key)))
    except NotFound:
        return {}


def refusals_among(storage: Storage, keys: Collection[str]) -> dict[str, Refusals]:
    """Return the refusals of those of these readers who have some, by key; reads many at a time."""
    there = {info.key for info in storage.list(_FOLDER)}
    wanted = sorted(place for place in map(_place, keys) if place in there)
    read = ((_key(place), body) for place, body in storage.get_many(wanted))
    return {key: refusals for key, body in read if (refusals := _read(key, body))}


def suppress(storage: Storage, key: str, report: str, how: str, now: datetime) -> None:
    """Note that the reader wants no more mail of a report, or of `ALL`; said again, the last time counts.

    For a wish made between two goodbyes is older than the last, and void.
    """

    def added(body: bytes | None) -> bytes:
        kept = {} if body is None else _readable(key, body)
        said = Refusal(now.astimezone(UTC), how)
        return _body({**kept, report: max(kept.get(report, said), said, key=lambda no: no.at)})

    change(storage, _place(key), added)


def lift(storage: Storage, key: str, reports: Iterable[str], before: datetime) -> None:
    """Forget what was refused of these reports, or of all, before a time: the reader asked for mail then."""
    lifted = {ALL, *reports}

    def without(body: bytes | None) -> bytes | None:
        if body is None:
            return None
        kept = _readable(key, body)
        return _body({name: no for name, no in kept.items() if name not in lifted or no.at >= before})

    change(storage, _place(key), without)


def _readable(key: str, body: bytes) -> Refusals:
    """What is written over; what cannot be read says nothing worth keeping."""
    refusals = _read(key, body)
    return {} if refusals is _UNREADABLE else refusals


def _read(key: str, body: bytes) -> Refusals:
    """Mail nobody wants is worse than mail somebody misses: what cannot be read is taken for a refusal."""
    try:
        said = json.loads(body)["reports"].items()
        return {report: Refusal(parse_moment(no["at"]), str(no["how"])) for report, no in said}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        log.warning("%s cannot be read (%s): this reader gets no mail", _place(key), error)
        return _UNREADABLE


def _body(refusals: Refusals) -> bytes:
    said = {report: {"at": no.at.isoformat(), "how": no.how} for report, no in refusals.items()}
    return json_bytes({"reports": said})


def _place(key: str) -> str:
    return f"{_FOLDER}{key}.json"


def _key(place: str) -> str:
    return place.removeprefix(_FOLDER).removesuffix(".json")
