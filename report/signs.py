"""Signs of life: what is given after each run, so that something else notices when none comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Metrics(Protocol):
    """Keeps figures over time, and can call somebody when they stay away."""

    def put(self, figures: Mapping[str, float], at: datetime) -> None:
        """Add these figures, by name, at a time (aware); raise `SignError`.

        A name that ends in Seconds or Percent says its unit; others are counts.
        """


class Ping(Protocol):
    """Waits to be asked, and calls somebody when nobody does."""

    def __call__(self) -> None:
        """Ask it; raise `SignError`."""


@dataclass(frozen=True)
class WebCounts:
    """Answers a web server gave since it started, and how many of them were failures of its own (5xx)."""

    answers: int
    errors: int

    def since(self, before: "WebCounts | None") -> "WebCounts":
        """Return what came after `before`, all of it where the server started anew or nothing is known."""
        if before is None or self.answers < before.answers or self.errors < before.errors:
            return self
        return WebCounts(self.answers - before.answers, self.errors - before.errors)
