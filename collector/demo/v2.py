"""The shape of a v2 stream: a response that holds one tweet, with what it refers to beside it."""

import json
from datetime import UTC, datetime

from collector.demo.saying import OLD_LENGTH, Saying, Shape, credit, photo_address, shown_text
from collector.demo.world import Author


def as_v2(saying: Saying) -> bytes:
    """Return the saying as one line of a v2 stream: a response that holds one tweet."""
    told = [other for other in (saying.retweeted, saying.quoted) if other]
    users = {other.author.id: _v2_user(other.author) for other in (saying, *told)}
    includes: Shape = {"users": list(users.values())}
    if told:
        includes["tweets"] = [_v2(other) for other in told]
    if media := [_v2_photo(other) for other in (saying, *told) if other.photo]:
        includes["media"] = media
    shape = {"data": _v2(saying), "includes": includes}
    return json.dumps(shape, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _v2(saying: Saying) -> Shape:
    shape: Shape = {
        "id": str(saying.id),
        "author_id": str(saying.author.id),
        "conversation_id": str(saying.id),
        "created_at": _new_time(saying.at_ms),
        "text": shown_text(saying),
        "lang": saying.lang,
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "source": "Pocket App",
        "public_metrics": {
            "retweet_count": saying.likes // 3,
            "reply_count": 0,
            "like_count": saying.likes,
            "quote_count": 0,
        },
    }
    if entities := _v2_entities(saying):
        shape["entities"] = entities
    if saying.photo:
        shape["attachments"] = {"media_keys": [f"3_{saying.id + 1}"]}
    told = {"retweeted": saying.retweeted, "quoted": saying.quoted}
    if references := [{"type": kind, "id": str(other.id)} for kind, other in told.items() if other]:
        shape["referenced_tweets"] = references
    return shape


def _v2_entities(saying: Saying) -> Shape:
    """Return the entities that are whole in the text shown: a retweet loses those behind its cut."""
    told = saying.retweeted or saying
    shift = len(credit(told)) if saying.retweeted else 0
    limit = OLD_LENGTH - 1 if saying.retweeted else len(saying.text)
    entities: Shape = {}
    tags = [
        {"start": start + shift, "end": end + shift, "tag": tag}
        for tag, start, end in told.tags
        if end + shift <= limit
    ]
    if tags:
        entities["hashtags"] = tags
    if told.link and told.link[2] + shift <= limit:
        url, start, end = told.link
        expanded = f"https://example.org/{url[-6:]}"
        entities["urls"] = [
            {"start": start + shift, "end": end + shift, "url": url, "expanded_url": expanded}
        ]
    if saying.retweeted:
        name = told.author.screen_name
        entities["mentions"] = [
            {"start": 3, "end": 4 + len(name), "username": name, "id": str(told.author.id)}
        ]
    return entities


def _v2_user(author: Author) -> Shape:
    return {
        "id": str(author.id),
        "name": author.name,
        "username": author.screen_name,
        "created_at": author.since.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "description": "",
        "protected": False,
        "verified": False,
        "public_metrics": {
            "followers_count": author.followers,
            "following_count": author.friends,
            "tweet_count": author.posts,
            "listed_count": author.followers // 50,
        },
    }


def _v2_photo(saying: Saying) -> Shape:
    return {
        "media_key": f"3_{saying.id + 1}",
        "type": "photo",
        "url": photo_address(saying),
        "width": 1200,
        "height": 800,
    }


def _new_time(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"
