"""Rules for the trends report as a whole."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from report.catalogue import Ingredients, find
from report.catalogue.trends.describing import describe
from report.errors import BuildError, NotBegun
from report.history import Counted, CountedDay, Settled, day_before
from report.periods import so_far, week_period
from report.values import Period
from report.window import Window
from tests.fakes import MemoryStorage
from tests.report_builders import (
    a_counted_day,
    a_counted_week,
    a_period,
    a_trend,
    a_week,
    some_counts,
    some_totals,
)

SECTIONS = [
    "Top 10",
    "What rose",
    "What fell",
    "What is known of the top 10",
    "The day's course",
    "Spellings",
    "Languages",
    "How this was counted",
]


def titles(day: CountedDay) -> list[str]:
    return [section.title for section in describe(day).sections]


def test_news_comes_before_the_small_print() -> None:
    """The ten, what moved, what is known; then the day's course; how it was counted comes last."""
    assert titles(a_counted_day(a_trend())) == SECTIONS


def test_nothing_is_said_to_fall_before_the_day_is_over() -> None:
    """The evening is yet to come."""
    counts = some_counts(period=replace(a_period(), is_open=True))

    assert titles(a_counted_day(a_trend(), counts=counts)) == [one for one in SECTIONS if one != "What fell"]


def test_a_mail_never_goes_without_the_news_and_the_rules() -> None:
    """What may be left out, and in which order: spellings first, the day's course last."""
    spare = {section.title: section.spare for section in describe(a_counted_day(a_trend())).sections}
    order = sorted((title for title, rank in spare.items() if rank), key=lambda title: -spare[title])

    assert order == ["Spellings", "Languages", "What is known of the top 10", "The day's course"]


def test_an_empty_day_has_a_report_too() -> None:
    """Nothing collected is said in the headline; no table of nothing follows."""
    totals = some_totals(tweets=0, counted=0, retweets=0, authors=0, observed_minutes=0)

    assert titles(a_counted_day(counts=some_counts(totals=totals, per_hour=0))) == ["How this was counted"]


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

    def settle_week(self, week: Period) -> None:
        self.settle(week.day)

    def look_at_week(self, week: Period) -> Counted:
        return a_counted_week(a_trend("budget"))


def test_what_is_read_is_made_first() -> None:
    """The day is settled, then its objects and those of the day before are named, if they are there."""
    storage = MemoryStorage()
    counted, state = "counts/UTC/2026-11-20.parquet", "state/UTC/2026-11-19.json"
    history = Known(storage, counted, state, "state/UTC/2026-11-18.json")
    lines = list(find("trends").prepare(Ingredients(storage, history, storage), a_period()))

    assert history.settled == [date(2026, 11, 20)]
    assert [line.partition(" ")[0] for line in lines] == [counted, state]


def test_a_week_is_made_of_its_own_counts_and_those_of_the_week_before() -> None:
    """Neither the days' counts nor what is known of earlier days are read for it."""
    storage = MemoryStorage()
    weeks = ["weeks/UTC/2026-W47.parquet", "weeks/UTC/2026-W46.parquet"]
    found = Ingredients(storage, Known(storage, *weeks, "counts/UTC/2026-11-22.parquet"), storage)
    lines = list(find("trends").prepare(found, a_week()))

    assert [line.partition(" ")[0] for line in lines] == weeks
    assert find("trends").build(found, a_week()).period.is_week


def test_an_open_day_settles_the_one_before() -> None:
    """Today can't be settled; what is known up to yesterday can."""
    history = Known(storage := MemoryStorage())
    list(find("trends").prepare(Ingredients(storage, history, storage), replace(a_period(), is_open=True)))

    assert history.settled == [date(2026, 11, 19)]


def test_a_day_so_far_is_made_from_the_hours_up_to_its_end() -> None:
    """What is collected later in the day changes nothing; a late object of an earlier hour does."""
    storage, noon = MemoryStorage(), datetime(2026, 11, 20, 12, tzinfo=UTC)
    period = so_far(noon, ZoneInfo("UTC"))

    def made_from() -> list[str]:
        return list(find("trends").prepare(Ingredients(storage, Known(storage), storage), period))

    storage.put("raw/dt=2026-11-20/hour=11/a.json", b"{}")
    before = made_from()
    storage.put("raw/dt=2026-11-20/hour=12/later.json", b"{}")
    assert made_from() == before
    storage.put("raw/dt=2026-11-20/hour=11/late.json", b"{}")
    assert made_from() != before


def test_before_the_first_tweet_ever_there_is_no_report() -> None:
    """A mistyped storage gives no valid-looking page; a day that is open may have nothing so far."""
    storage = MemoryStorage()
    found, build = Ingredients(storage, Known(storage), storage), find("trends").build

    for period in (a_period(), week_period(a_period().day, ZoneInfo("UTC"))):
        with pytest.raises(NotBegun, match=f"no tweet was ever collected, so there is no {period.id} to rep"):
            build(found, period)
    assert build(found, replace(a_period(), is_open=True))


def test_a_day_before_the_first_is_a_mistake() -> None:
    """A mistyped year leaves no empty edition behind; a silent day since then is a report."""
    storage = MemoryStorage()
    storage.put("raw/dt=2026-11-20/hour=13/x.json", b"{}")
    found, early = Ingredients(storage, Known(storage), storage), a_period(date(2020, 1, 1))

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
