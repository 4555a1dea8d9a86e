"""When a reader's mails are due, and which period each covers.

hourly           at each full hour of the reader's clock: the report's day so far
daily 05:00      on each date of the reader, by the reader's clock: a day of the report's zone that is over
weekly mon 05:00 on each such weekday of the reader: an ISO week of the report's zone that is over

A report without such periods has others to say at their ends, as `report.periods.offered` has it: its
months, or of a week the last day. Without days so far it comes to who reads hourly as if that were daily.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from mailer.covering import DAY, days_covered, weeks_covered
from mailer.wall_clocks import full_hours, moment
from report.errors import BuildError
from report.periods import day_period, offered, so_far, week_period
from report.readers import Every, Move, Reader, Rhythm
from report.values import Period, Span
from report.window import Window

INSTANT = timedelta(microseconds=1)
OF_DAYS = frozenset({Span.SO_FAR, Span.DAY, Span.WEEK})

_LONGEST = {Every.HOUR: 3 * DAY, Every.DAY: 3 * DAY, Every.WEEK: 9 * DAY}
_LONGEST_OF_MONTHS = 45 * DAY
_End = TypeVar("_End", date, datetime)


@dataclass(frozen=True)
class Slot:
    """One mail of a rhythm: due at `due_at` (UTC), covering the period of that id."""

    due_at: datetime
    period: str


@dataclass(frozen=True)
class Clock:
    """By what a mail is due: the reader's rhythm and zone, the zone of the report, and the periods it has.

    `moves` are rhythms and zones that counted before, all for periods as long as those of this one, and none
    hourly.
    """

    rhythm: Rhythm
    zone: ZoneInfo
    report_zone: ZoneInfo
    moves: tuple[Move, ...] = ()
    spans: frozenset[Span] = OF_DAYS

    @property
    def is_hourly(self) -> bool:
        """Whether each mail takes the place of the one before."""
        return self.rhythm.every is Every.HOUR and Span.SO_FAR in self.spans

    @property
    def longest(self) -> timedelta:
        """Between any two slots lies less."""
        return _LONGEST[self.rhythm.every] if Span.DAY in self.spans else _LONGEST_OF_MONTHS

    def goes_on_from(self, before: Rhythm) -> bool:
        """Whether the rhythm before had the same periods, so that each is to come once."""
        is_weekly = Every.WEEK in (before.every, self.rhythm.every) and before.every is not self.rhythm.every
        is_hourly = Every.HOUR in (before.every, self.rhythm.every) and Span.SO_FAR in self.spans
        return not is_hourly and not (is_weekly and Span.DAY in self.spans)


def clock_of(reader: Reader, report_zone: ZoneInfo, spans: frozenset[Span] = OF_DAYS) -> Clock:
    """Return the reader's clock; who takes another kind of rhythm is owed nothing by the one before."""
    clock = Clock(reader.rhythm, reader.zone, report_zone, spans=spans)
    return replace(clock, moves=tuple(move for move in reader.moves if clock.goes_on_from(move.rhythm)))


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
    passed = slots(following, Window(moment - one.longest, moment + INSTANT))
    return [slot.period for slot in passed if last and slot.period > last[-1].period]


def _steady(clock: Clock, window: Window) -> Sequence[Slot]:
    """What is due within the window by a clock that always counted."""
    if clock.is_hourly:
        return [
            Slot(hour, period)
            for hour in full_hours(window, clock.zone)
            for period in _offered(clock, hour, so_far)
        ]
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
    return found[-1:] if clock.is_hourly else found


def passed_slots(clock: Clock, before: datetime, now: datetime, lateness: timedelta) -> Sequence[Slot]:
    """Return what was to be mailed after a run at `before`, and can no longer be at `now`."""
    if now <= before:
        return []
    if clock.is_hourly:
        return slots(clock, Window((before + INSTANT).astimezone(UTC), (now + INSTANT).astimezone(UTC)))[:-1]
    return slots(clock, Window((before - lateness).astimezone(UTC), (now - lateness).astimezone(UTC)))


def newest_slot(clock: Clock, now: datetime) -> Sequence[Slot]:
    """Return the last slot up to `now`, however long ago; none for hourly mails, which go or are passed."""
    if clock.is_hourly:
        return []
    return slots(clock, Window((now - clock.longest).astimezone(UTC), (now + INSTANT).astimezone(UTC)))[-1:]


def next_slot(clock: Clock, now: datetime) -> Sequence[Slot]:
    """Return the first slot after `now`."""
    return slots(clock, Window((now + INSTANT).astimezone(UTC), (now + clock.longest).astimezone(UTC)))[:1]


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
        return tuple(period for sunday in sundays for period in _offered(clock, sunday, week_period))
    days = days_covered(on, rhythm.at, clock.zone, clock.report_zone)
    return tuple(period for day in days for period in _offered(clock, day, day_period))


def _offered(clock: Clock, end: _End, whole: Callable[[_End, ZoneInfo], Period]) -> tuple[str, ...]:
    """What the report has to say then: one period at most, and none of a day that never was."""
    try:
        period = offered(clock.spans, whole(end, clock.report_zone))
    except BuildError:
        return ()
    return (period.id,) if period else ()
