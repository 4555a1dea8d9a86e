"""Tweets to count: of genuine size, with hashtags by Zipf's law, the same for the same seed."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any

TAGS = 50_000
_AUTHORS = 200_000
_LANGUAGES = ("en", "ja", "es", "pt", "ar", "ko", "und", "fr", "tr", "th")
_REPLY = (
    "in_reply_to_status_id",
    "in_reply_to_status_id_str",
    "in_reply_to_user_id",
    "in_reply_to_user_id_str",
    "in_reply_to_screen_name",
)
_PLACES = ("geo", "coordinates", "place", "contributors")
_WORDS = "the day was long and who had seen it spoke of nothing else until the evening came".split()  # noqa: SIM905


def day_of_tweets(day: date, count: int, seed: int = 1) -> Iterator[tuple[datetime, bytes]]:
    """Yield (when seen, JSON of 2.5 to 4 KB) for `count` tweets spread over the UTC day."""
    chance = random.Random(seed)  # noqa: S311 no secret
    weights = list(accumulate(1 / rank for rank in range(1, TAGS + 1)))
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for number in range(count):
        seen_at = begin + timedelta(seconds=number * 86_400 // count)
        tags = chance.choices(range(TAGS), cum_weights=weights, k=chance.choice((0, 0, 1, 1, 2, 3)))
        yield seen_at, json.dumps(_tweet(chance, number, seen_at, tags), ensure_ascii=False).encode()


def _tweet(chance: random.Random, number: int, seen_at: datetime, tags: list[int]) -> dict[str, Any]:
    identity = 1_990_000_000_000_000_000 + number
    spelt = [f"{'Tag' if chance.random() < 0.3 else 'tag'}{tag}" for tag in dict.fromkeys(tags)]
    text = " ".join([*chance.choices(_WORDS, k=14), *(f"#{tag}" for tag in spelt)])
    return {
        "created_at": f"{seen_at:%a %b %d %H:%M:%S +0000 %Y}",
        "id": identity,
        "id_str": str(identity),
        "text": text,
        "source": '<a href="http://example.org/client" rel="nofollow">A client</a>',
        "truncated": False,
        **dict.fromkeys(_REPLY),
        "user": _user(chance),
        **dict.fromkeys(_PLACES),
        "is_quote_status": False,
        "retweet_count": 0,
        "favorite_count": 0,
        "entities": {
            "hashtags": [{"text": tag, "indices": [0, len(tag)]} for tag in spelt],
            "urls": [],
            "user_mentions": [],
            "symbols": [],
        },
        "favorited": False,
        "retweeted": False,
        "filter_level": "low",
        "lang": chance.choice(_LANGUAGES),
        "timestamp_ms": str(int(seen_at.timestamp() * 1000)),
    }


def _user(chance: random.Random) -> dict[str, Any]:
    identity = chance.randrange(_AUTHORS)
    picture = f"https://img.example.org/profile/{identity}"
    return {
        "id": identity,
        "id_str": str(identity),
        "name": f"Reader {identity}",
        "screen_name": f"reader_{identity}",
        "location": "somewhere",
        "url": None,
        "description": " ".join(chance.choices(_WORDS, k=chance.randrange(60, 330))),
        "protected": False,
        "verified": False,
        "followers_count": chance.randrange(10_000),
        "friends_count": chance.randrange(1_000),
        "listed_count": 3,
        "favourites_count": chance.randrange(5_000),
        "statuses_count": chance.randrange(50_000),
        "created_at": "Mon Jan 06 10:00:00 +0000 2014",
        "utc_offset": None,
        "time_zone": None,
        "geo_enabled": False,
        "lang": "en",
        "contributors_enabled": False,
        "is_translator": False,
        "profile_background_color": "C0DEED",
        "profile_background_image_url": f"{picture}/background.png",
        "profile_background_image_url_https": f"{picture}/background.png",
        "profile_background_tile": False,
        "profile_link_color": "0084B4",
        "profile_sidebar_border_color": "C0DEED",
        "profile_sidebar_fill_color": "DDEEF6",
        "profile_text_color": "333333",
        "profile_use_background_image": True,
        "profile_image_url": f"{picture}/picture_normal.jpg",
        "profile_image_url_https": f"{picture}/picture_normal.jpg",
        "default_profile": True,
        "default_profile_image": False,
        **dict.fromkeys(("following", "follow_request_sent", "notifications")),
    }
