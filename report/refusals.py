"""What was refused, told beside the tweets of its day: in which raw objects, how often, and why.

tweets/dt=2026-11-20/_refused.json   the leading "_" hides it from Athena, which reads all else there

What is told of a raw object comes from that object alone, and what stands is only ever added to: so it
may be written late, again, or by two at once, and ends in the same bytes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import IO

import msgspec

from report.errors import AlreadyExists, BadTweet, NotFound
from report.places import refused_of_day
from report.storage import Storage
from report.tweets.containers import Unreadable, complaint, lines
from report.tweets.shapes import recognise

MOST_OBJECTS = 200
MOST_REASONS = 3
_MOST_WORDS = 160
_MOST_EXCERPT = 60
_TRIES = 5


@dataclass(frozen=True)
class Reason:
    """Why a document was refused; `line` counts from 1, and `excerpt` is how the document begins."""

    line: int
    words: str
    excerpt: str


@dataclass(frozen=True)
class Refused:
    """How many documents of one raw object were refused, and why the first of them."""

    documents: int
    first: tuple[Reason, ...]


@dataclass(frozen=True)
class Refusals:
    """What was refused, by the raw object's key: the first `MOST_OBJECTS`; `is_cut` if there are more."""

    objects: Mapping[str, Refused] = field(default_factory=dict)
    is_cut: bool = False

    def joined(self, other: "Refusals") -> "Refusals":
        """Return what both say together, whatever the order."""
        both = {**self.objects, **other.objects}
        kept = sorted(both)[:MOST_OBJECTS]
        return Refusals(
            {key: both[key] for key in kept}, self.is_cut or other.is_cut or len(both) > len(kept)
        )

    def to_json(self) -> bytes:
        """Return it as JSON of printable ASCII, the same for equal ones: nothing in it steers a terminal."""
        objects = [
            {
                "key": key,
                "documents": refused.documents,
                "first": [vars(reason) for reason in refused.first],
            }
            for key, refused in sorted(self.objects.items())
        ]
        return json.dumps({"objects": objects, "more": self.is_cut}, indent=1).encode() + b"\n"

    @classmethod
    def from_json(cls, body: bytes) -> "Refusals":
        """Return what `to_json` wrote; raise `KeyError`, `TypeError` or `ValueError` for what it did not."""
        said = json.loads(body)
        objects = {
            one["key"]: Refused(one["documents"], tuple(Reason(**reason) for reason in one["first"]))
            for one in said["objects"]
        }
        return cls(objects, said["more"])


def reasons(file: IO[bytes], documents: int) -> tuple[Reason, ...]:
    """Return why the first of a raw object's refused documents were, of which there are so many."""
    return tuple(islice(_reasons(file), min(documents, MOST_REASONS)))


def _reasons(file: IO[bytes]) -> Iterator[Reason]:
    """Yield reasons of bounded length, with no more of a document than tells which it is."""
    for number, line in lines(file):
        raw = line.raw if isinstance(line, Unreadable) else line
        words = line.reason if isinstance(line, Unreadable) else _complaint(line)
        if words:
            excerpt = raw[:_MOST_EXCERPT].decode("utf-8", "backslashreplace")
            yield Reason(number, words[:_MOST_WORDS], excerpt)


def _complaint(line: bytes) -> str:
    try:
        value = msgspec.json.decode(line)
        recognise(value)
    except BadTweet as error:
        return _by_import(value) or str(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return complaint(line)
    return ""


def _by_import(value: object) -> str:
    """Return what an import said when it refused this and wrapped it; "" if none did."""
    wrapped = value.get("refused") if isinstance(value, dict) else None
    if not isinstance(wrapped, dict):
        return ""
    return f"line {wrapped.get('line')} of {wrapped.get('file')}: {wrapped.get('reason')}"


def note_refusals(storage: Storage, day: date, found: Refusals) -> None:
    """Add what was found to the record of the UTC day; raise `AlreadyExists` if others keep writing it."""
    key = refused_of_day(day)
    for tries_left in reversed(range(_TRIES)):
        try:
            _add(storage, key, found)
            return
        except (AlreadyExists, NotFound):
            if not tries_left:
                raise


def _add(storage: Storage, key: str, found: Refusals) -> None:
    try:
        body, etag = storage.get_with_etag(key)
    except NotFound:
        storage.put_if_absent(key, found.to_json(), "application/json")
        return
    both = _read(body).joined(found).to_json()
    if both != body:
        storage.put_if_match(key, both, etag, "application/json")


def _read(body: bytes) -> Refusals:
    """Return what stands there; what is no record of ours is written anew, for no count depends on it."""
    try:
        return Refusals.from_json(body)
    except (KeyError, TypeError, ValueError):
        return Refusals()
