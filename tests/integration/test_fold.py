"""Rules for the SQL texts about counted days: what they fold and choose is what plain Python does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import resources

import duckdb
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from report.adapters.duckdb_dialect import connect, filled, spoken
from report.engine import Row, history_text
from report.trends import DAY_MINUTES, Parameters, Training, step

FIRST = date(2026, 10, 1)
TOP, KEPT_DAYS = 2, 5
FOLDER = resources.files("report").joinpath("sql", "history")
TEXTS = sorted(path.name.removesuffix(".sql") for path in FOLDER.iterdir())
TAGS = ("a", "b", "c", "é")
KEPT = Parameters().kept
_STATE = (
    "key VARCHAR, tag VARCHAR, rate DOUBLE, variance DOUBLE, first_day DATE, last_day DATE, days_seen BIGINT,"
    " days_unseen BIGINT, days_in_top BIGINT, last_in_top DATE, best_place BIGINT, best_day DATE"
)

some_days = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 600, DAY_MINUTES]),  # observed minutes
        st.dictionaries(st.sampled_from(TAGS), st.integers(1, 50)),
    ).map(lambda day: day if day[0] else (0, {})),
    min_size=1,
    max_size=15,
)
Days = list[tuple[int, dict[str, int]]]


@dataclass(frozen=True)
class Known:
    """What the fold keeps of a hashtag, but its estimates."""

    first_day: date
    last_day: date
    days_seen: int = 0
    days_unseen: int = 0
    days_in_top: int = 0
    last_in_top: date | None = None
    best_place: int | None = None
    best_day: date | None = None

    def after(self, day: date, place: int | None, is_observed: bool) -> "Known":
        """Return it a day later, by the definitions."""
        if place is None:
            return replace(self, days_unseen=self.days_unseen + is_observed)
        seen = replace(self, last_day=day, days_seen=self.days_seen + 1, days_unseen=0)
        if place <= TOP:
            seen = replace(seen, days_in_top=self.days_in_top + 1, last_in_top=day)
        if self.best_place is None or place < self.best_place:
            seen = replace(seen, best_place=place, best_day=day)
        return seen

    def is_kept(self) -> bool:
        """Whether it is still remembered."""
        return self.days_in_top > 0 or self.days_unseen <= KEPT_DAYS


def rank(connection: duckdb.DuckDBPyConnection, table: str, tweets: Mapping[str, int]) -> None:
    """Make a table of ranks, as ranked.sql does, of hashtags that each author used once."""
    rows = sorted(tweets.items(), key=lambda one: (-one[1], one[0]))
    connection.execute(
        f"CREATE OR REPLACE TABLE {table} (key VARCHAR, tag VARCHAR, tweets BIGINT, authors BIGINT,"
        " busiest BIGINT, place BIGINT)"
    )
    for place, (tag, count) in enumerate(rows, 1):
        connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, 1, ?)", [tag, tag, count, count, place])


def fold(connection: duckdb.DuckDBPyConnection, days: Days) -> Training:
    """Fold days into the table `state` as the project does; return what it comes from."""
    connection.execute(f"CREATE OR REPLACE TABLE state ({_STATE})")
    training: Training | None = None
    for number, (minutes, tweets) in enumerate(days):
        rank(connection, "ranked", tweets)
        day = FIRST + timedelta(days=number)
        scale = DAY_MINUTES / minutes if minutes else 0.0
        moved = step(training, minutes, KEPT)
        values: list[str | int | float] = [moved, scale, day.isoformat(), int(minutes > 0), TOP, KEPT_DAYS]
        text = filled(spoken(history_text("fold")[0]), values)
        connection.execute(f"CREATE TABLE after AS {text}")
        connection.execute("DROP TABLE state; ALTER TABLE after RENAME TO state")
        training = (training or Training(day, day, 0, 0.0)).after(day, minutes, KEPT)
    assert training is not None
    return training


def rows_of(connection: duckdb.DuckDBPyConnection, text: str) -> list[Row]:
    cursor = connection.execute(text)
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def state_of(days: Days) -> dict[str, Row]:
    with connect() as connection:
        fold(connection, days)
        return {row["key"]: row for row in rows_of(connection, "SELECT * FROM state ORDER BY key")}


def remembered(days: Days) -> dict[str, Known]:
    """Return what is known by the definitions, day by day."""
    known: dict[str, Known] = {}
    for number, (minutes, tweets) in enumerate(days):
        day = FIRST + timedelta(days=number)
        places = {
            tag: place for place, tag in enumerate(sorted(tweets, key=lambda tag: (-tweets[tag], tag)), 1)
        }
        known = {tag: Known(day, day) for tag in tweets if tag not in known} | known
        known = {tag: one.after(day, places.get(tag), minutes > 0) for tag, one in known.items()}
        known = {tag: one for tag, one in known.items() if one.is_kept()}
    return known


def weighted(days: Days, tag: str, since: date) -> tuple[float, float]:
    """Return the mean and the variance of a hashtag's daily rates, each day by its weight, in two passes.

    Before it was known, its rate was 0: that is what not being there means.
    """
    weights, rates = [], []
    for number, (minutes, tweets) in enumerate(days):
        weights.append(0.5 ** ((len(days) - 1 - number) / 7) * minutes / DAY_MINUTES)
        known = FIRST + timedelta(days=number) >= since
        rates.append(tweets.get(tag, 0) * DAY_MINUTES / minutes if minutes and known else 0.0)
    total = sum(weights)
    mean = sum(w * rate for w, rate in zip(weights, rates, strict=True)) / total
    return mean, sum(w * (rate - mean) ** 2 for w, rate in zip(weights, rates, strict=True)) / total


@given(some_days)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_fold_is_the_weighted_mean_and_variance_of_all_days(days: Days) -> None:
    """Folding day by day forgets nothing: it gives what one sum over the whole history gives."""
    for tag, row in state_of(days).items():
        mean, variance = weighted(days, tag, row["first_day"])
        assert row["rate"] == pytest.approx(mean, rel=1e-9, abs=1e-9)
        assert row["variance"] == pytest.approx(variance, rel=1e-6, abs=1e-6)


@given(some_days)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_fold_remembers_what_was(days: Days) -> None:
    """First and last day, days seen and unseen, the top and the best place: all by their definitions."""
    found = {
        tag: Known(**{name: row[name] for name in Known.__dataclass_fields__})
        for tag, row in state_of(days).items()
    }

    assert found == remembered(days)


def test_an_unobserved_day_changes_no_estimate() -> None:
    """What nobody saw says nothing: neither rates nor days unseen move."""
    before = state_of([(DAY_MINUTES, {"a": 10}), (DAY_MINUTES, {"a": 20})])["a"]
    after = state_of([(DAY_MINUTES, {"a": 10}), (DAY_MINUTES, {"a": 20}), (0, {})])["a"]

    assert after == before


def test_hashtags_of_the_top_are_never_forgotten() -> None:
    """Others are, some days after they were last seen."""
    days: Days = [(DAY_MINUTES, {"a": 9, "b": 8, "c": 1}), *[(DAY_MINUTES, {})] * (KEPT_DAYS + 1)]

    assert set(state_of(days[:-1])) == {"a", "b", "c"}
    assert set(state_of(days)) == {"a", "b"}


# ---- candidates -------------------------------------------------------------------------------------


def candidates(
    days: Days, earlier: Mapping[str, int], today: Mapping[str, int], values: Iterable[float]
) -> list[Row]:
    with connect() as connection:
        fold(connection, days)
        rank(connection, "earlier", earlier)
        rank(connection, "ranked", today)
        return rows_of(connection, filled(spoken(history_text("candidates")[0]), values))


def test_candidates_are_the_first_the_supported_and_the_expected() -> None:
    """One by its place, one by its tweets, one by what was expected though it is not there."""
    month: Days = [(DAY_MINUTES, {"gone": 30, "rare": 2, "b": 5})] * 3
    rows = candidates(month, {"b": 5}, {"first": 40, "b": 6, "few": 3}, [1.0, 1, 5, 3, 5])

    assert [(row["key"], row["place"], row["tweets"]) for row in rows] == [
        ("first", 1, 40),
        ("b", 2, 6),
        ("gone", None, 0),
    ]
    assert [row["rate"] for row in rows] == [None, pytest.approx(5), pytest.approx(30)]
    assert [(row["place_before"], row["tweets_before"]) for row in rows] == [(None, 0), (1, 5), (None, 0)]


def test_less_is_expected_of_half_a_day() -> None:
    """Six a day are three in half of it."""
    month: Days = [(DAY_MINUTES, {"six": 6})]

    assert candidates(month, {}, {}, [1.0, 100, 5, 3, 5])
    assert candidates(month, {}, {}, [0.5, 100, 5, 3, 5]) == []


def test_candidates_without_any_history_are_the_days_own() -> None:
    """Where nothing is known, nothing is said of the past."""
    [row] = candidates([(0, {})], {}, {"a": 5}, [1.0, 100, 5, 3, 5])

    assert (row["key"], row["tweets"], row["authors"], row["rate"], row["first_day"]) == (
        "a",
        5,
        5,
        None,
        None,
    )


# ---- the texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_read_by_athenas_parser_too(name: str) -> None:
    """One text serves DuckDB and Athena, and names its parameters."""
    text, parameters = history_text(name)

    assert len(sqlglot.parse(text, dialect="athena")) == 1
    assert text.count("?") == len(parameters)
