"""Reads ahead of whoever consumes, in threads, and gives in order what was asked for."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

READERS = 32
_AHEAD = 256  # objects, whatever their size: callers ask so for small ones
_BATCH = 16
_QUICK_SECONDS = 0.008  # nobody answers so soon over a network that is worth hiding


def read_ahead(
    keys: Iterable[str],
    read: Callable[[Sequence[str]], Sequence[T]],
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[T]:
    """Yield what `read` returns for each key, in the order of the keys; raise what it raises.

    `read` is called in threads with a batch of keys, and returns one thing for each. A batch is one key
    where answers take their time, so that no thread waits twice while another has nothing to do, and more
    where they come at once, since a batch costs too. A few hundred keys are read ahead at most.
    """
    source, size, ahead = iter(keys), 1, 0
    waiting: deque[Future[tuple[Sequence[T], float]]] = deque()

    def timed(batch: Sequence[str]) -> tuple[Sequence[T], float]:
        begun = clock()
        return read(batch), (clock() - begun) / len(batch)

    pool = ThreadPoolExecutor(READERS, thread_name_prefix="read-ahead")
    try:
        while batch := list(islice(source, size)):
            waiting.append(pool.submit(timed, batch))
            ahead += len(batch)
            while waiting and (waiting[0].done() or ahead >= _AHEAD):
                found, seconds_each = waiting.popleft().result()
                ahead -= len(found)
                size = _BATCH if seconds_each < _QUICK_SECONDS else 1
                yield from found
        while waiting:
            yield from waiting.popleft().result()[0]
    finally:
        pool.shutdown(cancel_futures=True)
