"""Rules for when a reader's mails are due, and for what is due at a run."""

import os
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.slots import INSTANT, Clock, Slot, clock_of, open_slots, passed_slots, slots
from report.periods import period_of
from report.readers import Every, Move, Reader, Rhythm, parse_rhythm
from report.values import Span
from report.window import Window

OFTEN = settings(max_examples=int(os.environ.get("SCHEDULE_EXAMPLES", "30")), deadline=None)
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
LATE = 4 * HOUR
UTC_ZONE = ZoneInfo("UTC")
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
RHYTHMS = st.one_of(
    st.just(Rhythm(Every.HOUR)),
    st.builds(Rhythm, st.just(Every.DAY), TIMES),
    st.builds(Rhythm, st.just(Every.WEEK), TIMES, st.integers(0, 6)),
)
CLOCKS = st.builds(Clock, RHYTHMS, ZONES, ZONES)
CHANGES = ("03-08", "03-26", "03-31", "04-02", "10-01", "10-24", "10-31", "11-02", "12-28", "02-26", "09-03")


def moments(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Return midnights between two years, as often as not where clocks are changed or a year ends."""
    near = st.builds(lambda year, day: f"{year}-{day}", st.integers(first, last), st.sampled_from(CHANGES))
    far = st.dates(date(first, 1, 1), date(last, 12, 31)).map(str)
    return st.one_of(near, far).map(lambda day: datetime.fromisoformat(f"{day}T00:00Z"))


def a_clock(rhythm: str, zone: str = "UTC", report_zone: str = "UTC") -> Clock:
    return Clock(parse_rhythm(rhythm), ZoneInfo(zone), ZoneInfo(report_zone))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def window_of(start: str, end: str) -> Window:
    return Window(at(start), at(end))


@pytest.mark.parametrize(
    ("rhythm", "zone", "now", "period"),
    [
        pytest.param("daily 05:00", "Europe/Paris", "2026-11-21T05:00+01:00", "2026-11-20", id="winter"),
        pytest.param("daily 05:00", "Europe/Paris", "2026-07-14T05:00+02:00", "2026-07-13", id="summer"),
        pytest.param("daily 05:00", "Europe/Paris", "2026-03-29T05:00+02:00", "2026-03-28", id="forward"),
        pytest.param("daily 05:00", "Europe/Paris", "2026-10-25T05:00+01:00", "2026-10-24", id="back"),
        pytest.param("daily 05:00", "Europe/Paris", "2027-01-01T05:00+01:00", "2026-12-31", id="new year"),
        pytest.param("daily 05:00", "Europe/Paris", "2028-03-01T05:00+01:00", "2028-02-29", id="leap day"),
        pytest.param(
            "daily 05:00", "Asia/Kathmandu", "2026-11-21T05:00+05:45", "2026-11-19", id="ahead of UTC"
        ),
        pytest.param("weekly mon 05:00", "UTC", "2026-11-23T05:00Z", "2026-W47", id="a week"),
        pytest.param("weekly sun 23:00", "UTC", "2026-11-29T23:00Z", "2026-W47", id="a week not over"),
        pytest.param("weekly mon 05:00", "UTC", "2027-01-04T05:00Z", "2026-W53", id="week 53"),
        pytest.param("weekly tue 05:00", "UTC", "2025-12-30T05:00Z", "2025-W52", id="before week 1"),
        pytest.param("hourly", "UTC", "2026-11-20T07:00Z", "2026-11-20T0700Z", id="an hour"),
        pytest.param(
            "hourly", "Asia/Kolkata", "2026-11-20T07:30Z", "2026-11-20T0730Z", id="half an hour off"
        ),
        pytest.param("hourly", "UTC", "2026-11-21T00:00Z", "2026-11-20", id="at midnight the whole day"),
    ],
)
def test_a_mail_is_due_at_its_hour_and_not_a_second_before(
    rhythm: str, zone: str, now: str, period: str
) -> None:
    """By the reader's wall clock, for what is over in the report's zone."""
    clock = Clock(parse_rhythm(rhythm), ZoneInfo(zone), ZoneInfo("UTC"))
    if zone == "Europe/Paris":
        clock = Clock(clock.rhythm, clock.zone, clock.zone)

    assert open_slots(clock, at(now), LATE)[-1:] == [Slot(at(now), period)]
    assert Slot(at(now), period) not in open_slots(clock, at(now) - timedelta(seconds=1), LATE)


def test_a_mail_is_open_for_so_many_hours_and_has_passed_then() -> None:
    """At four hours it still goes, a moment later it has passed; hours are time that went by."""
    clock = a_clock("daily 00:00", "Europe/Paris", "Europe/Paris")
    due_at = at("2026-10-25T00:00+02:00")  # clocks go back at 3: this is 03:00 when four hours are over
    last = at("2026-10-25T03:00+01:00")

    found = [
        (list(open_slots(clock, now, LATE)), list(passed_slots(clock, now - QUARTER, now, LATE)))
        for now in (last, last + timedelta(seconds=1), last + HOUR)
    ]

    slot = Slot(due_at, "2026-10-24")
    assert found == [([slot], []), ([], [slot]), ([], [])]


def test_an_hourly_mail_gives_way_to_the_next() -> None:
    """However long nobody ran, one hourly mail is due, and those before it have passed."""
    clock = a_clock("hourly")
    before, now = at("2026-11-20T06:50Z"), at("2026-11-20T09:10Z")

    assert [slot.period for slot in open_slots(clock, now, LATE)] == ["2026-11-20T0900Z"]
    passed = passed_slots(clock, before, now, LATE)
    assert [slot.period for slot in passed] == ["2026-11-20T0700Z", "2026-11-20T0800Z"]


def test_a_reader_who_lost_a_day_gets_both_reports_at_once() -> None:
    """Samoa had no 30 December 2011: the mails of the 30th and the 31st have one moment."""
    clock = a_clock("daily 05:00", "Pacific/Apia")
    found = slots(clock, window_of("2011-12-29T00:00Z", "2012-01-01T00:00Z"))

    days = [(f"{slot.due_at.astimezone(clock.zone):%d %H:%M}", slot.period) for slot in found]
    assert days == [
        ("29 05:00", "2011-12-27"),
        ("31 05:00", "2011-12-28"),
        ("31 05:00", "2011-12-29"),
        ("01 05:00", "2011-12-30"),
    ]
    assert list(open_slots(clock, found[1].due_at, LATE)) == found[1:3]


def test_a_mail_stays_open_when_the_clock_goes_back_over_midnight() -> None:
    """In St John's it was 7 November 2010 for a minute, then the 6th for another hour."""
    clock = a_clock("daily 00:00", "America/St_Johns", "America/St_Johns")
    midnight = at("2010-11-07T00:00-02:30")

    found = open_slots(clock, at("2010-11-06T23:30-03:30"), LATE)

    assert list(found) == [Slot(midnight, "2010-11-06")]


@pytest.mark.parametrize(
    ("zone", "start", "end", "missing"),
    [
        pytest.param("Pacific/Apia", "2011-12-29", "2012-01-05", "2011-12-30", id="Samoa"),
        pytest.param("Pacific/Kwajalein", "1993-08-19", "1993-08-26", "1993-08-21", id="Kwajalein"),
    ],
)
def test_a_day_that_never_was_is_not_reported(zone: str, start: str, end: str, missing: str) -> None:
    """The report's zone skipped it at the date line, and nobody waits for it."""
    found = slots(a_clock("daily 05:00", "UTC", zone), window_of(f"{start}T00:00Z", f"{end}T00:00Z"))

    days = {date.fromisoformat(slot.period) for slot in found}
    between = {min(days) + DAY * number for number in range((max(days) - min(days)).days)}
    assert {str(day) for day in between - days} == {missing}


def a_mover(rhythm: str, *moves: tuple[str, str], zone: str = "UTC") -> Clock:
    """Return the clock of who had other rhythms before, each until a time."""
    had = tuple(Move(parse_rhythm(before), ZoneInfo(zone), at(until)) for before, until in moves)
    return clock_of(Reader("", (), parse_rhythm(rhythm), ZoneInfo(zone), None, had), UTC_ZONE)


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        pytest.param(
            a_mover("daily 04:00", ("daily 05:00", "2026-11-21T04:30Z")),
            ["20 05:00 2026-11-19", "21 04:30 2026-11-20", "22 04:00 2026-11-21"],
            id="to an hour that is over",
        ),
        pytest.param(
            a_mover("daily 00:00", ("daily 05:00", "2026-11-21T04:59Z")),
            ["20 05:00 2026-11-19", "21 04:59 2026-11-20", "22 00:00 2026-11-21"],
            id="to an hour that is over for long",
        ),
        pytest.param(
            a_mover("daily 20:00", ("daily 05:00", "2026-11-21T04:30Z")),
            ["20 05:00 2026-11-19", "21 20:00 2026-11-20"],
            id="to a later hour",
        ),
        pytest.param(
            a_mover("daily 20:00", ("daily 05:00", "2026-11-21T05:05Z")),
            ["20 05:00 2026-11-19", "21 05:00 2026-11-20", "22 20:00 2026-11-21"],
            id="when it was due and not mailed yet",
        ),
        pytest.param(
            a_mover("daily 05:00", ("daily 20:00", "2026-11-21T12:00Z")),
            ["20 20:00 2026-11-19", "21 12:00 2026-11-20", "22 05:00 2026-11-21"],
            id="from the evening to the morning",
        ),
        pytest.param(
            a_mover("daily 06:00", ("daily 05:00", "2026-11-21T05:00Z"), zone="Asia/Kolkata"),
            ["20 05:00 2026-11-18", "21 05:00 2026-11-19", "21 10:30 2026-11-20", "22 06:00 2026-11-21"],
            id="to an hour by which one day more is over",
        ),
        pytest.param(
            a_mover(
                "daily 00:15", ("daily 05:00", "2026-11-21T04:30Z"), ("daily 00:00", "2026-11-21T04:32Z")
            ),
            ["20 05:00 2026-11-19", "21 04:30 2026-11-20", "22 00:15 2026-11-21"],
            id="twice at once",
        ),
        pytest.param(
            a_mover("weekly fri 20:00", ("weekly sat 05:00", "2026-11-21T04:30Z")),
            ["21 04:30 2026-W46"],
            id="to a weekday that is over",
        ),
        pytest.param(
            a_mover("weekly sat 05:00", ("daily 05:00", "2026-11-21T04:30Z")),
            ["21 05:00 2026-W46"],
            id="to another kind",
        ),
    ],
)
def test_who_moves_the_hour_loses_no_period(clock: Clock, due: list[str]) -> None:
    """What was due stays due; what the new hour has passed is due at once; the rest comes by the new one."""
    found = slots(clock, window_of("2026-11-19T21:00Z", "2026-11-22T21:00Z"))

    said = [f"{slot.due_at.astimezone(clock.zone):%d %H:%M} {slot.period}" for slot in found]
    assert said[: len(due)] == due


@OFTEN
@given(
    at=TIMES,
    zone=ZONES,
    report_zone=ZONES,
    moves=st.lists(st.tuples(TIMES, ZONES, st.integers(1, 200)), min_size=1, max_size=4),
    start=moments(1972, 2037),
)
def test_however_often_the_hour_is_moved_each_day_is_mailed(
    at: time,
    zone: ZoneInfo,
    report_zone: ZoneInfo,
    moves: list[tuple[time, ZoneInfo, int]],
    start: datetime,
) -> None:
    """Looking each quarter of an hour, no day is missed between the first that is found and the last."""
    reader = Reader("", (), Rhythm(Every.DAY, at), zone)
    changes = dict(zip(accumulate(quarters for *_, quarters in moves), moves, strict=True))
    found: set[str] = set()
    for step in range(10 * 24 * 4):
        now = start + QUARTER * step
        if step in changes:
            reader = reader.moved(Rhythm(Every.DAY, changes[step][0]), changes[step][1], now - INSTANT)
        found |= {slot.period for slot in open_slots(clock_of(reader, report_zone), now, LATE)}

    days = sorted(date.fromisoformat(period) for period in found)
    assert {after - before for before, after in pairwise(days)} == {DAY} or _crosses_the_date_line(
        report_zone, start
    )


@OFTEN
@given(at=TIMES, zone=ZONES, report_zone=ZONES, start=moments(1972, 2037))
def test_walking_in_quarters_each_date_has_one_mail(
    at: time, zone: ZoneInfo, report_zone: ZoneInfo, start: datetime
) -> None:
    """Looking each quarter of an hour, a daily reader finds one new mail a date: the next day, in time."""
    clock = Clock(Rhythm(Every.DAY, at), zone, report_zone)
    found: dict[Slot, datetime] = {}
    for step in range(6 * 24 * 4):
        now = start + QUARTER * step
        for slot in open_slots(clock, now, LATE):
            found.setdefault(slot, now)

    days = [slot.period for slot in found]
    gaps = {date.fromisoformat(after) - date.fromisoformat(before) for before, after in pairwise(days)}
    dates = Counter(slot.due_at.astimezone(zone).date() for slot in found)
    is_new_year = any((day.month, day.day) == (1, 1) for day in _days_around(start))
    assert gaps == {DAY} or _crosses_the_date_line(report_zone, start)
    assert set(dates.values()) == {1} or is_new_year or _crosses_the_date_line(zone, start)
    assert all(now - slot.due_at < QUARTER for slot, now in found.items() if slot.due_at >= start)


@OFTEN
@given(clock=CLOCKS, start=moments(1972, 2037), waits=st.lists(st.integers(1, 300), min_size=3, max_size=40))
def test_whenever_runs_come_each_mail_passes_once(clock: Clock, start: datetime, waits: list[int]) -> None:
    """After any outage, what can no longer be mailed has passed at one run, and only there."""
    runs = [start, *accumulate(waits, lambda now, wait: now + QUARTER * wait, initial=start + QUARTER)]
    was_open = {slot for now in runs for slot in open_slots(clock, now, LATE)}
    passed = Counter(
        slot for before, now in pairwise(runs) for slot in passed_slots(clock, before, now, LATE)
    )
    settled = slots(clock, Window(start + INSTANT, max(runs[-1] - LATE, start + 2 * INSTANT)))

    if clock.rhythm.every is Every.HOUR:
        assert {passed[slot] + (slot in was_open) for slot in settled} <= {1}
    else:
        assert {passed[slot] for slot in settled} <= {1}


@OFTEN
@given(clock=CLOCKS, now=moments(1972, 2037))
def test_what_is_due_is_over(clock: Clock, now: datetime) -> None:
    """Every period has a name that can be read back, and its last minute lies before the mail."""
    for slot in slots(clock, Window(now, now + 9 * DAY)):
        period = period_of(slot.period, clock.report_zone)
        assert period.id == slot.period
        assert period.window.end <= slot.due_at


@OFTEN
@given(rhythm=RHYTHMS, zone=ZONES, report_zone=ZONES, start=moments(1972, 2037))
def test_each_month_comes_once(
    rhythm: Rhythm, zone: ZoneInfo, report_zone: ZoneInfo, start: datetime
) -> None:
    """Whoever reads a report of months gets each of them, after its end and within two weeks."""
    clock = Clock(rhythm, zone, report_zone, spans=frozenset({Span.MONTH}))
    found = slots(clock, Window(start, start + 200 * DAY))

    months = [period_of(slot.period, report_zone) for slot in found]
    assert {after.first_day - before.day for before, after in pairwise(months)} == {DAY}
    assert 6 <= len(months) <= 7
    waits = [slot.due_at - month.window.end for slot, month in zip(found, months, strict=True)]
    assert timedelta() <= min(waits) <= max(waits) < 16 * DAY


@pytest.mark.parametrize(
    ("rhythm", "due"),
    [
        pytest.param("hourly", ["30 00:00 2026-11-29", "01 00:00 2026-11-30"], id="hourly as daily"),
        pytest.param("weekly mon 05:00", ["30 05:00 2026-11-29"], id="of a week its last day"),
    ],
)
def test_a_report_of_days_alone_comes_to_everybody(rhythm: str, due: list[str]) -> None:
    """Who wants mail each hour gets it each midnight, who wants it each week gets the Sunday."""
    clock = Clock(parse_rhythm(rhythm), UTC_ZONE, UTC_ZONE, spans=frozenset({Span.DAY}))

    found = slots(clock, window_of("2026-11-29T12:00Z", "2026-12-01T12:00Z"))

    assert [f"{slot.due_at:%d %H:%M} {slot.period}" for slot in found] == due


@pytest.mark.parametrize(
    ("before", "after"),
    [("weekly mon 05:00", "daily 05:00"), ("daily 05:00", "weekly tue 05:00"), ("hourly", "daily 04:00")],
)
def test_a_month_outlives_another_kind_of_rhythm(before: str, after: str) -> None:
    """October ended on a Saturday; who changes on Sunday is owed it still, and gets it once."""
    for hour in range(24):
        move = Move(parse_rhythm(before), UTC_ZONE, at("2026-11-01T00:00Z") + HOUR * hour)
        reader = Reader("", (), parse_rhythm(after), UTC_ZONE, None, (move,))
        clock = clock_of(reader, UTC_ZONE, frozenset({Span.MONTH}))
        found = slots(clock, window_of("2026-10-30T00:00Z", "2026-11-20T00:00Z"))
        assert [slot.period for slot in found] == ["2026-10"]


def _days_around(start: datetime) -> list[datetime]:
    return [start + DAY * number for number in range(-4, 10)]


def _crosses_the_date_line(zone: ZoneInfo, start: datetime) -> bool:
    """Whether the zone skipped or doubled a date about these days."""
    offsets = [day.astimezone(zone).utcoffset() or timedelta() for day in _days_around(start)]
    return any(abs(after - before) > 12 * HOUR for before, after in pairwise(offsets))
