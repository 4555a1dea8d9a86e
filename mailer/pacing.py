"""How fast a run goes, what time it has, and when it is to stop."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType

_SLICE_SECONDS = 0.1


def clock_from(now: datetime) -> Callable[[], datetime]:
    """Return a clock that shows `now` (aware) at this moment and goes on from there, never back."""
    begun = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - begun)


class Stop:
    """Whether somebody asked the run to stop, and with which signal; 0 for none."""

    def __init__(self) -> None:
        self.signal = 0

    def is_asked(self) -> bool:
        """Whether nothing new is to be begun."""
        return bool(self.signal)

    def wait(self, seconds: float) -> None:
        """Let time pass, less of it when asked to stop meanwhile: a signal does not end a sleep."""
        until = time.monotonic() + seconds
        while not self.signal and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE_SECONDS))

    @property
    def status(self) -> int:
        """The exit status a shell gives to who ends by this signal."""
        return 128 + self.signal


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Take SIGTERM and Ctrl-C as a request while the block runs; the second one ends it at once."""
    stop = Stop()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.signal = number
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        restore()


class Pace:
    """Lets mails leave at most so many a second, evenly; 0 for as fast as they can."""

    def __init__(
        self, per_second: float, clock: Callable[[], datetime], wait: Callable[[float], None]
    ) -> None:
        self._step = timedelta(seconds=1 / per_second if per_second else 0)
        self._clock = clock
        self._wait = wait
        self._next: datetime | None = None

    def keep(self) -> None:
        """Wait until the next mail may leave."""
        if not self._step:
            return
        now = self._clock()
        if self._next and self._next > now:
            self._wait((self._next - now).total_seconds())
        self._next = max(self._next or now, now) + self._step
