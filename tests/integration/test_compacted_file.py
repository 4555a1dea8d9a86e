"""Rules for the file a closed day becomes."""

from datetime import datetime
from pathlib import Path

from report.adapters.duckdb_dialect import connect, literal
from report.adapters.duckdb_parts import COLUMNS, ROWS_IN_GROUP, read_record, write_part
from report.compaction import Record

ROWS = 2 * ROWS_IN_GROUP + 1
RECORD = Record({"00" * 8: "00" * 4}, {("2026-11-20T00:00", "tweet", ""): ROWS})


def test_a_stretch_of_time_lies_in_few_row_groups(tmp_path: Path) -> None:
    """Row groups follow one another in time, so whoever asks for an hour passes over the others."""
    path = tmp_path / "day.parquet"
    with connect() as connection:
        connection.execute("CREATE SCHEMA day")
        connection.execute(
            "CREATE TABLE day.tweets AS SELECT i::VARCHAR AS id,"
            f" TIMESTAMP '2026-11-20' + to_milliseconds((i * 7919) % {ROWS}) AS seen_at,"
            " seen_at AS created_at,"
            " 'en' AS lang, '7' AS author_id, 'hello' AS text, []::VARCHAR[] AS hashtags,"
            f" false AS is_retweet, []::VARCHAR[] AS media_urls FROM range({ROWS}) AS numbers (i)"
        )
        write_part(connection, "day", RECORD, path)
        groups = connection.execute(
            "SELECT stats_min_value, stats_max_value, row_group_num_rows, compression"
            f" FROM parquet_metadata({literal(str(path))})"
            " WHERE path_in_schema = 'seen_at' ORDER BY row_group_id"
        ).fetchall()
        columns = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))})").fetchall()

        assert read_record(connection, path) == RECORD
    moments = [datetime.fromisoformat(moment) for group in groups for moment in group[:2]]
    assert moments == sorted(moments)
    assert [(rows, codec) for _, _, rows, codec in groups] == [
        (ROWS_IN_GROUP, "ZSTD"),
        (ROWS_IN_GROUP, "ZSTD"),
        (1, "ZSTD"),
    ]
    assert ", ".join(name for name, *_ in columns) == COLUMNS
