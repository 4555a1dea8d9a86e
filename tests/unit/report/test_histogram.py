"""Rules for ranges that numbers fall into."""

from hypothesis import given
from hypothesis import strategies as st

from report.histogram import MOST, histogram


@given(st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=1, max_size=60))
def test_each_value_lies_in_one_range(values: list[float]) -> None:
    """Whatever the numbers, there are a few ranges side by side, and none is lost."""
    chart, table = histogram("T", "rate", "counties", values)

    assert sum(value or 0 for value in chart.series[0].values) == len(values)
    assert 1 <= len(chart.labels) == len(table.rows) <= MOST + 2
    assert float(chart.edges[0]) <= min(values) <= max(values) < float(chart.edges[-1])


def test_a_value_on_an_edge_counts_to_its_right() -> None:
    """0.3 lies in [0.3, 0.4), though as a double it is a little less than three tenths."""
    chart, _ = histogram("T", "rate", "counties", [0.0, 0.3, 2.0])

    assert dict(zip(chart.labels, chart.series[0].values, strict=True))["0.3 to 0.4"] == 1
