"""Signs of life: what is given after each run, so that something else notices when none comes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class Metrics(Protocol):
    """Keeps counts over time, and can call somebody when they stay away."""

    def put(self, counts: Mapping[str, int], at: datetime) -> None:
        """Add these counts, by name, at a time (aware); raise `SignError`."""


class Ping(Protocol):
    """Waits to be asked, and calls somebody when nobody does."""

    def __call__(self) -> None:
        """Ask it; raise `SignError`."""
