"""Rules for bytes kept ready to be sent."""

import gzip

import brotli
import pytest

from app.blobs import Lru, make_blob


def test_text_is_packed_once_both_ways() -> None:
    """Both codings unpack to the same bytes."""
    body = b"<p>news</p>" * 100

    blob = make_blob(body, "text/html; charset=utf-8", "00")

    assert brotli.decompress(blob.variants["br"]) == gzip.decompress(blob.variants["gzip"]) == body
    assert blob.weight == len(body) + len(blob.variants["br"]) + len(blob.variants["gzip"])


def test_packing_is_the_same_each_time() -> None:
    """Two workers send the same bytes under the same entity tag: no clock goes into them."""
    body = b"<p>news</p>" * 100

    packed = make_blob(body, "text/html", "00").variants["gzip"]

    assert packed[4:8] == bytes(4), "where gzip keeps the time"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(b"short", "text/html", id="too short to gain"),
        pytest.param(b"a" * 1000, "image/png", id="packed already"),
    ],
)
def test_what_gains_nothing_is_left_as_it_is(body: bytes, content_type: str) -> None:
    """Small files and pictures have no variants."""
    assert make_blob(body, content_type, "00").variants == {}


def test_what_was_not_used_for_longest_goes_first() -> None:
    """Within the budget all stay; beyond it the least recently used go."""
    lru: Lru[str, bytes] = Lru(10, len)
    lru.put("a", b"1234")
    lru.put("b", b"1234")
    lru.get("a")
    lru.put("c", b"1234")

    assert (lru.get("a"), lru.get("b"), lru.get("c")) == (b"1234", None, b"1234")
    assert lru.weight == 8


def test_what_is_heavier_than_the_budget_is_not_kept() -> None:
    """One huge file never holds more memory than the budget."""
    lru: Lru[str, bytes] = Lru(10, len)
    lru.put("huge", b"12345678901")

    assert (lru.get("huge"), lru.weight) == (None, 0)


def test_replacing_counts_once() -> None:
    """Putting a key again takes the old value's weight away."""
    lru: Lru[str, bytes] = Lru(10, len)
    for _ in range(5):
        lru.put("a", b"1234")

    assert lru.weight == 4
