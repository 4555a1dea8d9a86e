"""Fetches one tweet from the feed and stores it as it came.

The standard library and storage are all it needs: this is what Lambda runs each minute. A minute
holds one tweet of a feed, so a repeated firing changes nothing.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

from collector.feed_client import ask, redacted
from report.errors import AlreadyExists, BadTweet, FeedError, NotFound
from report.places import raw_slot
from report.storage import Storage
from report.tweets.shapes import Notice, recognise

_JSON = "application/json"


@dataclass(frozen=True)
class Fetched:
    """What became of one minute: where its tweet is, and whether this run put it there.

    `id` is the tweet's own, or None where the minute was there already and nobody asked the feed.
    `size` is in bytes, as stored.
    """

    key: str
    stored: bool
    id: str | None
    size: int


def fetch_tweet(
    url: str, storage: Storage, now: datetime, wait: Callable[[float], None] = time.sleep
) -> Fetched:
    """Store the tweet the feed at `url` gives for the UTC minute of `now`, which must be aware.

    Return what is stored; a minute that is already there is left as it is, unasked. `wait` is given
    the seconds to rest between tries. Raise `FeedError` for what is no tweet, `FeedUnavailable` for a
    feed that can't be reached, and `StorageError`.
    """
    if now.tzinfo is None:
        raise ValueError(f"cannot tell the minute without a time zone: {now}")
    key = raw_slot(now.astimezone(UTC), feed_name(url))
    try:
        return Fetched(key, stored=False, id=None, size=storage.head(key).size)
    except NotFound:
        body, tweet_id = one_tweet(ask(url, wait), url)
    return _store(storage, key, body, tweet_id)


def feed_name(url: str) -> str:
    """Return the short name the feed has in keys; a changed password does not change it."""
    parts = urlsplit(url)
    named = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    return hashlib.sha256(named.encode()).hexdigest()[:8]


def one_tweet(body: bytes, url: str) -> tuple[bytes, str]:
    """Return the answer as the one line raw/ wants, and the id of its tweet; raise `FeedError`."""
    try:
        text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8").strip()
        document = json.loads(text, parse_constant=_no_number)
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is text nobody can keep
    except (ValueError, RecursionError) as error:
        received = repr(body[:80].decode("utf-8", "replace")) if body.strip() else "an empty body"
        raise FeedError(f"the feed {redacted(url)} answered with {received}, which is not JSON") from error
    # A line break can't stand inside a JSON string, so nothing of the tweet itself is touched.
    line = text.replace("\r", " ").replace("\n", " ").encode()
    return line, _checked_id(document, url)


def _store(storage: Storage, key: str, body: bytes, tweet_id: str) -> Fetched:
    try:
        storage.put_if_absent(key, body, _JSON)
    except AlreadyExists:  # another run of the same minute was quicker
        return Fetched(key, stored=False, id=None, size=storage.head(key).size)
    return Fetched(key, stored=True, id=tweet_id, size=len(body))


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _checked_id(document: object, url: str) -> str:
    """Return the id of the one tweet the document is; raise `FeedError`."""
    try:
        tweet = recognise(document)
    except BadTweet as error:
        raise FeedError(f"the feed {redacted(url)} answered with no tweet: {error}") from error
    if isinstance(tweet, Notice):
        raise FeedError(f"the feed {redacted(url)} answered with a notice ({tweet.kind}), not with a tweet")
    return tweet.id
