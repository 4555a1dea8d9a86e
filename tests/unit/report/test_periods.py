"""Rules for the names of periods."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from report.errors import BuildError
from report.periods import (
    day_named,
    last_day_named,
    monday_named,
    month_period,
    newest_over,
    offered,
    period_of,
    so_far,
    week_period,
)
from report.values import Span

UTC_ZONE, PARIS, TOKYO, KOLKATA = map(ZoneInfo, ("UTC", "Europe/Paris", "Asia/Tokyo", "Asia/Kolkata"))


@pytest.mark.parametrize("zone", [UTC_ZONE, PARIS, TOKYO, KOLKATA], ids=lambda zone: zone.key)
@pytest.mark.parametrize(
    "period_id",
    ["2026-11-20", "2026-03-29", "2024-02-29", "2026-W47", "2026-W53", "2026-02", "2026-11-20T0731Z"],
)
def test_a_period_is_found_by_its_id(period_id: str, zone: ZoneInfo) -> None:
    """What an id names has that id."""
    assert period_of(period_id, zone).id == period_id


@pytest.mark.parametrize(
    "period_id",
    [
        "",
        "latest.json",
        "2026-11-31",
        "2026-W54",
        "2025-W53",
        "2026-W00",
        "2026-13",
        "2026-1",
        "9999-12",
        "20261120",
        "2026-11-20T2460Z",
        "2026-11-20T07:30Z",
        "2026-11-20T0730Z\n",
        "٢٠٢٦-11-20",
        "2026-W47-1",
        "9999-12-31",
        "9999-W52",
        "0001-01-01T0000Z",
    ],
)
def test_what_names_no_period_is_refused(period_id: str) -> None:
    """An id comes from a command line or an address: nonsense is named, and never looked for."""
    with pytest.raises(BuildError, match=r"no period|no day"):
        period_of(period_id, TOKYO)


def test_a_week_runs_from_monday_to_sunday_of_the_zone() -> None:
    """Seven midnights of the zone, an hour less or more where its clocks change; its day is the Sunday."""
    week = period_of("2026-W43", PARIS)

    assert (week.first_day, week.day, week.is_week) == (date(2026, 10, 19), date(2026, 10, 25), True)
    assert week.window.end - week.window.start == timedelta(days=7, hours=1)


def test_each_day_of_a_week_leads_to_it() -> None:
    """At the year's end too, where the week has the number of the year its Thursday is in."""
    found = {week_period(date(2026, 12, 28) + timedelta(days=at), TOKYO).id for at in range(7)}

    assert found == {"2026-W53"}


def test_a_minute_names_the_day_so_far_in_the_zone() -> None:
    """Half past eleven at night in UTC is the next morning in Tokyo."""
    period = period_of("2026-11-19T2330Z", TOKYO)

    assert (period.day, period.is_open, period.window.minutes) == (date(2026, 11, 20), True, 8 * 60 + 30)


@pytest.mark.parametrize(
    ("period_id", "zone", "day"),
    [
        pytest.param("2026-11-21T0000Z", UTC_ZONE, "2026-11-20", id="UTC"),
        pytest.param("2026-11-19T1500Z", TOKYO, "2026-11-19", id="Tokyo"),
        pytest.param("2026-11-20T1830Z", KOLKATA, "2026-11-20", id="half an hour off"),
        pytest.param("2026-10-25T2300Z", PARIS, "2026-10-25", id="a day of 25 hours"),
    ],
)
def test_midnight_names_the_whole_day_that_ends(period_id: str, zone: ZoneInfo, day: str) -> None:
    """So the last hourly mail of a day and the daily one are of the same edition."""
    assert period_of(period_id, zone) == period_of(day, zone)


def test_a_day_so_far_is_counted_in_whole_minutes() -> None:
    """A moment within a minute names what was over by then."""
    moment = datetime(2026, 11, 20, 7, 30, 59, 999, tzinfo=UTC)

    assert so_far(moment, PARIS).id == "2026-11-20T0730Z"
    assert so_far(moment.astimezone(TOKYO), PARIS) == so_far(moment, PARIS)


def test_a_day_that_never_was_is_no_period() -> None:
    """Samoa went from the 29th to the 31st of December 2011; the week around it is six days long."""
    apia = ZoneInfo("Pacific/Apia")

    with pytest.raises(BuildError, match="2011-12-30 is no day in Pacific/Apia"):
        period_of("2011-12-30", apia)
    assert period_of("2011-W52", apia).window.minutes == 6 * 1440


def test_an_id_is_taken_for_one_kind_of_period_only() -> None:
    """Python reads 2026-W47 as a date: a week's folder would be taken for its Monday's."""
    assert (day_named("2026-W47"), monday_named("2026-11-20")) == (None, None)
    assert (day_named("2026-11-20"), monday_named("2026-W47")) == (date(2026, 11, 20), date(2026, 11, 16))


@pytest.mark.parametrize(
    ("month", "days"), [("2026-02", 28), ("2024-02", 29), ("2026-12", 31), ("2026-11", 30)]
)
def test_a_month_runs_from_its_first_midnight_to_the_next_months(month: str, days: int) -> None:
    """Its day is the last one; each of its days leads to it."""
    period = period_of(month, TOKYO)

    assert period.span is Span.MONTH
    assert (period.first_day.day, period.day.day) == (1, days)
    assert period.window.end - period.window.start == timedelta(days=days)
    assert month_period(period.day, TOKYO) == month_period(period.first_day, TOKYO) == period


@pytest.mark.parametrize(
    ("spans", "asked", "answer"),
    [
        ({Span.DAY, Span.WEEK, Span.SO_FAR}, "2026-W48", "2026-W48"),
        ({Span.DAY, Span.SO_FAR}, "2026-11-20T0730Z", "2026-11-20T0730Z"),
        ({Span.DAY}, "2026-W48", "2026-11-29"),
        ({Span.DAY}, "2026-11-20T0730Z", None),
        ({Span.MONTH}, "2026-11-30", "2026-11"),
        ({Span.MONTH}, "2026-11-29", None),
        ({Span.MONTH}, "2026-W49", "2026-11"),
        ({Span.MONTH}, "2026-W48", None),
        ({Span.MONTH}, "2026-11-20T0730Z", None),
    ],
)
def test_what_a_report_has_to_say_at_a_periods_end(spans: set[Span], asked: str, answer: str | None) -> None:
    """The period itself, a week's last day, or the month that ends with the day or within the week."""
    found = offered(spans, period_of(asked, PARIS))

    assert (found.id if found else None) == answer


def test_each_month_is_the_answer_to_one_day_and_one_week() -> None:
    """So no rhythm brings a month twice, or leaves one out."""
    days = [date(2026, 1, 1) + timedelta(days=at) for at in range(364)]
    by_day = [offered({Span.MONTH}, period_of(day.isoformat(), PARIS)) for day in days]
    mondays = [date(2025, 12, 29) + timedelta(weeks=at) for at in range(53)]
    by_week = [offered({Span.MONTH}, week_period(monday, PARIS)) for monday in mondays]

    months = [f"2026-{month:02}" for month in range(1, 13)]
    assert [period.id for period in by_day if period] == months[:11]
    assert [period.id for period in by_week if period] == ["2025-12", *months]


@pytest.mark.parametrize(
    ("spans", "day", "newest"),
    [
        ({Span.DAY, Span.WEEK}, date(2026, 11, 20), "2026-11-20"),
        ({Span.MONTH}, date(2026, 11, 29), "2026-10"),
        ({Span.MONTH}, date(2026, 11, 30), "2026-11"),
        ({Span.MONTH}, date(2026, 1, 30), "2025-12"),
    ],
)
def test_the_newest_period_that_is_over(spans: set[Span], day: date, newest: str) -> None:
    """A month is over with its last day, not before."""
    assert newest_over(spans, day, PARIS).id == newest


@pytest.mark.parametrize(
    ("period_id", "last"),
    [("2026-11-20", date(2026, 11, 20)), ("2026-W47", date(2026, 11, 22)), ("2026-02", date(2026, 2, 28))],
)
def test_the_last_day_of_what_an_id_names(period_id: str, last: date) -> None:
    """By this editions stand in order, whatever they cover; a day so far has none."""
    assert last_day_named(period_id) == last
    assert last_day_named("2026-11-20T0730Z") is None
