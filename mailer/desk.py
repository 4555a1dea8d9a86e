"""What a run works with, and by which times."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from mailer.ledger import Occasion
from mailer.pacing import Stop, clock_from
from mailer.planning import Intent, plan
from report.runs import Run, is_over
from report.services import Services


@dataclass(frozen=True)
class Desk:
    """What a run works with.

    `now` (aware) is its time, as it was told; `begun_at` is what the real clock showed then.
    Under `hold_below` percent of observed minutes a mail waits for data.
    """

    services: Services
    now: datetime
    run: Run
    stop: Stop
    hold_below: int
    begun_at: datetime | None = None

    def __post_init__(self) -> None:
        self.clock()  # it begins with the run, not with the first mail

    @cached_property
    def clock(self) -> Callable[[], datetime]:
        """What time it is, by one clock for the whole run: the last group's claims must not look old."""
        return clock_from(self.now)

    @property
    def real_now(self) -> datetime:
        """The time of the run that others go by, whatever it was told: of alarms, and of signs of life."""
        return self.begun_at or self.now


def intents_of(desk: Desk, occasion: Occasion, addresses: Iterable[str]) -> list[Intent]:
    """Return what the ledger leaves to be done for these readers; raise `StorageError`."""
    return plan(desk.services.storage, occasion, addresses, desk.now, is_over)
