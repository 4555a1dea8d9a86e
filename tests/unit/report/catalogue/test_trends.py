"""Rules for the trends report."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from report.catalogue import Ingredients, find
from report.catalogue.trends import describe
from report.errors import BuildError, NotBegun
from report.history import CountedDay, Settled, day_before
from report.trends import Label
from report.values import ChartSpec, Period, Report, Strip, Table
from report.window import Window
from tests.fakes import MemoryStorage
from tests.report_builders import (
    a_counted_day,
    a_course,
    a_period,
    a_trend,
    some_counts,
    some_hours,
    some_totals,
)


def table(report: Report, slug: str) -> Table:
    return next(table for table in report.tables() if table.slug == slug)


@pytest.mark.parametrize(
    ("before", "place_before", "news"),
    [
        pytest.param(10, 2, "#budget rose from 2nd to 1st;", id="rose"),
        pytest.param(50, 1, "#budget stays first;", id="stays"),
        pytest.param(0, None, "#budget is new and first;", id="new"),
        pytest.param(58, 2, "#budget is first, 2nd the day before (within noise);", id="rose within noise"),
    ],
)
def test_headline_says_what_became_of_the_first(before: int, place_before: int | None, news: str) -> None:
    """The news comes first, then how much was seen."""
    report = describe(a_counted_day(a_trend("budget", 60, before, place_before=place_before)))

    assert report.headline.startswith(news)
    assert report.headline.endswith("100 tweets from 80 authors, 100\N{NO-BREAK SPACE}% of minutes seen.")


def test_an_empty_day_has_a_report_too() -> None:
    """Nothing collected is said in the headline; no table of nothing follows."""
    totals = some_totals(tweets=0, counted=0, retweets=0, authors=0, observed_minutes=0)
    report = describe(a_counted_day(counts=some_counts(totals=totals, per_hour=0)))

    assert report.headline == "Nothing was collected on Friday, 20 November 2026."
    assert [section.title for section in report.sections] == ["How this was counted"]


def test_a_day_without_hashtags_has_a_report() -> None:
    """Tweets without any hashtag still make a day."""
    assert describe(a_counted_day()).headline.startswith("No hashtag was used; 100 tweets")


def test_risers_are_only_those_that_really_rose() -> None:
    """The largest rise beyond chance comes first; within noise is left out."""
    up = Label.RISING
    day = a_counted_day(
        a_trend("a", 80, score=3.5, label=up), a_trend("food", 55), a_trend("b", 90, score=9.0, label=up)
    )

    assert [row[0] for row in table(describe(day), "risers").rows] == ["b", "a"]


def test_top_table_has_ten_rows_at_most() -> None:
    """Ten is what a boss reads; data.json has more."""
    trends = [a_trend(f"tag{place}", 50 - place, place=place) for place in range(1, 31)]
    report = describe(a_counted_day(*trends))

    assert len(table(report, "top-hashtags").rows) == 10
    assert [tag["rank"] for tag in report.data["tags"]] == list(range(1, 31))


def test_an_unobserved_hour_is_a_gap_and_not_zero() -> None:
    """The chart has None where nothing was observed, and the strip shades the missing minutes."""
    hours = some_hours(a_period())
    hours = (*hours[:7], replace(hours[7], tweets=0, observed_minutes=0), *hours[8:])
    report = describe(a_counted_day(a_trend(), counts=replace(some_counts(), hours=hours)))
    chart = next(block for block in report.blocks() if isinstance(block, ChartSpec))
    strip = next(block for block in report.blocks() if isinstance(block, Strip))

    assert chart.series[0].values[6:9] == (4.0, None, 4.0)
    assert strip.lines[1].weights[6:9] == (0, 60, 0)


def test_course_sums_quarters_by_three_hours_of_the_zone() -> None:
    """A quarter belongs to the block of the zone's hours it lies in."""
    quarters = (datetime(2026, 11, 19, 23, tzinfo=UTC), 2), (datetime(2026, 11, 20, 2, tzinfo=UTC), 3)
    report = describe(
        a_counted_day(
            a_trend(),
            courses=[a_course(quarters=quarters)],
            counts=some_counts(period=a_period(zone="Europe/Paris")),
            before=some_counts(period=a_period(date(2026, 11, 19), "Europe/Paris")),
        )
    )

    assert table(report, "course").rows[0][:3] == ("budget", 2, 3)


def test_a_day_of_25_hours_names_its_columns_apart() -> None:
    """The hour that comes twice gives no two columns one name in the CSV."""
    counts = some_counts(period=a_period(date(2026, 10, 25), "Europe/Paris"))
    columns = table(describe(a_counted_day(a_trend(), counts=counts)), "course").columns

    assert len({column.csv_name for column in columns}) == len(columns)


def test_an_open_day_is_set_beside_as_much_of_yesterday() -> None:
    """Noon today compares with noon yesterday, not with all of yesterday."""
    whole = a_period()
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    so_far = replace(whole, window=Window(whole.window.start, noon), is_open=True)

    assert day_before(so_far).window.end == datetime(2026, 11, 19, 12, tzinfo=UTC)


class Known:
    """A history that knows one day, and remembers what it settled."""

    def __init__(self, storage: MemoryStorage, *made: str) -> None:
        self.storage, self.made = storage, made
        self.settled: list[date] = []

    def settle(self, day: date) -> Settled:
        self.settled.append(day)
        for key in self.made:
            self.storage.put(key, b"made")
        return Settled()

    def look(self, period: Period) -> CountedDay:
        return a_counted_day(a_trend("budget"))


def test_what_is_read_is_made_first() -> None:
    """The day is settled, then its objects and those of the day before are named, if they are there."""
    storage = MemoryStorage()
    counted, state = "counts/UTC/2026-11-20.parquet", "state/UTC/2026-11-19.json"
    history = Known(storage, counted, state, "state/UTC/2026-11-18.json")
    objects = list(find("trends").prepare(Ingredients(storage, history), a_period()))

    assert history.settled == [date(2026, 11, 20)]
    assert [info.key for info in objects] == [counted, state]


def test_an_open_day_settles_the_one_before() -> None:
    """Today can't be settled; what is known up to yesterday can."""
    history = Known(storage := MemoryStorage())
    list(find("trends").prepare(Ingredients(storage, history), replace(a_period(), is_open=True)))

    assert history.settled == [date(2026, 11, 19)]


def test_a_day_before_the_first_is_a_mistake() -> None:
    """A mistyped year leaves no empty edition behind; a silent day since then is a report."""
    storage = MemoryStorage()
    storage.put("raw/dt=2026-11-20/hour=13/x.json", b"{}")
    found, early = Ingredients(storage, Known(storage)), a_period(date(2020, 1, 1))

    for verb in (find("trends").build, lambda *asked: list(find("trends").prepare(*asked))):
        with pytest.raises(
            NotBegun, match="2020-01-01 is before anything was collected: that began on 2026-11-20"
        ):
            verb(found, early)
    assert find("trends").build(found, a_period(date(2026, 11, 22)))


def test_an_unknown_report_is_named_with_those_there_are() -> None:
    """The error helps to the right name."""
    with pytest.raises(BuildError, match=r"no report named 'trend'; there are: .*trends"):
        find("trend")
