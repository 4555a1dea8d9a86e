"""Rules for what Athena is told of our storage."""

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
import sqlglot

from report.athena_tables import SAMPLE_DAY, SAMPLE_LOCATION, athena_statements
from report.columns import RAW_TWEETS, TWEETS, athena_type
from report.settings import Settings
from report.tweets.tweet import Tweet

FOLDER = Path(__file__).parents[3] / "deploy" / "athena"
STATEMENTS = athena_statements(Settings().athena_database, SAMPLE_LOCATION, "UTC", SAMPLE_DAY)


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_the_files_shown_are_the_ones_made(name: str) -> None:
    """deploy/athena holds what the command writes; `make athena` writes it anew."""
    assert (FOLDER / name).read_text(encoding="utf-8") == STATEMENTS[name]


def test_no_file_is_left_from_before() -> None:
    """Each file there is one the command makes."""
    assert {path.name for path in FOLDER.iterdir()} == set(STATEMENTS)


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_every_file_is_one_statement_of_athena(name: str) -> None:
    """Athena takes one statement at a time."""
    assert len(sqlglot.parse(STATEMENTS[name], dialect="athena")) == 1


def test_the_tables_have_the_columns_of_the_specification() -> None:
    """Nothing is named twice, left out, or of another type."""
    for name, columns in (("raw_tweets.sql", RAW_TWEETS), ("tweets.sql", TWEETS)):
        listed = STATEMENTS[name].partition("(\n")[2].partition("\n)")[0].split(",\n")
        assert [line.strip() for line in listed] == [
            f"`{column}` {athena_type(kind)}" for column, kind in columns.items()
        ]


def test_the_table_of_tweets_is_the_value_tweet() -> None:
    """Its columns are the fields of `Tweet`, in their order."""
    assert list(TWEETS) == [item.name for item in fields(Tweet)]


def test_places_follow_the_storage() -> None:
    """Bucket and prefix are the settings', the folders those of `report.places`."""
    made = athena_statements("other", "s3://mine/a/", "Europe/Paris", date(2024, 3, 1))

    assert "'s3://mine/a/raw/dt=${dt}/hour=${hour}/'" in made["raw_tweets.sql"]
    assert "'s3://mine/a/tweets/dt=${dt}/'" in made["tweets.sql"]
    assert "`other`.`raw_tweets`" in made["raw_tweets.sql"]
    assert "dt IN ('2024-02-29', '2024-03-01')" in made["compact_day.sql"]
