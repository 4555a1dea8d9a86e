"""Whether the newest edition is the one to be expected by now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from report.editions import Edition
from report.window import day_window, last_whole_day


@dataclass(frozen=True)
class Freshness:
    """What is known of the newest edition at a time; `expected` is the day it should be of, or a later one.

    `age` is the time since its period ended; None where there is no edition.
    """

    expected: date
    newest: Edition | None
    age: timedelta | None

    @property
    def is_stale(self) -> bool:
        """Whether the edition that is due is missing."""
        return self.newest is None or self.newest.day < self.expected


def freshness(newest: Edition | None, now: datetime, zone: ZoneInfo, late_after: timedelta) -> Freshness:
    """Return how fresh the newest edition is at `now` (aware).

    A day's edition is due `late_after` its end: by then it was built, and could be mailed.
    """
    expected = last_whole_day(now - late_after, zone)
    age = now - day_window(newest.day, ZoneInfo(newest.zone)).end if newest else None
    return Freshness(expected, newest, age)
