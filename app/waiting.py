"""Connections that wait for something, in the order in which their time runs out."""

from collections.abc import Iterator
from time import monotonic
from typing import Generic, TypeVar

_Line = TypeVar("_Line")
_What = TypeVar("_What")


class Waiting(Generic[_Line, _What]):
    """Gives each line the same time from when it was put here; what it waits for may change meanwhile."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lines: dict[_Line, tuple[float, _What]] = {}

    def put(self, line: _Line, what: _What) -> None:
        """Let the line wait; one that waits already gets no more time."""
        ends_at = self._lines[line][0] if line in self._lines else monotonic() + self._seconds
        self._lines[line] = (ends_at, what)

    def get(self, line: _Line) -> _What | None:
        """Return what the line waits for; None where it does not wait."""
        known = self._lines.get(line)
        return known[1] if known else None

    def pop(self, line: _Line) -> bool:
        """Let the line wait no longer; say whether it did."""
        return self._lines.pop(line, None) is not None

    def hurry(self, ends_at: float) -> None:
        """Let no line wait longer than until then, by the monotonic clock."""
        self._lines = {line: (min(before, ends_at), what) for line, (before, what) in self._lines.items()}

    def late(self) -> Iterator[_Line]:
        """Yield the lines whose time is over; those who take them are to pop them."""
        now = monotonic()
        for line, (ends_at, _) in list(self._lines.items()):
            if ends_at > now:
                return
            yield line
