"""The answers of `trends/place` that were collected: of each place the last one of a period.

dt=2026-11-20/130500Z-1-3f2a9c01.json    as received at 13:05:00 UTC of the place with woeid 1; the end tells
                                         feeds and files apart
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import bidirectional, category

from report.storage import Storage
from report.window import Window

_WOEID = r"[0-9]{1,12}"
_KEY = re.compile(rf"dt=(?P<day>\d{{4}}-\d\d-\d\d)/(?P<clock>\d{{6}})Z-(?P<woeid>{_WOEID})-[0-9a-z]+\.json")
_DAY = timedelta(days=1)
_LONGEST_NAME = 500
_SHAPE = '[{"trends": …, "as_of": …, "locations": …}]'
_YEARS = range(2006, 2500)  # from Twitter's first on
_TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@dataclass(frozen=True)
class Topic:
    """A topic by its place in the API's order; `volume` is in tweets, None where the API gives none."""

    place: int
    name: str
    volume: int | None


@dataclass(frozen=True)
class Payload:
    """What was trending in `place` at `as_of` (UTC)."""

    place: str
    woeid: int
    as_of: datetime
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Found:
    """The last payload of each place, by woeid, and of what is newer but cannot be read the key and why."""

    payloads: Sequence[Payload]
    passed_over: Sequence[tuple[str, str]]


def keys_within(source: Storage, window: Window) -> dict[str, str]:
    """Return the etags by key of what was received in the window, and of what has no such name."""
    days = range((window.end - window.start).days + 2)
    prefixes = (f"dt={(window.start + _DAY * number).date()}/" for number in days)
    found = {info.key: info.etag for prefix in prefixes for info in source.list(prefix)}
    return {key: etag for key, etag in found.items() if (moment := _moment(key)) is None or moment in window}


def key_of(payload: Payload, received_at: datetime, name: str) -> str:
    """Return where what was received at a moment (aware) is stored; `name`, of a-z and 0-9, is the feed's."""
    return f"{received_at.astimezone(UTC):dt=%Y-%m-%d/%H%M%SZ}-{payload.woeid}-{name}.json"


def last_of_each_place(source: Storage, keys: Iterable[str]) -> Found:
    """Return the last payload of each place among the keys; where that cannot be read, the one before."""
    payloads: dict[int, Payload] = {}
    passed_over = [(key, "its name is none of a payload") for key in keys if not _KEY.fullmatch(key)]
    for woeid, key in _newest_first(keys):
        if woeid not in payloads:
            try:
                payloads[woeid] = _of_place(woeid, source.get(key))
            except ValueError as error:
                passed_over.append((key, str(error)))
    return Found([payloads[woeid] for woeid in sorted(payloads)], passed_over)


def payload_of(body: bytes) -> Payload:
    """Return the payload as its API wrote it; raise `ValueError` saying what is wrong with it."""
    try:
        document = json.loads(body.decode("utf-8-sig"))
        (answer,) = document
        (place,) = answer["locations"]
        return Payload(
            place=_words(place["name"]),
            woeid=_woeid(place["woeid"]),
            as_of=_as_of(answer["as_of"]),
            topics=tuple(_topic(number, one) for number, one in enumerate(answer["trends"], start=1)),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(
            f"it is no answer of trends/place, which is {_SHAPE} ({type(error).__name__}: {error})"[:200]
        ) from error


def _of_place(woeid: int, body: bytes) -> Payload:
    payload = payload_of(body)
    if payload.woeid != woeid:
        raise ValueError(f"it is of the place {payload.woeid}, not of {woeid} as its name says")
    return payload


def _woeid(said: object) -> int:
    """A number a key can hold; that of the whole world is 1."""
    if not re.fullmatch(_WOEID, str(said)):
        raise ValueError(f"woeid is {str(said)[:40]!r}")
    return int(str(said))


def _as_of(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or moment.year not in _YEARS:
        raise ValueError(f"as_of is {text[:40]!r}")
    return moment.astimezone(UTC)


def _newest_first(keys: Iterable[str]) -> Iterator[tuple[int, str]]:
    for key in sorted(keys, reverse=True):
        if named := _KEY.fullmatch(key):
            yield int(named["woeid"]), key


def _moment(key: str) -> datetime | None:
    named = _KEY.fullmatch(key)
    try:
        return datetime.fromisoformat(f"{named['day']}T{named['clock']}Z") if named else None
    except ValueError:
        return None


def _topic(number: int, said: dict[str, Any]) -> Topic:
    volume = said.get("tweet_volume")
    if volume is not None and (isinstance(volume, bool) or not isinstance(volume, int) or volume < 0):
        raise ValueError(f"tweet_volume is {volume!r}")
    return Topic(number, _words(said["name"]), volume)


def _words(text: str) -> str:
    """A name on one line, without what cannot be written or would act on a screen."""
    plain = " ".join(text[:_LONGEST_NAME].split())
    words = "".join(
        sign for sign in plain if category(sign) not in ("Cc", "Cs") and bidirectional(sign) not in _TURNS
    )
    if not words:
        raise ValueError("a name is empty")
    return words
