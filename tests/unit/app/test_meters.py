"""Rules for what a worker counts of itself."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest

from app import meters as module
from app.meters import meters


def test_threads_that_count_first_count_into_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads that count before anybody did share one place: each of two would write over the other."""
    both_are_making = Barrier(2)

    class Slow:
        def __init__(self) -> None:
            try:
                both_are_making.wait(timeout=0.2)
            except BrokenBarrierError:
                return  # nobody else makes one meanwhile

    monkeypatch.setattr(module, "Meters", Slow)
    module._made.cache_clear()
    try:
        with ThreadPoolExecutor(2) as threads:
            first, second = (threads.submit(meters) for _ in range(2))
            assert first.result() is second.result()
    finally:
        module._made.cache_clear()
