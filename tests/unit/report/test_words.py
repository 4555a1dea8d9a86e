"""Rules for numbers and names in words."""

from zoneinfo import ZoneInfo

import pytest

from report.periods import period_of
from report.words import count_of, isolated, language, ordinal, percent, period_name, span
from tests.report_builders import a_period, a_week


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (13, "13th"),
        (22, "22nd"),
        (1111, "1,111th"),
    ],
)
def test_ordinals(number: int, word: str) -> None:
    """11th to 13th break the pattern."""
    assert ordinal(number) == word


def test_one_is_singular() -> None:
    """One tweet, two tweets, thousands separated."""
    assert [count_of(number, "tweet") for number in (1, 2, 1412)] == ["1 tweet", "2 tweets", "1,412 tweets"]


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0 %"), (0.001, "under 1 %"), (0.984, "98 %"), (0.999, "99 %"), (1.0, "100 %")]
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, words: str) -> None:
    """99.9 % of minutes is not all of them."""
    assert percent(share).replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ja", "Japanese"),
        ("in", "Indonesian"),
        ("iw", "Hebrew"),
        ("und", "no known language"),
        ("xx-odd", "xx-odd"),
    ],
)
def test_languages_have_names(code: str, name: str) -> None:
    """Twitter's old and own codes are known too; what is unknown stands as it is."""
    assert language(code) == name


def test_only_text_from_right_to_left_is_set_apart() -> None:
    """A sentence with an Arabic hashtag still runs from left to right."""
    assert isolated("#budget") == "#budget"
    assert isolated("#خبر") == "\N{FIRST STRONG ISOLATE}#خبر\N{POP DIRECTIONAL ISOLATE}"


def test_a_whole_day_ends_at_24() -> None:
    """The period is said in its own zone."""
    assert span(a_period(zone="Europe/Paris")) == "Friday, 20 November 2026, 00:00 to 24:00, Europe/Paris"


def test_a_week_is_said_with_both_its_ends() -> None:
    """Nobody has to know which days the 47th week has."""
    assert span(a_week("Asia/Tokyo")) == (
        "Monday, 16 November 2026, 00:00 to Sunday, 22 November 2026, 24:00, Asia/Tokyo"
    )


@pytest.mark.parametrize(
    ("period_id", "name"),
    [
        ("2026-11-20", "Friday, 20 November 2026"),
        ("2026-11-20T0730Z", "Friday, 20 November 2026, until 08:30"),
        ("2026-W47", "Week 47, 16 to 22 November 2026"),
        ("2026-W49", "Week 49, 30 November to 6 December 2026"),
        ("2026-W53", "Week 53, 28 December 2026 to 3 January 2027"),
    ],
)
def test_a_period_has_a_name(period_id: str, name: str) -> None:
    """A title says what the report is of: a day, a part of one by the zone's clock, or a week."""
    assert period_name(period_of(period_id, ZoneInfo("Europe/Paris"))) == name
