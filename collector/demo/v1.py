"""The shape of a v1.1 stream: one tweet a line, cut at 140 with the whole in `extended_tweet`."""

import json
from datetime import UTC, datetime

from collector.demo.saying import OLD_LENGTH, Saying, Shape, Span, credit, photo_address, shown_text
from collector.demo.world import Author

_SOURCE = '<a href="https://example.org/app" rel="nofollow">Pocket App</a>'


def as_v1(saying: Saying) -> bytes:
    """Return the saying as one line of a v1.1 stream."""
    shape = {**_v1(saying), "timestamp_ms": str(saying.at_ms)}
    return json.dumps(shape, separators=(",", ":")).encode("ascii")


def _v1(saying: Saying) -> Shape:
    shape: Shape = {
        "created_at": _old_time(datetime.fromtimestamp(saying.at_ms // 1000, UTC)),
        "id": saying.id,
        "id_str": str(saying.id),
        "text": shown_text(saying),
        "source": _SOURCE,
        "truncated": False,
        "in_reply_to_status_id": None,
        "in_reply_to_status_id_str": None,
        "user": _v1_user(saying.author),
        "geo": None,
        "coordinates": None,
        "place": None,
        "is_quote_status": saying.quoted is not None,
        "quote_count": 0,
        "reply_count": 0,
        "retweet_count": saying.likes // 3,
        "favorite_count": saying.likes,
        "entities": _v1_entities(saying),
        "favorited": False,
        "retweeted": False,
        "possibly_sensitive": False,
        "filter_level": "low",
        "lang": saying.lang,
    }
    if saying.photo:
        shape["extended_entities"] = {"media": [_v1_photo(saying, saying.photo)]}
    if saying.retweeted:
        shape["retweeted_status"] = _v1(saying.retweeted)
    if saying.quoted:
        shape |= {"quoted_status_id": saying.quoted.id, "quoted_status_id_str": str(saying.quoted.id)}
        shape["quoted_status"] = _v1(saying.quoted)
    if saying.retweeted is None and len(saying.text) > OLD_LENGTH:
        _truncate(shape, saying)
    return shape


def _truncate(shape: Shape, saying: Saying) -> None:
    """Cut the text as v1.1 does since 2017, and keep the whole beside it."""
    end = OLD_LENGTH - 25
    url = f"https://t.co/{saying.id % 36**6:010d}"
    whole = {
        "full_text": saying.text,
        "display_text_range": [0, len(saying.text)],
        "entities": shape["entities"],
    }
    if media := shape.pop("extended_entities", None):
        whole["extended_entities"] = media
    page = f"https://twitter.com/i/web/status/{saying.id}"
    link = {"url": url, "expanded_url": page, "display_url": f"{page[8:34]}…", "indices": [end + 2, end + 25]}
    shape |= {
        "text": f"{saying.text[:end]}… {url}",
        "truncated": True,
        "extended_tweet": whole,
        "entities": {**_v1_tags(saying.tags, 0, end), "urls": [link], "user_mentions": [], "symbols": []},
    }


def _v1_entities(saying: Saying) -> Shape:
    told = saying.retweeted or saying
    shift = len(credit(told)) if saying.retweeted else 0
    limit = OLD_LENGTH - 1 if saying.retweeted else len(saying.text)
    urls = [_v1_link(span, shift) for span in (told.link,) if span and span[2] + shift <= limit]
    mentions = [_v1_mention(told.author)] if saying.retweeted else []
    entities = {**_v1_tags(told.tags, shift, limit), "urls": urls, "user_mentions": mentions, "symbols": []}
    if told.photo and told.photo[2] + shift <= limit:
        entities["media"] = [_v1_photo(told, told.photo, shift)]
    return entities


def _v1_tags(tags: tuple[Span, ...], shift: int, limit: int) -> Shape:
    """Return the hashtags that begin before the cut; one that is cut keeps its whole name here."""
    return {
        "hashtags": [
            {"text": tag, "indices": [start + shift, min(end + shift, limit + 1)]}
            for tag, start, end in tags
            if start + shift < limit
        ]
    }


def _v1_link(span: Span, shift: int) -> Shape:
    url, start, end = span
    expanded = f"https://example.org/{url[-6:]}"
    return {
        "url": url,
        "expanded_url": expanded,
        "display_url": expanded[8:],
        "indices": [start + shift, end + shift],
    }


def _v1_mention(author: Author) -> Shape:
    end = 4 + len(author.screen_name)
    return {
        "screen_name": author.screen_name,
        "name": author.name,
        "id": author.id,
        "id_str": str(author.id),
        "indices": [3, end],
    }


def _v1_photo(saying: Saying, span: Span, shift: int = 0) -> Shape:
    url, start, end = span
    return {
        "id": saying.id + 1,
        "id_str": str(saying.id + 1),
        "type": "photo",
        "media_url_https": photo_address(saying),
        "url": url,
        "display_url": f"pic.twitter.com/{url[-6:]}",
        "expanded_url": f"https://twitter.com/{saying.author.screen_name}/status/{saying.id}/photo/1",
        "indices": [start + shift, end + shift],
        "sizes": {"large": {"w": 1200, "h": 800, "resize": "fit"}},
    }


def _v1_user(author: Author) -> Shape:
    return {
        "id": author.id,
        "id_str": str(author.id),
        "name": author.name,
        "screen_name": author.screen_name,
        "location": None,
        "url": None,
        "description": None,
        "protected": False,
        "verified": False,
        "followers_count": author.followers,
        "friends_count": author.friends,
        "listed_count": author.followers // 50,
        "favourites_count": author.posts // 2,
        "statuses_count": author.posts,
        "created_at": _old_time(author.since),
        "lang": author.lang,
        "default_profile": True,
        "profile_image_url_https": "https://media.example.org/default.png",
    }


def _old_time(moment: datetime) -> str:
    """Return the time as v1.1 writes it: English names, whatever the machine speaks, and the year last."""
    return f"{moment.ctime()[:8]}{moment:%d %H:%M:%S +0000 %Y}"
