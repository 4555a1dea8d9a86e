"""Rules for the benchmark's counted days: the project takes them for its own."""

from pathlib import Path

import pytest

from benchmarks.comparing import compare
from benchmarks.counted import DAY, TWEETS_A_DAY, counted_days, settings_for
from benchmarks.work import Scale
from benchmarks.works import WORKS
from report.composition import services_from
from report.values import Period
from report.window import day_window


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the days of all these tests are kept: each is made once."""
    return tmp_path_factory.mktemp("counted")


def test_a_report_is_made_of_counted_days_alone(root: Path) -> None:
    """Nothing is counted or learnt again, and what is known of the days before is there to judge by."""
    services = services_from(settings_for(counted_days(2, root)))
    history, zone = services.history(), services.settings.timezone
    settled = history.settle(DAY)
    day = history.look(Period(DAY, zone, day_window(DAY, zone)))

    assert settled.said() == "counted 0 days, learnt from 0"
    assert day.observed_known == 2
    assert day.counts.totals.tweets == day.before.totals.tweets == TWEETS_A_DAY
    assert day.trends[0].memory is not None
    assert day.trends[0].memory.days_seen == 2


def test_both_ways_of_the_history_run(root: Path) -> None:
    """A report is built beside few known days and beside more."""
    said: list[str] = []
    result = compare(WORKS["history"](Scale(divisor=1_000, root=root)), said.append, rounds=1)

    assert [way.name for way in result.ran] == ["1 day", "2 days"]
    assert len(result.verdicts) == 1
