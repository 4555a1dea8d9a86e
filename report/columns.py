"""The columns of `raw_tweets`, one JSON document a row, of `tweets` and `counts`, alike for every engine.

Only what a report asks for is named; readers pass over the rest. Ids are text, for they outgrow
what JavaScript and some readers can count. DuckDB's `read_json` takes its columns from here, and
so does Athena's table over the same objects.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A string; anything else in its place is kept as its JSON text."""


@dataclass(frozen=True)
class ListOf:
    """A JSON array whose elements are alike."""

    element: "Type"


@dataclass(frozen=True)
class Fields:
    """A JSON object, of which some fields are read."""

    fields: Mapping[str, "Type"]


@dataclass(frozen=True)
class Moment:
    """A time, in UTC."""


@dataclass(frozen=True)
class Flag:
    """True or false."""


@dataclass(frozen=True)
class Whole:
    """A whole number."""


@dataclass(frozen=True)
class Day:
    """A day, without a zone."""


Type = Text | ListOf | Fields | Moment | Flag | Whole | Day

TEXT = Text()
_ENTITIES = Fields(
    {
        "hashtags": ListOf(Fields({"text": TEXT, "tag": TEXT})),  # v1.1 says text, v2 says tag
        "media": ListOf(Fields({"media_url_https": TEXT})),
    }
)
_EXTENDED_ENTITIES = Fields({"media": ListOf(Fields({"media_url_https": TEXT}))})
_NOTE = Fields({"text": TEXT, "entities": _ENTITIES})
_REFERENCES = ListOf(
    Fields({"type": TEXT, "id": TEXT, "text": TEXT, "entities": _ENTITIES, "note_tweet": _NOTE})
)
_V2_MEDIA = ListOf(Fields({"url": TEXT}))

# Stream messages that are no tweets; v2's partial errors count as one of them.
NOTICES = (
    "delete",
    "limit",
    "status_withheld",
    "user_withheld",
    "scrub_geo",
    "disconnect",
    "warning",
    "event",
    "friends",
    "friends_str",
    "direct_message",
    "errors",
)

RAW_TWEETS: Mapping[str, Type] = {
    # v1.1, and the fields a v2 tweet has when twarc flattened it
    "id": TEXT,
    "id_str": TEXT,
    "created_at": TEXT,
    "lang": TEXT,
    "text": TEXT,
    "full_text": TEXT,
    "user": Fields({"id": TEXT, "id_str": TEXT}),
    "entities": _ENTITIES,
    "extended_entities": _EXTENDED_ENTITIES,
    "extended_tweet": Fields(
        {"full_text": TEXT, "entities": _ENTITIES, "extended_entities": _EXTENDED_ENTITIES}
    ),
    "retweeted_status": Fields(
        {
            "text": TEXT,
            "full_text": TEXT,
            "entities": _ENTITIES,
            "extended_tweet": Fields({"full_text": TEXT, "entities": _ENTITIES}),
        }
    ),
    # flattened only
    "author_id": TEXT,
    "author": Fields({"id": TEXT}),
    "note_tweet": _NOTE,
    "referenced_tweets": _REFERENCES,
    "attachments": Fields({"media": _V2_MEDIA}),
    # v2, one tweet in its response
    "data": Fields(
        {
            "id": TEXT,
            "created_at": TEXT,
            "lang": TEXT,
            "text": TEXT,
            "author_id": TEXT,
            "entities": _ENTITIES,
            "note_tweet": _NOTE,
            "referenced_tweets": _REFERENCES,
        }
    ),
    "includes": Fields(
        {
            "tweets": ListOf(Fields({"id": TEXT, "text": TEXT, "entities": _ENTITIES, "note_tweet": _NOTE})),
            "media": _V2_MEDIA,
        }
    ),
    **dict.fromkeys(NOTICES, TEXT),
    # what an import could not read, kept as it came
    "refused": TEXT,
}

# The columns of `tweets`: those of `Tweet`.
TWEETS: Mapping[str, Type] = {
    "id": TEXT,
    "seen_at": Moment(),
    "created_at": Moment(),
    "lang": TEXT,
    "author_id": TEXT,
    "text": TEXT,
    "hashtags": ListOf(TEXT),
    "is_retweet": Flag(),
    "media_urls": ListOf(TEXT),
}

# The columns of `counts`: a hashtag's closed day. Tweets, authors and the busiest author's tweets, with
# retweets and, as originals, without; minutes and quarters of an hour are UTC.
COUNTS: Mapping[str, Type] = {
    "day": Day(),
    "tag": TEXT,
    "key": TEXT,
    "tweets": Whole(),
    "authors": Whole(),
    "busiest": Whole(),
    "originals": Whole(),
    "original_authors": Whole(),
    "original_busiest": Whole(),
    "first_minute": Moment(),
    "last_minute": Moment(),
    "spellings": ListOf(Fields({"spelling": TEXT, "tweets": Whole(), "originals": Whole()})),
    "quarters": ListOf(Fields({"quarter": Moment(), "tweets": Whole(), "originals": Whole()})),
    "companions": ListOf(Fields({"tag": TEXT, "tweets": Whole()})),
}


def duckdb_type(kind: Type) -> str:
    """Return the column type as DuckDB spells it."""
    match kind:
        case Text():
            return "VARCHAR"
        case ListOf(element):
            return f"{duckdb_type(element)}[]"
        case Fields(fields):
            return "STRUCT(" + ", ".join(f'"{name}" {duckdb_type(of)}' for name, of in fields.items()) + ")"
        case Moment():
            return "TIMESTAMP"
        case Flag():
            return "BOOLEAN"
        case Whole():
            return "BIGINT"
        case Day():
            return "DATE"


def athena_type(kind: Type) -> str:
    """Return the column type as Athena's CREATE TABLE spells it."""
    match kind:
        case Text():
            return "string"
        case ListOf(element):
            return f"array<{athena_type(element)}>"
        case Fields(fields):
            return "struct<" + ",".join(f"{name}:{athena_type(of)}" for name, of in fields.items()) + ">"
        case Moment():
            return "timestamp"
        case Flag():
            return "boolean"
        case Whole():
            return "bigint"
        case Day():
            return "date"
