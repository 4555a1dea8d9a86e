"""What reading ahead promises: order, a bound, and batches that fit how soon answers come."""

import threading
from collections.abc import Iterator, Sequence
from itertools import count, islice

import pytest

from report.adapters.read_ahead import READERS, read_ahead

MANY = [str(number) for number in range(2_000)]


class Seen:
    """Answers each key with itself, and keeps the batches it was asked for."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def read(self, keys: Sequence[str]) -> Sequence[str]:
        self.batches.append(len(keys))
        return keys


def test_order_is_kept() -> None:
    """An answer that comes late is given in its place, not when it comes."""
    last = threading.Event()

    def read(keys: Sequence[str]) -> Sequence[str]:
        if keys[-1] == "2":
            last.set()
        return keys if last.wait(timeout=60) else []

    assert list(read_ahead("012", read)) == ["0", "1", "2"]


def test_each_key_is_answered_once() -> None:
    """However the keys fall into batches, all are answered, in their order."""
    assert list(read_ahead(MANY, Seen().read)) == MANY


def test_quick_answers_come_in_batches() -> None:
    """Where reading takes no time several keys are asked for at once."""
    seen = Seen()
    list(read_ahead(MANY, seen.read, clock=lambda: 0.0))

    assert max(seen.batches) > 1
    assert len(seen.batches) < len(MANY)


def test_slow_answers_come_one_by_one() -> None:
    """Where reading takes its time each key may have a thread of its own."""
    seen = Seen()
    seconds = count()
    list(read_ahead(MANY, seen.read, clock=lambda: float(next(seconds))))

    assert seen.batches == [1] * len(MANY)


def test_many_are_read_at_a_time() -> None:
    """No thread waits for another: as many reads as there are readers are under way together."""
    together = threading.Barrier(READERS)

    def read(keys: Sequence[str]) -> Sequence[int]:
        return [together.wait(timeout=60)]

    assert sorted(read_ahead(MANY[:READERS], read)) == list(range(READERS))


@pytest.mark.parametrize("seconds", [pytest.param(0, id="quick"), pytest.param(1, id="slow")])
def test_no_more_than_some_hundred_are_ahead(seconds: int) -> None:
    """Whoever consumes slowly is not buried: the keys are drawn as they are needed."""
    drawn: list[str] = []

    def endless() -> Iterator[str]:
        for number in count():
            drawn.append(str(number))
            yield drawn[-1]

    moments = count(step=seconds)
    reading = read_ahead(endless(), Seen().read, clock=lambda: float(next(moments)))
    for consumed, _ in enumerate(islice(reading, 1_000), start=1):
        assert len(drawn) <= consumed + 300


def test_error_is_the_consumers() -> None:
    """What reading raises comes out in its place, after what was read before."""

    def read(keys: Sequence[str]) -> Sequence[str]:
        if "1" in keys:
            raise KeyError("1")
        return keys

    reading = read_ahead("012", read)

    assert next(reading) == "0"
    with pytest.raises(KeyError):
        next(reading)
