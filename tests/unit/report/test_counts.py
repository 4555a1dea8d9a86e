"""Rules for turning the engine's answers into a day's counts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from report.counts import CountingRules, DayCounts, count_day
from report.engine import Row
from tests.report_builders import a_period


class Answers:
    """Questions with prepared answers; remembers what was asked."""

    def __init__(self, **rows: list[Row]) -> None:
        self.rows = rows
        self.asked: dict[str, Mapping[str, str | int | float]] = {}

    def ask(self, name: str, parameters: Mapping[str, str | int | float] | None = None) -> list[Row]:
        self.asked[name] = parameters or {}
        return self.rows.get(name, [])


def answers(**rows: list[Row]) -> Answers:
    count = {"tweets": 3, "retweets": 1, "counted": 3, "authors": 2, "observed_minutes": 2}
    return Answers(**{"tweet_count": [count], **rows})


def counted(questions: Answers, day: date = date(2026, 11, 20), zone: str = "UTC") -> DayCounts:
    return count_day(questions, a_period(day, zone), CountingRules())


def test_duplicates_are_the_documents_beyond_the_tweets() -> None:
    """A tweet that came twice counts once, and the report says so."""
    documents: list[Row] = [
        {"kind": "notice", "notice_kind": "delete", "documents": 7},
        {"kind": "refused", "notice_kind": None, "documents": 2},
        {"kind": "tweet", "notice_kind": None, "documents": 5},
    ]
    totals = counted(answers(document_count=documents)).totals

    assert (totals.duplicates, totals.notices, totals.refused) == (2, {"delete": 7}, 2)


def test_spellings_fold_to_one_hashtag_shown_as_most_write_it() -> None:
    """The engine is told which spellings go together; the most used one is shown."""
    questions = answers(
        spellings=[{"spelling": "Job"}, {"spelling": "IT"}, {"spelling": "job"}],
        hashtags=[{"tag": "Job", "tweets": 12, "authors": 9, "busiest": 2}],
    )
    tags = counted(questions).tags

    assert questions.asked["hashtags"]["folding"] == "job\x1fJob"
    assert [(tag.key, tag.tag, tag.tweets, tag.spellings) for tag in tags] == [
        ("job", "Job", 12, ("Job", "job"))
    ]


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 11, 20), 24, id="ordinary day"),
        pytest.param(date(2026, 3, 29), 23, id="clocks went forward"),
        pytest.param(date(2026, 10, 25), 25, id="clocks went back"),
    ],
)
def test_hours_are_the_hours_of_the_zone(day: date, hours: int) -> None:
    """Every hour of the local day stands, seen or not, however many there are."""
    assert len(counted(answers(), day, "Europe/Paris").hours) == hours


def test_quarters_gather_into_the_hours_of_a_half_hour_zone() -> None:
    """India's 10:00 begins at 04:30 UTC."""
    quarters: list[Row] = [
        {"quarter": datetime(2026, 11, 20, 4, 15, tzinfo=UTC), "tweets": 1, "observed_minutes": 1},
        {"quarter": datetime(2026, 11, 20, 4, 30, tzinfo=UTC), "tweets": 2, "observed_minutes": 2},
        {"quarter": datetime(2026, 11, 20, 5, 15, tzinfo=UTC), "tweets": 4, "observed_minutes": 3},
    ]
    hours = {f"{hour.start:%H}": hour for hour in counted(answers(hours=quarters), zone="Asia/Kolkata").hours}

    assert (hours["09"].tweets, hours["10"].tweets, hours["10"].observed_minutes) == (1, 6, 5)


def test_rules_reach_every_question() -> None:
    """With or without retweets changes each answer, so each question is told."""
    questions = answers()
    count_day(questions, a_period(), CountingRules(retweets=False))

    told = {
        name: asked.get("retweets") for name, asked in questions.asked.items() if name != "document_count"
    }
    assert set(told.values()) == {"without"}


def test_half_an_hour_of_clock_change_moves_no_label() -> None:
    """Lord Howe's clocks move by thirty minutes: one hour is short, the rest begin on the hour."""
    hours = counted(answers(), date(2026, 10, 4), "Australia/Lord_Howe").hours

    assert {hour.start.minute for hour in hours if hour.expected_minutes == 60} == {0}
    assert sum(hour.expected_minutes for hour in hours) == 23 * 60 + 30


def test_a_language_is_a_code_or_none() -> None:
    """Whatever else stands there is as good as no language."""
    rows: list[Row] = [
        {"lang": "en", "tweets": 2},
        {"lang": "x" * 90_000, "tweets": 1},
        {"lang": "und", "tweets": 3},
    ]

    assert counted(answers(languages=rows)).languages == (("und", 4), ("en", 2))
