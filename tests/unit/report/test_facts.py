"""Rules for a day's facts as they are kept."""

from datetime import UTC, datetime, timedelta

import pytest

from report.counts import CountingRules, count_all_but_tags
from report.engine import Row
from report.facts import Facts, ask_facts
from tests.report_builders import DAY, a_period

MIDNIGHT = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)


def a_quarter(number: int, tweets: int = 3) -> Row:
    return {"quarter": MIDNIGHT + timedelta(minutes=15 * number), "tweets": tweets, "observed_minutes": 2}


def some_facts(*quarters: Row) -> Facts:
    count = {"tweets": 9, "retweets": 2, "counted": 9, "authors": 4, "observed_minutes": 6}
    return Facts.of(
        {
            "tweet_count": [count],
            "hours": list(quarters),
            "languages": [{"lang": "en", "tweets": 9}],
            "document_count": [{"kind": "tweet", "notice_kind": None, "documents": 9}],
        }
    )


def test_kept_facts_answer_as_the_engine_did() -> None:
    """Through JSON and back, the counts are the same; times stay aware."""
    facts = some_facts(a_quarter(0), a_quarter(95))
    again = Facts.from_json(facts.to_json())

    assert again == facts == ask_facts(again)
    counts = count_all_but_tags(again, a_period(), CountingRules())
    assert (counts.totals.tweets, counts.hours[0].tweets, counts.hours[23].tweets) == (9, 3, 3)


def test_facts_of_a_part_of_a_day_are_of_the_quarters_that_were_over() -> None:
    """A quarter of an hour that was still going on is left out whole."""
    cut = some_facts(a_quarter(0), a_quarter(1), a_quarter(2)).until(MIDNIGHT + timedelta(minutes=44))
    totals = count_all_but_tags(cut, a_period(), CountingRules()).totals

    assert (totals.counted, totals.observed_minutes) == (6, 4)


@pytest.mark.parametrize("text", ["{}", "[]", '{"hours with retweets": [{}]}', '"x"'])
def test_what_are_no_facts_is_refused(text: str) -> None:
    """A file of another kind is not taken for an empty day."""
    with pytest.raises(ValueError, match="no facts of a day"):
        Facts.from_json(text)
