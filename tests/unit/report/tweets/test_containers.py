"""Rules for cutting files into documents."""

import io
import json
from typing import Any

import pytest

from report.tweets import containers
from report.tweets.containers import Document, Unreadable, documents
from tests.builders import a_v1_document, a_v2_tweet, lines

ONE, TWO = a_v1_document(id=10**18), a_v1_document(id=10**18 + 1)


def cut(body: bytes) -> list[Any]:
    """Return what a file's documents say; unreadable ones as their reason."""
    pieces = documents(io.BufferedReader(io.BytesIO(body)))
    return [piece.value if isinstance(piece, Document) else piece.reason for piece in pieces]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(lines(ONE, TWO), id="JSON lines"),
        pytest.param(lines(ONE, TWO).replace(b"\n", b"\r\n\r\n"), id="CRLF and blank lines"),
        pytest.param(b"\xef\xbb\xbf" + lines(ONE, TWO), id="byte order mark"),
        pytest.param(lines([ONE, TWO]), id="array"),
        pytest.param(json.dumps([ONE, TWO], indent=1).encode(), id="pretty-printed array"),
        pytest.param(lines({"statuses": [ONE, TWO]}), id="search answer"),
        pytest.param(json.dumps({"id": {"1": ONE, "2": TWO}}, indent=2).encode(), id="lookup map"),
        pytest.param(lines({"1": ONE, "2": TWO}), id="map"),
    ],
)
def test_every_container_gives_its_tweets(body: bytes) -> None:
    """Whatever they are packed in, the tweets come out in order, a line each."""
    assert cut(body) == [ONE, TWO]


def test_a_document_keeps_its_bytes() -> None:
    """Numbers and escapes stay as they were written; only line breaks go."""
    [piece] = documents(io.BufferedReader(io.BytesIO(b'[{"a": 1.50,\r\n "b": "\\u00e9"}]')))
    assert piece.raw == b'{"a":1.50,"b":"\\u00e9"}'


def test_an_answer_is_split_with_what_each_tweet_refers_to() -> None:
    """Each tweet takes along what it refers to and nothing else; errors become notices."""
    first = a_v2_tweet(id=1, referenced_tweets=[{"type": "retweeted", "id": "5"}])
    second = a_v2_tweet(id=2, author_id="8", attachments={"media_keys": ["m2"]})
    original = a_v2_tweet(id=5, author_id="9", attachments={"media_keys": ["m1"]})
    media = [{"media_key": "m1", "url": "u1"}, {"media_key": "m2", "url": "u2"}]
    users = [{"id": "8"}, {"id": "9"}]
    answer = {
        "data": [first, second],
        "includes": {"tweets": [original], "media": media, "users": users},
        "errors": [{"title": "gone"}],
    }

    assert cut(lines(answer)) == [
        {"data": first, "includes": {"tweets": [original], "users": [users[1]], "media": [media[0]]}},
        {"data": second, "includes": {"users": [users[0]], "media": [media[1]]}},
        {"errors": [{"title": "gone"}]},
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b'{"text": "cut', "a cut line", id="cut"),
        pytest.param(b'{"text": "\xe9"}', "not UTF-8; save the file as UTF-8", id="latin-1"),
        pytest.param(b"{]", "not JSON: JSON is malformed", id="malformed"),
        pytest.param(b"[" * 100_000, "nested too deep", id="deep"),
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["first", "later"])
def test_a_bad_line_stops_nothing(line: bytes, reason: str, first: bool) -> None:
    """A line that can't be read is named, and the others are read."""
    body = line + b"\n" + lines(ONE, TWO) if first else lines(ONE) + line + b"\n" + lines(TWO)

    found = cut(body)

    assert found.pop(0 if first else 1).startswith(reason)
    assert found == [ONE, TWO]


def test_a_document_too_long_is_refused_in_pieces() -> None:
    """What no engine should have to hold at once is refused, and kept piece by piece."""
    body = lines({"text": "x" * 2_000_000}, ONE)
    pieces = list(documents(io.BufferedReader(io.BytesIO(body))))

    refused = [piece for piece in pieces if isinstance(piece, Unreadable)]
    assert {(piece.line, piece.reason) for piece in refused} == {(1, "one document longer than 1 MiB")}
    assert b"".join(piece.raw for piece in refused) + b"\n" + lines(ONE) == body


def test_a_line_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless line is not held; what follows it is read."""
    monkeypatch.setattr(containers, "LONGEST_CONTAINER_BYTES", 2 * containers.MIB)

    found = cut(b"x" * 5_000_000 + b"\n" + lines(ONE))

    assert found[-1] == ONE
    assert set(found[:-1]) == {"longer than 2 MiB; write one tweet a line"}


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xef\xbb\xbf"], ids=["empty", "blank", "mark only"])
def test_nothing_gives_nothing(body: bytes) -> None:
    """An empty file is no error."""
    assert cut(body) == []
