"""Collects answers of `trends/place`, from a feed or from files, and stores them as they came.

They lie as `report.catalogue.topics.payloads` has it. A minute holds one answer of a feed, so a repeated
firing changes nothing; nor does a file that is stored already.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from collector.feed_client import ask, redacted
from collector.fetching import feed_name
from report.catalogue.topics.payloads import key_of, payload_of
from report.errors import AlreadyExists, FeedError
from report.storage import Storage

_LARGEST_FILE_BYTES = 1_000_000


def fetch_topics(
    url: str, source: Storage, now: datetime, wait: Callable[[float], None] = time.sleep
) -> tuple[str, bool]:
    """Store what the feed at `url` answers in the UTC minute of `now` (aware); return its key, and if new.

    A minute that is there already is left as it is, unasked. Raise `FeedError`, `FeedUnavailable` and
    `StorageError`.
    """
    minute, name = now.astimezone(UTC).replace(second=0, microsecond=0), feed_name(url)
    there = [info.key for info in source.list(f"dt={minute:%Y-%m-%d}/{minute:%H%M}")]
    if held := [key for key in there if key.endswith(f"-{name}.json")]:
        return held[0], False
    return _store(source, ask(url, wait), f"the feed {redacted(url)}", minute, name)


def import_topics(path: Path, source: Storage) -> tuple[str, bool]:
    """Store the answer in a file, under the moment it is of; return its key, and whether it is new.

    Raise `FeedError` for a file that is none or cannot be read, and `StorageError`.
    """
    try:
        with path.open("rb") as file:
            body = file.read(_LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise FeedError(f"cannot read {path}: {error.strerror}") from error
    if len(body) > _LARGEST_FILE_BYTES:
        raise FeedError(f"{path} has more than {_LARGEST_FILE_BYTES:,} bytes: an answer is far smaller")
    return _store(source, body, str(path), None, sha256(body).hexdigest()[:8])


def _store(source: Storage, body: bytes, whose: str, seen: datetime | None, name: str) -> tuple[str, bool]:
    try:
        payload = payload_of(body)
    except ValueError as error:
        raise FeedError(f"{whose}: {error}") from error
    key = key_of(payload, seen or payload.as_of, name)
    try:
        source.put_if_absent(key, body, "application/json")
    except AlreadyExists:
        return key, False
    return key, True
