"""Counted days on disk without the tweets they would come from, made once and kept.

.cache/bench/counted-365-1f3a9c2b/    a storage: 365 days and one more, their counts/ and state/, hollow raw/

A year of 50 million tweets would take 160 GB. So the rows of `counts` are drawn, written by the project's own
writer, and folded into `state/` day by day as `report compact` does; the raw objects are there to be listed.
What is known forgets in 60 days, so that after 75 it is as large as after a year: the days before are copies.
"""

import hashlib
import json
import os
import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.corpus import ROOT
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.duckdb_counting import PARQUET
from report.adapters.duckdb_counts import write_counts
from report.adapters.duckdb_dialect import connect
from report.adapters.duckdb_kept import make_counts_from
from report.composition import history_of
from report.facts import Facts
from report.history import VERSION, Settled, Sources
from report.places import counted_day, raw_hour
from report.setting_rules import StorageUrl
from report.settings import Settings
from report.storage import Storage
from report.window import day_window

DAY = date(2026, 11, 20)
TWEETS_A_DAY = 137_000  # 50 million in a year
_FOLDED = 75
_TAGS = 50_000
_PASSING = 1 / 50  # of the tweets: hashtags that come for a day
_TAIL = 1.5
_ROWS = """
INSERT INTO counts SELECT
    CAST('{day}' AS DATE), tag, tag, tweets, authors, busiest,
    tweets * 2 // 3, authors * 2 // 3, busiest * 2 // 3,
    CAST('{day}' AS TIMESTAMP), CAST('{day}' AS TIMESTAMP) + INTERVAL '23' HOUR,
    [{{'spelling': tag, 'tweets': tweets - tweets // 4, 'originals': tweets // 2}},
     {{'spelling': upper(tag), 'tweets': tweets // 4, 'originals': tweets // 8}}],
    list_transform(range(least(tweets, 96)), lambda nth: {{
        'quarter': CAST('{day}' AS TIMESTAMP) + to_minutes(15 * (nth * 96 // least(tweets, 96))),
        'tweets': tweets // least(tweets, 96), 'originals': tweets * 2 // 3 // least(tweets, 96)}}),
    [{{'tag': 'tag1', 'tweets': tweets // 9}}, {{'tag': 'tag2', 'tweets': tweets // 10}}]
FROM drawn WHERE tweets > 0
"""


def counted_days(known: int, root: Path = ROOT) -> Path:
    """Return a storage in which `DAY` is counted, and `known` days before it are counted and known."""
    version = hashlib.sha256(f"{Path(__file__).read_text()} {VERSION}".encode()).hexdigest()[:8]
    folder = root / f"counted-{known}-{version}"
    if not folder.exists():
        beside = folder.with_name(f"{folder.name}-{os.getpid()}.part")
        shutil.rmtree(beside, ignore_errors=True)
        try:
            _write(beside, known)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return folder


def settings_for(folder: Path) -> Settings:
    """Return the settings of a laptop whose storage is the folder."""
    return Settings(storage_url=StorageUrl(folder=folder))


def _write(folder: Path, known: int) -> None:
    storage = DirectoryStorage(folder)
    days = [DAY - timedelta(days=back) for back in range(known, -1, -1)]
    for day in days:
        start = datetime.combine(day, time.min, UTC)
        storage.put(f"{raw_hour(start)}tweets.jsonl", b"\n", "text/plain")
    history, sources = history_of(storage, settings_for(folder)), Sources(storage)
    for day in days[-_FOLDED:]:
        with connect({"threads": 2}) as connection:
            _write_counts(connection, storage, day, sources, folder / "counts.parquet")
        history.settle_day(day, Settled(), sources)
    for day in days[:-_FOLDED]:
        storage.put(counted_day("UTC", day), storage.get(counted_day("UTC", DAY)), PARQUET)


def _write_counts(
    connection: duckdb.DuckDBPyConnection, storage: Storage, day: date, sources: Sources, path: Path
) -> None:
    make_counts_from(connection, None)
    connection.register("drawn", _drawn(day))
    connection.execute(_ROWS.format(day=day.isoformat()))
    window = day_window(day, Settings().timezone)
    said = {"version": str(VERSION), "sources": json.dumps(sources.of(window)), "zone": "UTC"}
    write_counts(connection, {**said, "facts": _facts(day).to_json()}, path)
    storage.put(counted_day("UTC", day), path.read_bytes(), PARQUET)
    path.unlink()


def _drawn(day: date) -> pd.DataFrame:
    """A day's hashtags: by Zipf's law, and those that come for this day alone."""
    chance = np.random.default_rng(day.toordinal())
    share = 1 / np.arange(1, _TAGS + 1)
    usual = chance.poisson(TWEETS_A_DAY * share / share.sum())
    passing = (1 + chance.pareto(_TAIL, chance.poisson(TWEETS_A_DAY * _PASSING))).astype(np.int64)
    tweets = np.concatenate([usual, passing])
    names = [f"tag{rank}" for rank in range(_TAGS)]
    names += [f"day{day.toordinal()}x{number}" for number in range(passing.size)]
    authors = np.minimum(tweets, 1 + chance.binomial(np.maximum(tweets - 1, 0), 0.8))
    return pd.DataFrame({"tag": names, "tweets": tweets, "authors": authors, "busiest": tweets - authors + 1})


def _facts(day: date) -> Facts:
    start = datetime.combine(day, time.min, UTC)
    quarter = TWEETS_A_DAY // 96
    hours = [
        {"quarter": start + timedelta(minutes=15 * at), "tweets": quarter, "observed_minutes": 15}
        for at in range(96)
    ]
    counted = {
        "tweets": TWEETS_A_DAY,
        "retweets": TWEETS_A_DAY // 3,
        "counted": TWEETS_A_DAY,
        "authors": TWEETS_A_DAY // 2,
        "observed_minutes": 1440,
    }
    languages = [
        {"lang": lang, "tweets": TWEETS_A_DAY // part} for part, lang in enumerate(("en", "ja", "es"), 2)
    ]
    documents = [{"kind": "tweet", "notice_kind": None, "documents": TWEETS_A_DAY}]
    return Facts.of(
        {"tweet_count": [counted], "hours": hours, "languages": languages, "document_count": documents}
    )
