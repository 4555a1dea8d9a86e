"""Rules for the trends report."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from report.adapters.duckdb_engine import DuckDBEngine
from report.catalogue import Ingredients, find
from report.catalogue.trends import day_before, describe
from report.counts import CountingRules, DayCounts, TagCount
from report.errors import BuildError, NotBegun
from report.values import Change, ChartSpec, Report, Strip, Table, Verdict
from report.window import Window
from tests.fakes import MemoryStorage
from tests.report_builders import a_period, a_tag, some_counts, some_hours, some_totals

BEFORE = a_period(date(2026, 11, 19))


def described(counts: DayCounts, before: DayCounts | None = None) -> Report:
    return describe(counts, before or some_counts(period=BEFORE), {})


def table(report: Report, slug: str) -> Table:
    return next(table for table in report.tables() if table.slug == slug)


@pytest.mark.parametrize(
    ("yesterday", "news"),
    [
        pytest.param([a_tag("food", 60), a_tag("budget", 10)], "#budget rose from 2nd to 1st;", id="rose"),
        pytest.param([a_tag("budget", 50)], "#budget stays first;", id="stays"),
        pytest.param([a_tag("food", 50)], "#budget is new and first;", id="new"),
        pytest.param(
            [a_tag("food", 60), a_tag("budget", 58)],
            "#budget is first, 2nd the day before (within noise);",
            id="rose within noise",
        ),
    ],
)
def test_headline_says_what_became_of_the_first(yesterday: list[TagCount], news: str) -> None:
    """The news comes first, then how much was seen."""
    report = described(some_counts(a_tag("budget", 60)), some_counts(*yesterday, period=BEFORE))

    assert report.headline.startswith(news)
    assert report.headline.endswith("100 tweets from 80 authors, 100\N{NO-BREAK SPACE}% of minutes seen.")


def test_nothing_to_compare_with_is_said() -> None:
    """A first day claims no rise."""
    before = some_counts(period=BEFORE, totals=some_totals(tweets=0, counted=0, observed_minutes=0))
    report = described(some_counts(a_tag("budget", 60)), before)

    assert report.headline.startswith("#budget is first with 60 tweets;")
    assert not table(report, "risers").rows


def test_an_empty_day_has_a_report_too() -> None:
    """Nothing collected is said in the headline; no table of nothing follows."""
    totals = some_totals(tweets=0, counted=0, retweets=0, authors=0, observed_minutes=0)
    report = described(some_counts(totals=totals, per_hour=0))

    assert report.headline == "Nothing was collected on Friday, 20 November 2026."
    assert [section.title for section in report.sections] == ["How this was counted"]


def test_a_day_without_hashtags_has_a_report() -> None:
    """Tweets without any hashtag still make a day."""
    assert described(some_counts()).headline.startswith("No hashtag was used; 100 tweets")


def test_risers_are_only_those_that_really_rose() -> None:
    """The largest rise beyond chance comes first; within noise is left out."""
    before = some_counts(a_tag("food", 50), a_tag("a", 30), a_tag("b", 5), period=BEFORE)
    report = described(some_counts(a_tag("b", 90), a_tag("a", 80), a_tag("food", 55)), before)

    assert [row[0] for row in table(report, "risers").rows] == ["b", "a"]


def test_spellings_of_two_days_are_one_hashtag() -> None:
    """#Job yesterday and #job today are the same hashtag."""
    report = described(some_counts(a_tag("job", 20)), some_counts(a_tag("Job", 20), period=BEFORE))
    change = table(report, "top-hashtags").rows[0][-1]

    assert isinstance(change, Change)
    assert (change.before, change.verdict) == (20, Verdict.NOISE)


def test_top_table_has_ten_rows_at_most() -> None:
    """Ten is what a boss reads; data.json has more."""
    report = described(some_counts(*(a_tag(f"tag{place}", 50 - place) for place in range(30))))

    assert len(table(report, "top-hashtags").rows) == 10
    assert [tag["rank"] for tag in report.data["tags"]] == list(range(1, 31))


def test_an_unobserved_hour_is_a_gap_and_not_zero() -> None:
    """The chart has None where nothing was observed, and the strip shades the missing minutes."""
    hours = some_hours(a_period())
    hours = (*hours[:7], replace(hours[7], tweets=0, observed_minutes=0), *hours[8:])
    report = described(replace(some_counts(a_tag()), hours=hours))
    chart = next(block for block in report.blocks() if isinstance(block, ChartSpec))
    strip = next(block for block in report.blocks() if isinstance(block, Strip))

    assert chart.series[0].values[6:9] == (4.0, None, 4.0)
    assert strip.lines[1].weights[6:9] == (0, 60, 0)


def test_course_sums_quarters_by_three_hours_of_the_zone() -> None:
    """A quarter belongs to the block of the zone's hours it lies in."""
    period = a_period(zone="Europe/Paris")
    quarters = {datetime(2026, 11, 19, 23, tzinfo=UTC): 2, datetime(2026, 11, 20, 2, tzinfo=UTC): 3}
    report = describe(
        some_counts(a_tag("budget"), period=period),
        some_counts(period=a_period(date(2026, 11, 19), "Europe/Paris")),
        {"budget": quarters},
    )

    assert table(report, "course").rows[0][:3] == ("budget", 2, 3)


def test_a_day_of_25_hours_names_its_columns_apart() -> None:
    """The hour that comes twice gives no two columns one name in the CSV."""
    period = a_period(date(2026, 10, 25), "Europe/Paris")
    columns = table(described(some_counts(a_tag(), period=period)), "course").columns

    assert len({column.csv_name for column in columns}) == len(columns)


def test_an_open_day_is_set_beside_as_much_of_yesterday() -> None:
    """Noon today compares with noon yesterday, not with all of yesterday."""
    whole = a_period()
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    so_far = replace(whole, window=Window(whole.window.start, noon), is_open=True)

    assert day_before(so_far).window.end == datetime(2026, 11, 19, 12, tzinfo=UTC)


def test_a_day_before_the_first_is_a_mistake() -> None:
    """A mistyped year leaves no empty edition behind; a silent day since then is a report."""
    storage = MemoryStorage()
    storage.put("raw/dt=2026-11-20/hour=13/x.json", b"{}")
    found = Ingredients(DuckDBEngine(storage), storage, CountingRules())

    with pytest.raises(
        NotBegun, match="2020-01-01 is before anything was collected: that began on 2026-11-20"
    ):
        find("trends").build(found, a_period(date(2020, 1, 1)))
    assert (
        find("trends").build(found, a_period(date(2026, 11, 22))).headline.startswith("Nothing was collected")
    )


def test_an_unknown_report_is_named_with_those_there_are() -> None:
    """The error helps to the right name."""
    with pytest.raises(BuildError, match=r"no report named 'trend'; there are: .*trends"):
        find("trend")
