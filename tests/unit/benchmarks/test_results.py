"""Rules for what is made of the figures of a benchmark."""

from math import isclose
from pathlib import Path

import pytest

from benchmarks.measuring import Run
from benchmarks.results import Result
from benchmarks.work import Goal, PeakMemory, TimesAsLong, Way, Work


def a_way(name: str, *, agrees: bool = True) -> Way:
    """Return a way of which nothing but the name counts."""
    return Way(name, "does it", "benchmarks.nowhere:at_all", Path("/nowhere"), 60, agrees=agrees)


def a_result(
    *ways: tuple[str, list[float]], goals: tuple[Goal, ...] = (), answers: dict[str, int] | None = None
) -> Result:
    """Return the result of ways with these seconds in their rounds; all answer 1, but for `answers`."""
    runs = {
        name: [Run(seconds, seconds, 100 * seconds, (answers or {}).get(name, 1)) for seconds in rounds]
        for name, rounds in ways
    }
    work = Work("A work", "About it.", [a_way(name, agrees=name != "rough") for name, _ in ways], goals)
    return Result(work, runs, is_judged=True)


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    """Ways are compared within a round, so a slow minute of the machine counts for both."""
    goal = TimesAsLong("ours", "bare", at_most=1.6)
    [verdict] = a_result(("ours", [3, 40, 3]), ("bare", [2, 20, 3]), goals=(goal,)).verdicts

    assert isclose(verdict.figure, 1.5)


@pytest.mark.parametrize(
    ("goal", "outcome"),
    [
        pytest.param(TimesAsLong("ours", "bare", at_most=2), "reached", id="at most, just"),
        pytest.param(TimesAsLong("ours", "bare", at_most=1.9), "MISSED", id="at most, over"),
        pytest.param(TimesAsLong("ours", "bare", at_least=2), "reached", id="at least, just"),
        pytest.param(TimesAsLong("ours", "bare", at_least=2.1), "MISSED", id="at least, under"),
        pytest.param(PeakMemory("ours", at_most=600), "reached", id="memory, just"),
        pytest.param(PeakMemory("ours", at_most=599), "MISSED", id="memory, the worst round counts"),
    ],
)
def test_a_goal_is_reached_or_missed(goal: Goal, outcome: str) -> None:
    """A figure on the bound is within it, and each line says so or not."""
    result = a_result(("ours", [2, 4, 6]), ("bare", [1, 2, 3]), goals=(goal,))

    assert [verdict.outcome for verdict in result.verdicts] == [outcome]
    assert any(line.endswith(f"| {outcome} |") for line in result.to_markdown())


def test_small_sizes_are_not_judged() -> None:
    """What a quick run measures is start-up, so it claims nothing."""
    judged = a_result(("ours", [1.0]), goals=(PeakMemory("ours", at_most=1),))
    result = Result(judged.work, judged.runs, is_judged=False)

    assert [verdict.outcome for verdict in result.verdicts] == ["too small to judge"]


def test_a_goal_beside_a_way_that_did_not_run_is_left_out() -> None:
    """A peer that is not installed takes its line along, nothing else."""
    goals = (TimesAsLong("peer", "ours", at_least=1), PeakMemory("ours", at_most=1000))
    result = a_result(("ours", [1.0]), goals=goals)

    assert [verdict.goal for verdict in result.verdicts] == [goals[1]]


def test_a_way_that_answers_otherwise_is_named() -> None:
    """The first way's answer is the right one; a way that knows no rules may differ."""
    result = a_result(
        ("ours", [1]), ("peer", [1]), ("wrong", [1]), ("rough", [1]), answers={"wrong": 2, "rough": 3}
    )

    assert result.differing == ["wrong"]
    assert [result.row(way)["agrees"] for way in result.ran] == [True, True, False, False]


def test_a_row_has_the_medians_and_the_highest_peak() -> None:
    """One slow round changes no time; one large round is what a machine must have room for."""
    result = a_result(("ours", [1, 9, 2]))

    row = result.row(result.ran[0])
    assert (row["seconds"], row["cpu_seconds"], row["peak_mb"], row["ratio"]) == (2, 2, 900, 1)
    assert row["tweets_a_second"] == 30


def test_a_part_is_scaled_up_in_time_alone() -> None:
    """A way that does a sixth is set down with six times its seconds, and with the memory it took."""
    assert Run(2, 3, 100, "answer").scaled(1 / 6) == Run(12, 18, 100, "answer")


def test_a_share_must_be_one() -> None:
    """A way that does no part of a work, or more than all of it, can't be scaled."""
    with pytest.raises(ValueError, match=r"a share of 0\.0"):
        Way("pandas", "", "", Path("/nowhere"), 60, share=0.0)
