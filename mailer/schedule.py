"""When the daily mail is due: at MAIL_AT by the wall clock of TIMEZONE, for the day that is over then."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from report.window import last_whole_day, today

LATEST = timedelta(hours=4)
"""Later than this after MAIL_AT the morning is over: the edition is published and nothing is mailed."""


@dataclass(frozen=True)
class NotYet:
    """Nothing is due before `due_at`, a time in the zone of the report."""

    due_at: datetime

    def __str__(self) -> str:
        here, in_utc = (f"{moment:%H:%M}" for moment in (self.due_at, self.due_at.astimezone(UTC)))
        aside = f" ({in_utc} UTC)" if self.due_at.tzname() != "UTC" else ""
        return f"nothing is due until {here} {self.due_at.tzinfo}{aside}"


@dataclass(frozen=True)
class Due:
    """The report of `day` is due since `due_at`; `late` says that it is too late to mail it."""

    day: date
    due_at: datetime
    late: bool


def due(now: datetime, zone: ZoneInfo, mail_at: time) -> NotYet | Due:
    """Return what `now`, which must be aware, asks for.

    A late slot of the evening before is still served after midnight; a longer one gives way to today's.
    """
    this_day = today(now, zone)
    for slot in (this_day, this_day - timedelta(days=1)):
        due_at = _moment(slot, mail_at, zone)
        waited = now.astimezone(UTC) - due_at
        if waited >= timedelta(0) and (slot == this_day or waited <= LATEST):
            return Due(slot - timedelta(days=1), due_at, late=waited > LATEST)
    return NotYet(_moment(this_day, mail_at, zone))


def on_request(now: datetime, zone: ZoneInfo) -> Due:
    """Return what is sent to readers named by hand: the last whole day, whatever the clock says."""
    return Due(last_whole_day(now, zone), now, late=False)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A wall clock time; one that the change of clocks skips comes as much later as clocks jump."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC).astimezone(zone)
