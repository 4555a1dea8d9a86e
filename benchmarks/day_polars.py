"""The day counted by polars: one lazy scan of the fields that are needed, then a few groupings."""

from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.answers import day_answer
from benchmarks.corpus import raw_files

_HASHTAGS = pl.List(pl.Struct({"text": pl.String, "tag": pl.String}))
_ENTITIES = pl.Struct({"hashtags": _HASHTAGS})
_LONGER = pl.Struct({"entities": _ENTITIES})
_REFERENCES = pl.List(pl.Struct({"type": pl.String, "id": pl.String}))
_SCHEMA = {
    "id_str": pl.String,
    "created_at": pl.String,
    "lang": pl.String,
    "user": pl.Struct({"id_str": pl.String}),
    "entities": _ENTITIES,
    "extended_tweet": _LONGER,
    "retweeted_status": pl.Struct({"id_str": pl.String, "entities": _ENTITIES, "extended_tweet": _LONGER}),
    "data": pl.Struct(
        {
            "id": pl.String,
            "created_at": pl.String,
            "lang": pl.String,
            "author_id": pl.String,
            "entities": _ENTITIES,
            "referenced_tweets": _REFERENCES,
        }
    ),
    "includes": pl.Struct({"tweets": pl.List(pl.Struct({"id": pl.String, "entities": _ENTITIES}))}),
}


def count(folder: Path) -> dict[str, Any]:
    """Count the day; of a v2 answer the first included tweet is taken for the one retweeted."""
    lines = pl.scan_ndjson(raw_files(folder), schema=_SCHEMA).select(_columns()).collect(engine="streaming")
    found = lines.filter(pl.col("id").is_not_null())
    tweets = found.unique("id")
    uses = (
        tweets.select("id", "author", pl.col("tags").list.unique())
        .explode("tags")
        .drop_nulls("tags")
        .with_columns(pl.col("tags").str.normalize("NFKC").str.to_lowercase())
        .unique(["id", "tags"])
        .group_by("tags", "author")
        .len()
        .group_by("tags")
        .agg(
            pl.col("len").sum().alias("tweets"),
            pl.len().alias("authors"),
            pl.col("len").max().alias("busiest"),
        )
    )
    hours = dict(tweets.group_by(pl.col("created_at").str.slice(11, 2)).len().rows())
    return day_answer(
        totals={
            "tweets": len(tweets),
            "retweets": int(tweets["is_retweet"].sum()),
            "authors": tweets["author"].n_unique(),
            "duplicates": len(found) - len(tweets),
            "notices": len(lines) - len(found),
            "minutes": tweets["created_at"].str.slice(11, 5).n_unique(),
        },
        hours=[count for _, count in sorted(hours.items())],
        languages=dict(tweets.group_by("lang").len().rows()),
        tags=uses.rows(),
    )


def _columns() -> list[pl.Expr]:
    data, original = pl.col("data").struct, pl.col("retweeted_status").struct
    included = pl.col("includes").struct.field("tweets").list.first().struct
    reference = data.field("referenced_tweets").list.first().struct.field("type")
    tags = pl.coalesce(
        original.field("extended_tweet").struct.field("entities").struct.field("hashtags"),
        original.field("entities").struct.field("hashtags"),
        pl.col("extended_tweet").struct.field("entities").struct.field("hashtags"),
        included.field("entities").struct.field("hashtags"),
        data.field("entities").struct.field("hashtags"),
        pl.col("entities").struct.field("hashtags"),
    )
    spelling = pl.coalesce(pl.element().struct.field("text"), pl.element().struct.field("tag"))
    return [
        pl.coalesce(data.field("id"), pl.col("id_str")).alias("id"),
        pl.coalesce(data.field("created_at"), pl.col("created_at")).alias("created_at"),
        pl.coalesce(data.field("lang"), pl.col("lang")).alias("lang"),
        pl.coalesce(data.field("author_id"), pl.col("user").struct.field("id_str")).alias("author"),
        (original.field("id_str").is_not_null() | (reference == "retweeted").fill_null(value=False)).alias(
            "is_retweet"
        ),
        tags.list.eval(spelling).alias("tags"),
    ]
