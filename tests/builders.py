"""Values for tests, with everything a test does not care about filled in."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from report.tweets.tweet import Tweet

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

Document = dict[str, Any]


def a_tweet(**changes: Any) -> Tweet:
    """Return a tweet seen at `NOON`."""
    return Tweet(
        **{
            "id": "1990000000000000001",
            "seen_at": NOON,
            "created_at": NOON,
            "lang": "en",
            "author_id": "7",
            "text": "hello",
            "hashtags": (),
            "is_retweet": False,
            "media_urls": (),
            **changes,
        }
    )


def a_v1_document(
    *,
    id: int = 1990000000000000001,
    created_at: datetime = NOON,
    hashtags: Iterable[str] = (),
    **changes: Any,
) -> Document:
    """Return a tweet as API v1.1 sends it; a change of None leaves the field out."""
    document = {
        "created_at": f"{created_at:%a %b %d %H:%M:%S +0000 %Y}",
        "id": id,
        "id_str": str(id),
        "text": "hello",
        "user": {"id": 7, "id_str": "7"},
        "entities": {"hashtags": [{"text": tag, "indices": [0, 1]} for tag in hashtags]},
        "lang": "en",
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def a_v2_tweet(
    *,
    id: int = 1990000000000000001,
    created_at: datetime = NOON,
    hashtags: Iterable[str] | None = None,
    **changes: Any,
) -> Document:
    """Return a tweet as API v2 sends it inside `data`; without hashtags it has no entities."""
    document = {
        "id": str(id),
        "created_at": f"{created_at:%Y-%m-%dT%H:%M:%S}.000Z",
        "text": "hello",
        "author_id": "7",
        "lang": "en",
        "entities": None if hashtags is None else {"hashtags": [{"tag": tag} for tag in hashtags]},
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def a_notice(id: int = 1) -> Document:
    """Return the notice that a tweet was deleted."""
    return {"delete": {"status": {"id": id, "id_str": str(id), "user_id": 7, "user_id_str": "7"}}}


def lines(*documents: Any) -> bytes:
    """Return the documents as JSON lines."""
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)
