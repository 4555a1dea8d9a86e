"""Rules for readers and their rhythms."""

from datetime import time

import pytest

from report.readers import Every, Rhythm, parse_rhythm


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
