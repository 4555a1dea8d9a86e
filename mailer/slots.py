"""When a reader's mails are due, and which period each covers.

hourly           at each full hour of the reader's clock: the report's day so far
daily 05:00      on each date of the reader, by the reader's clock: a day of the report's zone that is over
weekly mon 05:00 on each such weekday of the reader: an ISO week of the report's zone that is over
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from mailer.covering import DAY, days_covered, weeks_covered
from mailer.wall_clocks import full_hours, moment
from report.errors import BuildError
from report.periods import day_period, so_far, week_period
from report.readers import Every, Move, Reader, Rhythm
from report.window import Window

INSTANT = timedelta(microseconds=1)
_LONGEST = {Every.DAY: 3 * DAY, Every.WEEK: 9 * DAY}
"""Between any two slots of a clock lies less."""


@dataclass(frozen=True)
class Slot:
    """One mail of a rhythm: due at `due_at` (UTC), covering the period of that id."""

    due_at: datetime
    period: str


@dataclass(frozen=True)
class Clock:
    """By what a mail is due: the reader's rhythm and zone, and the zone whose days are reported.

    `moves` are rhythms and zones that counted before, all as often as this one, and none hourly.
    """

    rhythm: Rhythm
    zone: ZoneInfo
    report_zone: ZoneInfo
    moves: tuple[Move, ...] = ()


def clock_of(reader: Reader, report_zone: ZoneInfo) -> Clock:
    """Return the reader's clock; who takes another kind of rhythm is owed nothing by the one before."""
    every = reader.rhythm.every
    moves = [] if every is Every.HOUR else [move for move in reader.moves if move.rhythm.every is every]
    return Clock(reader.rhythm, reader.zone, report_zone, tuple(moves))


def slots(clock: Clock, window: Window) -> Sequence[Slot]:
    """Return what is due within the window, in order.

    Two slots may have one moment: at the date line, or where `covering` says so. A day that never was in the
    report's zone has none. What a clock owed when another took its place stays owed, and what falls between
    the two is due at that moment: so each period comes once.
    """
    moves = [move for move in clock.moves if move.until >= window.start]
    if not moves:
        return _steady(clock, window)
    clocks = [replace(clock, rhythm=move.rhythm, zone=move.zone, moves=()) for move in moves]
    clocks.append(replace(clock, moves=()))
    ends = [window.start - INSTANT, *(move.until for move in moves), window.end]
    owed = {
        slot.period: slot
        for one, (after, until) in reversed([*zip(clocks, pairwise(ends), strict=True)])
        for slot in reversed(_steady(one, window))
        if after < slot.due_at <= until
    }
    for (one, following), move in zip(pairwise(clocks), moves, strict=True):
        if move.until in window:
            owed |= {period: Slot(move.until, period) for period in _between(one, following, move.until)}
    return sorted(owed.values(), key=lambda slot: (slot.due_at, slot.period))


def _between(one: Clock, following: Clock, moment: datetime) -> list[str]:
    """The periods that the one clock had not come to at the moment, and the following one has passed."""
    last = newest_slot(one, moment)
    passed = slots(following, Window(moment - _LONGEST[one.rhythm.every], moment + INSTANT))
    return [slot.period for slot in passed if last and slot.period > last[-1].period]


def _steady(clock: Clock, window: Window) -> Sequence[Slot]:
    """What is due within the window by a clock that always counted."""
    if clock.rhythm.every is Every.HOUR:
        return [Slot(hour, so_far(hour, clock.report_zone).id) for hour in full_hours(window, clock.zone)]
    return [
        Slot(due_at, period)
        for on in _dates(window, clock.zone)
        if (due_at := moment(on, clock.rhythm.at, clock.zone)) in window
        for period in _periods(clock, on)
    ]


def open_slots(clock: Clock, now: datetime, lateness: timedelta) -> Sequence[Slot]:
    """Return what is to be mailed at `now`: due since, and no longer ago than `lateness`.

    Of the hourly mails only the newest: each takes the place of the one before, however late.
    """
    found = slots(clock, Window((now - lateness).astimezone(UTC), (now + INSTANT).astimezone(UTC)))
    return found[-1:] if clock.rhythm.every is Every.HOUR else found


def passed_slots(clock: Clock, before: datetime, now: datetime, lateness: timedelta) -> Sequence[Slot]:
    """Return what was to be mailed after a run at `before`, and can no longer be at `now`."""
    if now <= before:
        return []
    if clock.rhythm.every is Every.HOUR:
        return slots(clock, Window((before + INSTANT).astimezone(UTC), (now + INSTANT).astimezone(UTC)))[:-1]
    return slots(clock, Window((before - lateness).astimezone(UTC), (now - lateness).astimezone(UTC)))


def newest_slot(clock: Clock, now: datetime) -> Sequence[Slot]:
    """Return the last slot up to `now`, however long ago; none for hourly mails, which go or are passed."""
    if clock.rhythm.every is Every.HOUR:
        return []
    longest = _LONGEST[clock.rhythm.every]
    return slots(clock, Window((now - longest).astimezone(UTC), (now + INSTANT).astimezone(UTC)))[-1:]


def _dates(window: Window, zone: ZoneInfo) -> Iterator[date]:
    """The reader's dates whose slots may lie in the window; one that was skipped is late by a day."""
    day = window.start.astimezone(zone).date() - DAY
    while day <= window.end.astimezone(zone).date() + DAY:
        yield day
        day += DAY


@lru_cache(maxsize=100_000)
def _periods(clock: Clock, on: date) -> tuple[str, ...]:
    rhythm = clock.rhythm
    if rhythm.every is Every.WEEK:
        if on.weekday() != rhythm.weekday:
            return ()
        sundays = weeks_covered(on, rhythm.at, clock.zone, clock.report_zone)
        return tuple(week_period(sunday, clock.report_zone).id for sunday in sundays)
    days = days_covered(on, rhythm.at, clock.zone, clock.report_zone)
    return tuple(period for day in days for period in _day_id(day, clock.report_zone))


def _day_id(day: date, zone: ZoneInfo) -> tuple[str, ...]:
    try:
        return (day_period(day, zone).id,)
    except BuildError:
        return ()
