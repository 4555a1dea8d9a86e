"""Rules for how a generated day's lines fall into its hours."""

import pytest

from benchmarks.corpus import lines_by_hour


@pytest.mark.parametrize("count", [0, 1, 1_000, 1_000_003])
def test_the_hours_add_up_to_the_day(count: int) -> None:
    """Each line falls into one of 24 hours."""
    hours = lines_by_hour(count)

    assert (len(hours), sum(hours)) == (24, count)
    assert min(hours) >= 0
