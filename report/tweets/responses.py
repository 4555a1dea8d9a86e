"""Splits a v2 answer of many tweets into one answer a tweet, with only what that tweet refers to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from report.tweets.shapes import elements, fields


def split_response(raw: bytes, value: Mapping[str, Any]) -> list[bytes] | None:
    """Return an answer's tweets and, one notice each, its errors; None for what is no such answer.

    `raw` are the answer's bytes, `value` what they say. Each tweet keeps its own bytes.
    """
    tweets = value.get("data")
    if not isinstance(tweets, list) or not any(
        isinstance(tweet, dict) and "text" in tweet for tweet in tweets
    ):
        return None
    named = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    beside = _Beside(value.get("includes"), named.get("includes"))
    parts = zip(tweets, _listed(named["data"]), strict=True)
    cuts = [b'{"data":' + part + beside.of(fields(tweet) or {}) + b"}" for tweet, part in parts]
    errors = _listed(named["errors"]) if isinstance(value.get("errors"), list) else []
    return cuts + [b'{"errors":[' + part + b"]}" for part in errors]


class _Beside:
    """What a v2 answer includes, found by what refers to it."""

    def __init__(self, includes: object, raw: msgspec.Raw | None) -> None:
        self._found: dict[str, dict[str, tuple[dict[str, Any], bytes]]] = {}
        if not isinstance(includes, dict) or raw is None:
            return
        named = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        for kind, key in (
            ("tweets", "id"),
            ("users", "id"),
            ("media", "media_key"),
            ("places", "id"),
            ("polls", "id"),
        ):
            if isinstance(includes.get(kind), list):
                items = zip(elements(includes[kind]), _listed(named[kind]), strict=True)
                self._found[kind] = {str(item.get(key)): (item, part) for item, part in items}

    def of(self, tweet: Mapping[str, Any]) -> bytes:
        """Return the `includes` of one tweet, as the tail of its answer."""
        parts = []
        for kind, wanted in self._wanted(tweet):
            found = self._found.get(kind, {})
            bodies = [found[name][1] for name in dict.fromkeys(wanted) if name in found]
            if bodies:
                parts.append(f'"{kind}":['.encode() + b",".join(bodies) + b"]")
        return b',"includes":{' + b",".join(parts) + b"}" if parts else b""

    def _wanted(self, tweet: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
        references = elements(tweet.get("referenced_tweets"))
        names = [str(reference.get("id")) for reference in references]
        retweeted = [str(each.get("id")) for each in references if each.get("type") == "retweeted"]
        included = self._found.get("tweets", {})
        # A retweet shows its original's pictures; a quotation does not make the quoted ones its own.
        shown = [tweet, *(included[name][0] for name in retweeted if name in included)]
        speakers = [tweet, *(included[name][0] for name in names if name in included)]
        yield "tweets", names
        yield (
            "users",
            [str(each.get(key)) for each in speakers for key in ("author_id", "in_reply_to_user_id")],
        )
        yield "media", list(_attached(shown, "media_keys"))
        yield "places", [str((fields(tweet.get("geo")) or {}).get("place_id"))]
        yield "polls", list(_attached(shown, "poll_ids"))


def _attached(tweets: Iterable[Mapping[str, Any]], kind: str) -> Iterator[str]:
    for tweet in tweets:
        keys = (fields(tweet.get("attachments")) or {}).get(kind)
        yield from map(str, keys if isinstance(keys, list) else ())


def _listed(raw: msgspec.Raw) -> list[bytes]:
    return [bytes(part) for part in msgspec.json.decode(raw, type=list[msgspec.Raw])]
