"""Says so where a weekly mail covers another week than its reader would think."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailer.covering import DAY, WEEK
from mailer.slots import Clock, slots
from report.periods import last_day_named
from report.readers import Every, Reader
from report.window import Window


def week_notes(readers: Iterable[Reader], report_zone: ZoneInfo, now: datetime) -> Iterator[str]:
    """Yield a line for each weekly rhythm and zone whose next mail is of the week before the last one.

    East of the report's zone its week lasts into the reader's Monday, so it is not over in the morning.
    """
    weekly = {
        Clock(reader.rhythm, reader.zone, report_zone): None
        for reader in readers
        if reader.rhythm.every is Every.WEEK
    }
    for clock in weekly:
        coming = slots(clock, Window(now.astimezone(UTC), (now + 2 * WEEK).astimezone(UTC)))
        on = coming[0].due_at.astimezone(clock.zone).date()
        covered = last_day_named(coming[0].period)
        if covered and covered < on - DAY * on.isoweekday():
            yield (
                f"{clock.rhythm} {clock.zone.key}: the mail of {on} is of {coming[0].period}, the week "
                f"before the last: the last is not over by then in {report_zone.key}, at a later hour it is"
            )
