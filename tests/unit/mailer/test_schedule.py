"""Rules for when the daily mail is due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailer.schedule import LATEST, Due, NotYet, due, on_request

PARIS = ZoneInfo("Europe/Paris")
FIVE = time(5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        pytest.param("2026-11-21T05:00+01:00", date(2026, 11, 20), id="winter"),
        pytest.param("2026-07-14T05:00+02:00", date(2026, 7, 13), id="summer"),
        pytest.param("2026-03-29T05:00+02:00", date(2026, 3, 28), id="clocks went forward tonight"),
        pytest.param("2026-10-25T05:00+01:00", date(2026, 10, 24), id="clocks went back tonight"),
        pytest.param("2027-01-01T05:00+01:00", date(2026, 12, 31), id="new year"),
        pytest.param("2028-03-01T05:00+01:00", date(2028, 2, 29), id="leap day"),
    ],
)
def test_yesterday_is_due_from_five_by_the_wall_clock(now: str, day: date) -> None:
    """At 05:00 in the zone, and not a second before, the day that is over there is due."""
    moment = at(now)

    assert due(moment, PARIS, FIVE) == Due(day, moment, late=False)
    assert isinstance(due(moment - timedelta(seconds=1), PARIS, FIVE), NotYet)


def test_before_five_it_says_until_when() -> None:
    """Who looks too early reads the time in the zone of the report and in UTC."""
    early = due(at("2026-11-21T04:59+01:00"), PARIS, FIVE)

    assert str(early) == "nothing is due until 05:00 Europe/Paris (04:00 UTC)"
    assert str(due(at("2026-11-21T04:59Z"), ZoneInfo("UTC"), FIVE)) == "nothing is due until 05:00 UTC"


def test_more_than_four_hours_late_is_too_late() -> None:
    """Nobody gets the morning's mail in the afternoon."""
    latest = at("2026-11-21T05:00+01:00") + LATEST

    results = [due(now, PARIS, FIVE) for now in (latest, latest + timedelta(seconds=1))]

    assert [isinstance(result, Due) and result.late for result in results] == [False, True]


def test_four_hours_are_hours_on_the_night_clocks_change() -> None:
    """Lateness is time that went by, not the difference of two wall clocks."""
    midnight = time(0)
    before = datetime(2026, 10, 25, 3, 30, tzinfo=PARIS)  # clocks go back at 3: this is 4 h 30 after midnight

    result = due(before, PARIS, midnight)

    assert isinstance(result, Due)
    assert result.late


def test_an_evening_mail_may_be_late_after_midnight() -> None:
    """With MAIL_AT at 23:00, one o'clock belongs to the evening before: the day before that is due."""
    result = due(at("2026-11-21T01:00+01:00"), PARIS, time(23))

    assert result == Due(date(2026, 11, 19), at("2026-11-20T23:00+01:00"), late=False)


def test_a_time_the_clocks_skip_comes_when_they_have_jumped() -> None:
    """There is no 02:30 on the night clocks go forward; the mail is due at 03:30."""
    half_past_two = time(2, 30)

    assert isinstance(due(at("2026-03-29T03:29+02:00"), PARIS, half_past_two), NotYet)
    assert isinstance(due(at("2026-03-29T03:30+02:00"), PARIS, half_past_two), Due)


def test_readers_named_by_hand_get_the_last_whole_day_at_any_hour() -> None:
    """A request does not wait for five o'clock and is never too late."""
    asked = [on_request(at(f"2026-11-21T{hour}:00+01:00"), PARIS) for hour in ("01", "23")]

    assert [(one.day, one.late) for one in asked] == [(date(2026, 11, 20), False)] * 2
