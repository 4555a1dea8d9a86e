"""What Athena must be told once: its tables over our storage, and a day's compaction in its own hands.

Each text is one statement, since Athena takes one at a time. `python -m report athena-tables` writes
them for a storage; deploy/athena/ shows them for a bucket of an invented name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from report.athena_sql import tables
from report.columns import COUNTS, RAW_TWEETS, TWEETS, Type, athena_type
from report.places import counted_days
from report.window import day_window

SAMPLE_LOCATION = "s3://your-bucket/your-prefix/"
SAMPLE_DAY = date(2026, 11, 20)
_FIRST_DAY = date(2006, 3, 21)  # of the first tweet: none can lie before


@dataclass(frozen=True)
class Form:
    """How a table's objects are written: what Athena's CREATE TABLE calls it, and who reads and writes it.

    The three classes are what that wording stands for in Glue's catalog.
    """

    clauses: tuple[str, ...]
    input_format: str
    output_format: str
    reader: str
    reader_options: Mapping[str, str] = field(default_factory=dict)


JSON = Form(
    (
        "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
        "WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')",  # a row of nulls, which counts as refused
        "STORED AS TEXTFILE",
    ),
    "org.apache.hadoop.mapred.TextInputFormat",
    "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "org.openx.data.jsonserde.JsonSerDe",
    {"ignore.malformed.json": "true"},
)
PARQUET = Form(
    ("STORED AS PARQUET",),
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
)


@dataclass(frozen=True)
class AthenaTable:
    """A table over our storage; the types of `partitions` are spelt as Athena spells them."""

    name: str
    columns: Mapping[str, Type]
    partitions: Mapping[str, str]
    form: Form
    location: str
    properties: Mapping[str, str]


def athena_statements(database: str, location: str, zone: str, day: date) -> dict[str, str]:
    """Return each file's name and its statement.

    `location` is where storage begins, such as "s3://bucket/prefix/"; `zone` is the name of that whose
    days are counted; `day` (UTC) is compacted.
    """
    return {
        "database.sql": f"CREATE DATABASE IF NOT EXISTS `{database}`\n",
        **{f"{table.name}.sql": _create(database, table) for table in athena_tables(location, zone)},
        "compact_day.sql": _compact_day(database, day),
    }


def athena_tables(location: str, zone: str) -> tuple[AthenaTable, ...]:
    """Return the tables over the storage that begins at `location`, with the counts of `zone`'s days.

    Of `counts` one folder holds an object a day: `day` is a column of theirs, by which Athena skips.
    """
    return (
        AthenaTable(
            "raw_tweets",
            RAW_TWEETS,
            {"dt": "string", "hour": "int"},
            JSON,
            f"{location}raw/",
            {
                **_by_day(),
                "projection.hour.type": "integer",
                "projection.hour.range": "0,23",
                "projection.hour.digits": "2",
                "storage.location.template": f"{location}raw/dt=${{dt}}/hour=${{hour}}/",
            },
        ),
        AthenaTable(
            "tweets",
            TWEETS,
            {"dt": "string"},
            PARQUET,
            f"{location}tweets/",
            {
                "parquet.compression": "ZSTD",
                **_by_day(),
                "storage.location.template": f"{location}tweets/dt=${{dt}}/",
            },
        ),
        AthenaTable("counts", COUNTS, {}, PARQUET, f"{location}{counted_days(zone)}", {}),
    )


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


def _create(database: str, table: AthenaTable) -> str:
    listed = ",\n".join(f"    `{column}` {athena_type(kind)}" for column, kind in table.columns.items())
    said = ",\n".join(f"    '{word}' = '{value}'" for word, value in table.properties.items())
    partitions = ", ".join(f"`{name}` {kind}" for name, kind in table.partitions.items())
    parts = (
        f"CREATE EXTERNAL TABLE IF NOT EXISTS `{database}`.`{table.name}` (",
        listed,
        ")",
        f"PARTITIONED BY ({partitions})" if partitions else "",
        *table.form.clauses,
        f"LOCATION '{table.location}'",
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
