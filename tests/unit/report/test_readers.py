"""Rules for readers and their rhythms."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from report.catalogue import recipes
from report.readers import Every, Reader, Rhythm, parse_moment, parse_rhythm, parse_zone
from report.values import Span


@pytest.mark.parametrize(
    ("written", "rhythm"),
    [
        pytest.param("hourly", Rhythm(Every.HOUR), id="hourly"),
        pytest.param("daily 05:00", Rhythm(Every.DAY, time(5)), id="daily"),
        pytest.param("weekly sun 23:45", Rhythm(Every.WEEK, time(23, 45), 6), id="weekly"),
    ],
)
def test_a_rhythm_is_read_as_it_is_written(written: str, rhythm: Rhythm) -> None:
    """Text and value tell the same."""
    assert parse_rhythm(written) == rhythm
    assert str(rhythm) == written


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("hourly", "every hour"),
        ("daily 5:00", "every day at 05:00"),
        ("weekly wed 17:30", "every Wednesday at 17:30"),
    ],
)
def test_a_rhythm_is_said_as_people_say_it(written: str, words: str) -> None:
    """Pages and mails use words."""
    assert parse_rhythm(written).words == words


@pytest.mark.parametrize("text", ["", "Mars/Olympus", "../etc/passwd", "Europe", "\0", "x" * 9999])
def test_what_is_no_zone_is_refused_with_examples(text: str) -> None:
    """A zone is a name the system knows, never a path."""
    with pytest.raises(ValueError, match="UTC or Europe/Paris"):
        parse_zone(text)


def test_a_moment_without_a_zone_is_refused() -> None:
    """Nobody can tell when that was."""
    assert parse_moment("2026-11-21T06:00+01:00") == datetime(2026, 11, 21, 5, tzinfo=UTC)
    with pytest.raises(ValueError, match="no time zone"):
        parse_moment("2026-11-21T06:00")


@pytest.mark.parametrize(
    "written", ["", "daily", "daily 24:00", "weekly 05:00", "weekly xyz 05:00", "hourly 5"]
)
def test_what_is_no_rhythm_is_refused_with_examples(written: str) -> None:
    """The error shows what was said and what could be."""
    with pytest.raises(ValueError, match="daily 05:00 or weekly mon 05:00"):
        parse_rhythm(written)


def test_a_rhythm_without_a_weekday_is_not_made() -> None:
    """Values refuse nonsense."""
    with pytest.raises(ValueError, match="weekday 7"):
        Rhythm(Every.WEEK, time(5), 7)


@pytest.mark.parametrize(
    ("reports", "words"),
    [
        (("trends",), "Twitter Trends"),
        (("trends", "rates"), "Twitter Trends and County Cancer Rates"),
        (("trends", "rates", "gone"), "Twitter Trends, County Cancer Rates and gone"),
    ],
)
def test_what_a_reader_gets_is_one_phrase(reports: tuple[str, ...], words: str) -> None:
    """Reports by their titles; one that is no longer there by its name."""
    assert Reader("a@example.com", reports, Rhythm(Every.HOUR), parse_zone("UTC")).titles == words


@pytest.mark.parametrize(
    ("reports", "written", "words"),
    [
        pytest.param(("trends",), "hourly", "every hour, UTC time", id="days so far"),
        pytest.param(("rates",), "hourly", "once a month", id="months"),
        pytest.param(("rates", "requests"), "daily 05:00", "once a month", id="two of months"),
        pytest.param(
            ("rates", "trends"),
            "daily 05:00",
            "every day at 05:00, UTC time (County Cancer Rates once a month)",
            id="days and months",
        ),
        pytest.param(("gone",), "weekly mon 05:00", "every Monday at 05:00, UTC time", id="no longer there"),
    ],
)
def test_nobody_is_promised_a_report_more_often_than_it_comes(
    reports: tuple[str, ...], written: str, words: str
) -> None:
    """A report of months comes once a month, whatever the rhythm; beside others that is said apart."""
    assert Reader("a@example.com", reports, parse_rhythm(written), parse_zone("UTC")).when == words


def test_a_report_without_days_so_far_comes_daily_to_who_reads_hourly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first hour of the day is when the day before is over."""
    recipe = replace(recipes()["trends"], spans=frozenset({Span.DAY}))
    monkeypatch.setattr("report.readers.recipes", lambda: {"days": recipe})

    assert parse_rhythm("hourly").words_for("days") == "every day at 00:00"
