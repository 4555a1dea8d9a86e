"""Rules for a day's charts."""

from dataclasses import replace

from report.catalogue.trends.charts import hours_chart, hours_strip, languages_chart
from tests.report_builders import a_period, some_counts, some_hours, some_totals


def test_an_unobserved_hour_is_a_gap_and_not_zero() -> None:
    """The chart has None where nothing was observed, and the strip shades the missing minutes."""
    hours = some_hours(a_period())
    hours = (*hours[:7], replace(hours[7], tweets=0, observed_minutes=0), *hours[8:])
    counts = replace(some_counts(), hours=hours)

    assert hours_chart(counts, some_counts()).series[0].values[6:9] == (4.0, None, 4.0)
    assert hours_strip(counts).lines[1].weights[6:9] == (0, 60, 0)


def test_a_day_before_that_was_not_collected_is_not_drawn() -> None:
    """No grey line along the bottom."""
    before = some_counts(totals=some_totals(tweets=0, counted=0))

    assert len(hours_chart(some_counts(), before).series) == 1
    assert len(hours_chart(some_counts(), some_counts()).series) == 2


def test_old_and_new_codes_of_a_language_are_one() -> None:
    """Twitter says "in" and "id" for Indonesian; what is left over is "other"."""
    languages = (
        ("in", 30),
        ("en", 25),
        ("id", 20),
        *((code, 3) for code in ("ja", "es", "pt", "ar", "ko", "fr", "tr", "th")),
    )
    chart = languages_chart(replace(some_counts(), languages=languages))

    assert (chart.labels[0], chart.series[0].values[0]) == ("Indonesian", 50.0)
    assert (len(chart.labels), chart.labels[-1], chart.series[0].values[-1]) == (9, "other", 6.0)
