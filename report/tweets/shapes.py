"""Tells what a decoded JSON document is: a tweet of which shape, a notice, or something else.

The standard library is all it needs, for it runs in Lambda too. A value of the wrong type is taken
as the engines take it: anything but a string is its JSON text where text is wanted, and an empty
object where an object is wanted.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from report.columns import NOTICES
from report.errors import BadTweet

Fields = Mapping[str, Any]

_DIGITS = re.compile(r"[1-9][0-9]{0,18}")
_V1_TIME = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) \+0000 (20[0-9]{2})"
)
_V2_TIME = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?Z")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# An id is a "snowflake" since 2010-11-04: its high bits are the milliseconds since then.
_FIRST_SNOWFLAKE = 29_700_859_247
_LAST_SNOWFLAKE = (1 << 63) - 1
_SNOWFLAKE_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)

# What else turns up among tweets, by a field that gives it away.
_FOREIGN = {
    "postedTime": "a Gnip activity stream, which is not read; export it in Twitter's own format",
    "refused": "refused by an earlier import",
    "trends": "a list of trends, not tweets",
    "tweet_count": "a count of tweets, not tweets",
    "action": "a compliance record, not a tweet",
    "username": "a user, not a tweet",
    "screen_name": "a user, not a tweet",
    "error": "an error answer, not a tweet",
}


@dataclass(frozen=True)
class TweetDocument:
    """A tweet where it was found: its own fields, and the whole document, which is a v2 answer or itself."""

    id: str
    created_at: datetime
    tweet: Fields
    document: Fields
    in_response: bool


@dataclass(frozen=True)
class Notice:
    """A message of the stream that is no tweet; `kind` is one of `report.columns.NOTICES`."""

    kind: str


def recognise(document: object) -> TweetDocument | Notice:
    """Return what the document is; raise `BadTweet`, saying why, for what is neither tweet nor notice."""
    if not isinstance(document, dict):
        raise BadTweet(f"a JSON {_kind_name(document)} stands where a tweet should")
    data = fields(document.get("data"))
    tweet = document if data is None else data
    tweet_id = _tweet_id(tweet, in_response=data is not None)
    created_at = stated_at(words(tweet.get("created_at"))) or minted_at(tweet_id)
    if tweet_id is not None and body(tweet, in_response=data is not None) is not None and created_at:
        return TweetDocument(tweet_id, created_at, tweet, document, data is not None)
    for kind in NOTICES:
        if document.get(kind) is not None and not (kind == "errors" and data is not None):
            return Notice(kind)
    raise BadTweet(_reason(document, tweet, tweet_id, created_at))


def body(tweet: Fields, *, in_response: bool = False) -> str | None:
    """Return the tweet's whole text as it arrived: where a longer form stands beside it, that one."""
    note = words((fields(tweet.get("note_tweet")) or {}).get("text"))
    if in_response:
        return _first(note, words(tweet.get("text")))
    extended = words((fields(tweet.get("extended_tweet")) or {}).get("full_text"))
    return _first(extended, note, words(tweet.get("full_text")), words(tweet.get("text")))


def stated_at(created_at: str | None) -> datetime | None:
    """Return the time `created_at` states, in either API's format, to the second; else None."""
    if match := _V1_TIME.fullmatch(created_at or ""):
        month, day, hour, minute, second, year = match.groups()
        number = str(_MONTHS.index(month) + 1) if month in _MONTHS else "0"
        return _moment(year, number, day, hour, minute, second)
    if match := _V2_TIME.fullmatch(created_at or ""):
        return _moment(*match.groups())
    return None


def minted_at(tweet_id: str | None) -> datetime | None:
    """Return when the id was given out, to the millisecond; None for ids of before 2010-11-04."""
    if tweet_id is None or len(tweet_id) > 19 or not _FIRST_SNOWFLAKE <= int(tweet_id) <= _LAST_SNOWFLAKE:
        return None
    return _SNOWFLAKE_EPOCH + timedelta(milliseconds=int(tweet_id) >> 22)


def words(value: object) -> str | None:
    """Return a value as text: a string as it is, null as None, anything else as its JSON."""
    if value is None or isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError as error:
        raise BadTweet("a value is nested too deeply to be a tweet's") from error


def fields(value: object) -> dict[str, Any] | None:
    """Return a value as an object: null as None, what is no object as an empty one."""
    if value is None or isinstance(value, dict):
        return value
    return {}


def elements(value: object) -> list[dict[str, Any]]:
    """Return the objects of an array; none where there is no array."""
    if not isinstance(value, list):
        return []
    return [fields(element) or {} for element in value]


def _tweet_id(tweet: Fields, *, in_response: bool) -> str | None:
    tweet_id = words(tweet.get("id"))
    if not in_response:
        tweet_id = _first(words(tweet.get("id_str")), tweet_id)
    return tweet_id if tweet_id and _DIGITS.fullmatch(tweet_id) else None


def _reason(document: Fields, tweet: Fields, tweet_id: str | None, created_at: datetime | None) -> str:
    for name, reason in _FOREIGN.items():
        if document.get(name) is not None or tweet.get(name) is not None:
            return reason
    if isinstance(document.get("data"), list):
        return "a v2 response without tweets"
    if tweet_id is None:
        return f"no tweet id; its fields are {', '.join(map(repr, list(document)[:5])) or 'none'}"
    if created_at is None:
        return f"no time: tweet {tweet_id} has neither a created_at that can be read nor an id that tells it"
    return f"no text: tweet {tweet_id} has neither text nor full_text"


def _moment(*parts: str) -> datetime | None:
    year, month, day, hour, minute, second = map(int, parts)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _first(*values: str | None) -> str | None:
    return next((value for value in values if value is not None), None)


def _kind_name(value: object) -> str:
    names = {list: "array", str: "string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "number")
