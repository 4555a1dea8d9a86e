"""Rules for telling what was refused."""

import io
import json
from datetime import date

import pytest

from report.places import refused_of_day
from report.refusals import MOST_OBJECTS, MOST_REASONS, Reason, Refusals, Refused, note_refusals, reasons
from tests.builders import a_notice, a_v1_document, lines
from tests.fakes import MemoryStorage

DAY = date(2026, 11, 20)


def refusals(*keys: str) -> Refusals:
    return Refusals({key: Refused(1, (Reason(1, "a cut line", '{"a'),)) for key in keys})


def test_what_is_said_is_read_again() -> None:
    """The JSON gives back what was written."""
    assert Refusals.from_json(refusals("a", "b").to_json()) == refusals("a", "b")


def test_refusals_are_joined_whatever_the_order() -> None:
    """However the objects come together, the same first ones are told of, and that there are more."""
    keys = [f"{number:04}" for number in range(MOST_OBJECTS + 10)]
    early, late, all_of_them = refusals(*keys[::2]), refusals(*keys[1::2]), refusals(*keys)

    assert early.joined(late) == late.joined(early) == Refusals().joined(all_of_them)
    assert early.joined(late).joined(early) == early.joined(late)
    assert list(early.joined(late).objects) == keys[:MOST_OBJECTS]
    assert early.joined(late).is_cut


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param(b'{"id":', "a cut line", id="cut"),
        pytest.param(b"[1]", "a JSON array stands where a tweet should", id="no object"),
        pytest.param(b'{"trends":[]}', "a list of trends, not tweets", id="something else"),
        pytest.param(b'{"id":"\xff"}', "not UTF-8; save the file as UTF-8", id="encoding"),
        pytest.param(
            b'{"refused":{"file":"a.json","line":3,"reason":"a cut line","text":"{"}}',
            "line 3 of a.json: a cut line",
            id="by an import",
        ),
    ],
)
def test_a_refused_line_is_told_with_its_reason(line: bytes, words: str) -> None:
    """Tweets and notices are passed over; of the rest the line, the reason and the beginning are told."""
    file = io.BytesIO(lines(a_v1_document(), a_notice()) + line + b"\n")

    (reason,) = reasons(file, 9)
    assert (reason.line, reason.words) == (3, words)


def test_of_many_reasons_a_few_are_told() -> None:
    """An object full of rubbish does not fill the record."""
    assert len(reasons(io.BytesIO(b"{\n" * 100), 100)) == MOST_REASONS


def test_nothing_hostile_gets_out() -> None:
    """Of a document only a short beginning is kept, and none of it steers a terminal."""
    (reason,) = reasons(io.BytesIO('\x1b[2J\u202e{"text": "…'.encode() + b"secret" * 100), 1)
    body = Refusals({"raw/\x7f": Refused(1, (reason,))}).to_json()

    assert len(reason.excerpt) <= 60
    assert all(0x20 <= sign < 0x7F or sign == 0x0A for sign in body)


def test_what_stands_is_added_to() -> None:
    """A later run adds; one that has nothing new writes nothing."""
    storage = MemoryStorage()
    note_refusals(storage, DAY, refusals("b"))
    note_refusals(storage, DAY, refusals("a"))
    written = storage.head(refused_of_day(DAY))
    note_refusals(storage, DAY, refusals("b"))

    assert [one["key"] for one in json.loads(storage.get(refused_of_day(DAY)))["objects"]] == ["a", "b"]
    assert storage.head(refused_of_day(DAY)) == written


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"objects": [{}], "more": false}'])
def test_a_broken_record_is_written_anew(body: bytes) -> None:
    """No count depends on it, so it stops nothing."""
    storage = MemoryStorage()
    storage.put(refused_of_day(DAY), body)
    note_refusals(storage, DAY, refusals("a"))

    assert Refusals.from_json(storage.get(refused_of_day(DAY))) == refusals("a")


class Racing(MemoryStorage):
    """A storage in which another writes between our reading and our writing, once."""

    def __init__(self) -> None:
        super().__init__()
        self.other: Refusals | None = refusals("other")

    def put_if_absent(self, key: str, body: bytes, content_type: str = "") -> None:
        other, self.other = self.other, None
        if other:
            note_refusals(self, DAY, other)
        super().put_if_absent(key, body, content_type)


def test_of_two_at_once_both_are_told() -> None:
    """Who comes second reads what the first wrote, and adds to it."""
    storage = Racing()
    note_refusals(storage, DAY, refusals("ours"))

    assert list(Refusals.from_json(storage.get(refused_of_day(DAY))).objects) == ["other", "ours"]
