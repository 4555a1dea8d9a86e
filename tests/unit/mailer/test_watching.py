"""Rules for noticing that tweets no longer arrive, or that they are always the same."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailer.watching import SAMPLE, check_collector
from report.alerts import Alarm
from report.places import raw_hour, raw_slot
from report.storage import ObjectInfo
from tests.builders import a_v1_document
from tests.fakes import MemoryStorage

NOW = datetime(2026, 11, 21, 5, 15, tzinfo=UTC)
QUIET = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


class Lake(MemoryStorage):
    """A storage that counts what is asked of it."""

    listings = 0
    reads = 0

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        self.listings += 1
        return super().list(prefix)

    def get(self, key: str) -> bytes:
        self.reads += 1
        return super().get(key)


def a_lake(last: datetime, minutes: int = 90, text: str = "tweet {}", **changes: Any) -> Lake:
    """Return storage in which a feed's tweets came each minute, up to `last`."""
    lake = Lake()
    for back in range(minutes):
        tweet = a_v1_document(id=1990000000000000001 + back, text=text.format(back), **changes)
        lake.put(raw_slot(last - back * MINUTE, "0a1b2c3d"), json.dumps(tweet).encode())
    return lake


def alarms(lake: Lake, now: datetime = NOW, quiet: timedelta = QUIET) -> list[Alarm]:
    """Return what is wrong with the arrival of tweets."""
    return [finding.alarm for finding in check_collector(lake, now, quiet)]


@pytest.mark.parametrize(
    ("silent", "found"),
    [
        pytest.param(timedelta(0), [], id="this minute"),
        pytest.param(QUIET - MINUTE, [], id="almost"),
        pytest.param(QUIET, [Alarm.COLLECTOR_STOPPED], id="half an hour"),
        pytest.param(timedelta(hours=5), [Alarm.COLLECTOR_STOPPED], id="over midnight"),
        pytest.param(timedelta(days=40), [Alarm.COLLECTOR_STOPPED], id="for weeks"),
        pytest.param(-timedelta(minutes=20), [], id="a clock ahead"),
    ],
)
def test_a_collector_that_stores_nothing_has_stopped(silent: timedelta, found: list[Alarm]) -> None:
    """From ALERT_QUIET_MINUTES on, by the minute of the last tweet, however long ago that was."""
    assert alarms(a_lake(NOW - silent)) == found


def test_a_stopped_collector_is_said_with_its_last_tweet() -> None:
    """Since when, how long, and what to do."""
    [finding] = check_collector(a_lake(NOW - timedelta(hours=2)), NOW, QUIET)

    assert finding.says.startswith("no tweet was stored for 120 minutes, the last at 2026-11-21 03:15 UTC; ")
    assert "python -m collector fetch" in finding.says


def test_where_nobody_collects_nobody_stops() -> None:
    """A laptop's demo, an import and an empty storage hold no minute of a feed, and raise no alarm."""
    lake = Lake()
    assert alarms(lake) == []

    for back in range(300):
        lake.put(f"{raw_hour(NOW - timedelta(hours=back))}demo.jsonl", b"{}")
    lake.put("raw/dt=soon/hour=12/x.json", b"{}")
    lake.put("raw/dt=2026-11-20/hour=99/20261120T996100Z-feed.json", b"{}")
    lake.put(f"{raw_hour(NOW)}20261121T059900Z-feed.json", b"{}")
    lake.put(f"{raw_hour(NOW)}20261121T0512.txt", b"{}")
    assert alarms(lake) == []


def test_one_tweet_over_and_over_is_no_news() -> None:
    """A feed that repeats a tweet is stale, even where it numbers it anew each time."""
    [finding] = check_collector(a_lake(NOW, text="again"), NOW, QUIET)

    assert finding.alarm is Alarm.SOURCE_STALE
    assert (
        f"the last {SAMPLE} tweets stored are one and the same, written 2026-11-20 12:00 UTC" in finding.says
    )


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        pytest.param(90, "tweet {}", id="replaying old tweets"),
        pytest.param(SAMPLE - 1, "again", id="too few to tell"),
    ],
)
def test_what_differs_is_alive(minutes: int, text: str) -> None:
    """Old tweets replayed are no fault of the collector, and a few alike are chance."""
    lake = a_lake(NOW, minutes, text, created_at=datetime(2016, 4, 27, tzinfo=UTC))

    assert alarms(lake) == []


def test_what_is_no_tweet_is_left_to_counting() -> None:
    """A feed that answers with notices or rubbish is alive; what was refused stands in the report."""
    lake = a_lake(NOW)
    for number, key in enumerate([info.key for info in lake.list("raw/")][-SAMPLE:]):
        lake.put(key, [b'{"delete": {}}', b"{", b"[" * 100_000, b"5"][number % 4])

    assert alarms(lake) == []


def test_looking_costs_little() -> None:
    """While tweets arrive: two listings at most and a sample of reads, with years of history behind."""
    lake = a_lake(NOW)
    lake.listings = lake.reads = 0

    alarms(lake)
    assert (lake.listings, lake.reads) == (1, SAMPLE)

    stopped = a_lake(NOW - timedelta(days=40))
    stopped.listings = stopped.reads = 0
    alarms(stopped)
    assert (stopped.listings, stopped.reads) == (5, 0)
