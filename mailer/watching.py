"""Looks whether tweets still arrive, and whether they are more than one tweet over and over.

Only where a collector ever stored a minute's tweet (`report.places.raw_slot`): imports and the demo come when
they come, and nobody waits for them.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from report.alerts import Alarm, Finding
from report.errors import BadTweet
from report.places import raw_hour
from report.storage import Storage
from report.tweets.parse import parse
from report.tweets.tweet import Tweet

SAMPLE = 10
"""How many of the latest tweets are compared: at one a minute, ten minutes of them."""

_HOUR = timedelta(hours=1)
_HOURS_SEARCHED = 8
_SLOT = re.compile(r"raw/dt=[^/]+/hour=[^/]+/(?P<minute>\d{8}T\d{4})00Z-[^/]+\.json")


def check_collector(storage: Storage, now: datetime, quiet: timedelta) -> list[Finding]:
    """Return what is wrong with the arrival of tweets at `now`, which must be aware; raise `StorageError`.

    A stopped collector has stored nothing for `quiet`; a stale source gave one and the same tweet `SAMPLE`
    times. While tweets arrive it costs one or two listings and `SAMPLE` reads.
    """
    slots = recent_slots(storage, now.astimezone(UTC))
    if not slots:
        return []
    last = minute_of(slots[-1])
    if now - last >= quiet:
        return [Finding(Alarm.COLLECTOR_STOPPED, "raw/", stopped(last, now))]
    sample = slots[-SAMPLE:]
    tweets = [tweet for _, body in storage.get_many(sample) if (tweet := _tweet(body))]
    return [Finding(Alarm.SOURCE_STALE, "raw/", says) for says in stale(tweets)]


def recent_slots(storage: Storage, now: datetime) -> Sequence[str]:
    """Return the keys of the last minutes stored, oldest first; none where no collector ever stored one.

    Of this hour and the one before; where these have none, of the last hour that has.
    """
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    slots = _slots(storage, this_hour)
    if len(slots) < SAMPLE:
        slots = [*_slots(storage, this_hour - _HOUR), *slots]
    if slots:
        return slots
    earlier = (_slots(storage, hour) for hour in islice(_hours_before(storage, now), _HOURS_SEARCHED))
    return next(filter(None, earlier), [])


def minute_of(slot: str) -> datetime:
    """Return the minute (UTC) whose tweet lies under this key, one of `recent_slots`."""
    minute = _minute(slot)
    assert minute
    return minute


def stopped(last: datetime, now: datetime) -> str:
    """Return the words for a collector whose last tweet came at `last`."""
    minutes = int((now - last).total_seconds() // 60)
    return (
        f"no tweet was stored for {minutes:,} minutes, the last at {last:%Y-%m-%d %H:%M} UTC; "
        "`python -m collector fetch` says whether the feed answers"
    )


def stale(tweets: Sequence[Tweet]) -> list[str]:
    """Return the words for a source that gives one tweet over and over; nothing where it does not.

    A tweet is known by its author and text, since a feed may number it anew each time. How long ago it was
    written proves nothing: a feed may replay old ones.
    """
    if len(tweets) < SAMPLE or len({(tweet.author_id, tweet.text) for tweet in tweets}) > 1:
        return []
    return [
        f"the last {len(tweets)} tweets stored are one and the same, written "
        f"{tweets[-1].created_at:%Y-%m-%d %H:%M} UTC; look at what FEED_URL answers"
    ]


def _hours_before(storage: Storage, now: datetime) -> Iterator[datetime]:
    """The hours up to now that have anything, newest first."""
    for day in reversed(storage.list_folders("raw/")):
        if day <= f"dt={now:%Y-%m-%d}":
            hours = reversed(storage.list_folders(f"raw/{day}/"))
            yield from (hour for name in hours if (hour := _time(f"{day} {name}", "dt=%Y-%m-%d hour=%H")))


def _slots(storage: Storage, hour: datetime) -> list[str]:
    """The keys of the hour's minutes; what else lies there is not even listed."""
    found = storage.list(f"{raw_hour(hour)}{hour:%Y%m%dT%H}")
    return [info.key for info in found if _minute(info.key)]


def _minute(key: str) -> datetime | None:
    found = _SLOT.fullmatch(key)
    return _time(found["minute"], "%Y%m%dT%H%M") if found else None


def _time(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def _tweet(body: bytes) -> Tweet | None:
    """The tweet, or None for what is none: counting says what was refused."""
    try:
        tweet = parse(json.loads(body))
    except (ValueError, RecursionError, BadTweet):
        return None
    return tweet if isinstance(tweet, Tweet) else None
