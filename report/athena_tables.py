"""What Athena must be told once: its tables over our storage, and a day's compaction in its own hands.

Each text is one statement, since Athena takes one at a time. `python -m report athena-tables` writes
them for a storage; deploy/athena/ shows them for a bucket of an invented name.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from report.athena_sql import tables
from report.columns import COUNTS, RAW_TWEETS, TWEETS, Type, athena_type
from report.places import counted_days
from report.window import day_window

SAMPLE_LOCATION = "s3://your-bucket/your-prefix/"
SAMPLE_DAY = date(2026, 11, 20)
_FIRST_DAY = date(2006, 3, 21)  # of the first tweet: none can lie before
_JSON = (
    "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
    "WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')",  # a row of nulls, which counts as refused
    "STORED AS TEXTFILE",
)
_PARQUET = ("STORED AS PARQUET",)


def athena_statements(database: str, location: str, zone: str, day: date) -> dict[str, str]:
    """Return each file's name and its statement.

    `location` is where storage begins, such as "s3://bucket/prefix/"; `zone` is the name of that whose
    days are counted; `day` (UTC) is compacted.
    """
    return {
        "database.sql": f"CREATE DATABASE IF NOT EXISTS `{database}`\n",
        "raw_tweets.sql": _raw_tweets(database, location),
        "tweets.sql": _tweets(database, location),
        "counts.sql": _counts(database, location, zone),
        "compact_day.sql": _compact_day(database, day),
    }


def _raw_tweets(database: str, location: str) -> str:
    return _table(
        f"`{database}`.`raw_tweets`",
        RAW_TWEETS,
        "`dt` string, `hour` int",
        _JSON,
        f"{location}raw/",
        {
            **_by_day(),
            "projection.hour.type": "integer",
            "projection.hour.range": "0,23",
            "projection.hour.digits": "2",
            "storage.location.template": f"{location}raw/dt=${{dt}}/hour=${{hour}}/",
        },
    )


def _tweets(database: str, location: str) -> str:
    return _table(
        f"`{database}`.`tweets`",
        TWEETS,
        "`dt` string",
        _PARQUET,
        f"{location}tweets/",
        {
            "parquet.compression": "ZSTD",
            **_by_day(),
            "storage.location.template": f"{location}tweets/dt=${{dt}}/",
        },
    )


def _counts(database: str, location: str, zone: str) -> str:
    """One object a day, all in one folder: `day` is a column of theirs, by which Athena skips."""
    return _table(f"`{database}`.`counts`", COUNTS, "", _PARQUET, f"{location}{counted_days(zone)}", {})


def _compact_day(database: str, day: date) -> str:
    """Add the day's tweets to `tweets`, save those it has, or the day before has: it may run again."""
    columns = ", ".join(f'"{name}"' for name in TWEETS)
    return (
        f'INSERT INTO "{database}"."tweets"\n'  # noqa: S608 our own words
        f"WITH {tables(day_window(day, ZoneInfo('UTC')), database)}\n"
        f"SELECT {columns}, '{day}' AS dt\n"
        "FROM tweets\n"
        f'WHERE id NOT IN (SELECT id FROM "{database}"."tweets"'
        f" WHERE dt IN ('{day - timedelta(days=1)}', '{day}'))\n"
    )


def _table(
    name: str,
    columns: Mapping[str, Type],
    partitions: str,
    form: tuple[str, ...],
    location: str,
    properties: Mapping[str, str],
) -> str:
    listed = ",\n".join(f"    `{column}` {athena_type(kind)}" for column, kind in columns.items())
    said = ",\n".join(f"    '{word}' = '{value}'" for word, value in properties.items())
    parts = (
        f"CREATE EXTERNAL TABLE IF NOT EXISTS {name} (",
        listed,
        ")",
        f"PARTITIONED BY ({partitions})" if partitions else "",
        *form,
        f"LOCATION '{location}'",
        f"TBLPROPERTIES (\n{said}\n)" if said else "",
    )
    return "\n".join(filter(None, parts)) + "\n"


def _by_day() -> dict[str, str]:
    """Let Athena reckon the days by itself, so that no partition need ever be announced to it."""
    return {
        "projection.enabled": "true",
        "projection.dt.type": "date",
        "projection.dt.format": "yyyy-MM-dd",
        "projection.dt.range": f"{_FIRST_DAY},NOW",
    }
