"""Reads a document of any shape into a `Tweet`.

The rules a count depends on: the longer form of a text and its entities win; a retweet has its
original's hashtags where the document holds the original; entities are believed, and the text is
searched only where there are none. `report/sql/documents.sql` says the same to the engines.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from report.tweets.hashtags import extract
from report.tweets.shapes import Fields, Notice, TweetDocument, body, elements, fields, recognise, words
from report.tweets.tweet import Tweet

_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))


def parse(document: object) -> Tweet | Notice:
    """Return the document's tweet, seen when it was written, or its notice; raise `BadTweet`."""
    found = recognise(document)
    return found if isinstance(found, Notice) else tweet_of(found)


def tweet_of(found: TweetDocument) -> Tweet:
    """Return the row of a recognised tweet, seen when it was written."""
    reference = _retweeted(found.tweet)
    original = fields(found.document.get("retweeted_status"))
    return Tweet(
        id=found.id,
        seen_at=found.created_at,
        created_at=found.created_at,
        lang=words(found.tweet.get("lang")) or "und",
        author_id=_author_id(found),
        text=unescaped(body(found.tweet, in_response=found.in_response) or ""),
        hashtags=_hashtags(found, original, reference),
        is_retweet=original is not None or reference is not None,
        media_urls=tuple(dict.fromkeys(_media_urls(found))),
    )


def unescaped(text: str) -> str:
    """Return the text with Twitter's four escapes undone, once."""
    for escaped, sign in _ESCAPED:
        text = text.replace(escaped, sign)
    return text


def _author_id(found: TweetDocument) -> str | None:
    tweet = found.tweet
    if found.in_response:
        return words(tweet.get("author_id"))
    user, author = fields(tweet.get("user")) or {}, fields(tweet.get("author")) or {}
    candidates = (user.get("id_str"), user.get("id"), tweet.get("author_id"), author.get("id"))
    return words(next((value for value in candidates if value is not None), None))


def _retweeted(tweet: Fields) -> Fields | None:
    """Return the reference to what a v2 tweet retweets."""
    references = elements(tweet.get("referenced_tweets"))
    return next((reference for reference in references if words(reference.get("type")) == "retweeted"), None)


def _hashtags(found: TweetDocument, original: Fields | None, reference: Fields | None) -> tuple[str, ...]:
    sources = [] if original is None else [_v1_original(original)]
    if reference is not None:
        wanted = words(reference.get("id"))
        included = elements((fields(found.document.get("includes")) or {}).get("tweets"))
        beside = (tweet for tweet in included if wanted is not None and words(tweet.get("id")) == wanted)
        sources += [_longest(next(beside, {})), _longest(reference)]
    texts = next((text for _, text in sources if text is not None), None)
    entities = next((entities for entities, _ in sources if entities is not None), None)
    if not texts and entities is None:
        entities, texts = _own_entities(found), body(found.tweet, in_response=found.in_response)
    if entities is not None:
        return tuple(dict.fromkeys(_entity_tags(entities)))
    return tuple(dict.fromkeys(tag for tag, _ in extract(unescaped(texts or ""))))


def _v1_original(original: Fields) -> tuple[Fields | None, str | None]:
    longer = fields(original.get("extended_tweet")) or {}
    text = body({**original, "note_tweet": None})
    return _first(longer.get("entities"), original.get("entities")), text


def _longest(tweet: Fields) -> tuple[Fields | None, str | None]:
    note = fields(tweet.get("note_tweet")) or {}
    return _first(note.get("entities"), tweet.get("entities")), body(tweet, in_response=True)


def _own_entities(found: TweetDocument) -> Fields | None:
    note = fields(found.tweet.get("note_tweet")) or {}
    if found.in_response:
        return _first(note.get("entities"), found.tweet.get("entities"))
    longer = fields(found.tweet.get("extended_tweet")) or {}
    return _first(longer.get("entities"), note.get("entities"), found.tweet.get("entities"))


def _first(*values: Any) -> Fields | None:
    """Return the first that is there, as an object."""
    return next((fields(value) for value in values if value is not None), None)


def _entity_tags(entities: Fields) -> Iterator[str]:
    for entity in elements(entities.get("hashtags")):
        tag = words(entity.get("tag") if entity.get("text") is None else entity["text"])
        if tag:
            yield tag


def _media_urls(found: TweetDocument) -> Iterator[str]:
    document = found.document
    longer = fields(document.get("extended_tweet")) or {}
    holders = (longer.get("extended_entities"), longer.get("entities"), document.get("extended_entities"))
    yield from _urls(_first_media((*holders, document.get("entities"))), "media_url_https")
    attached = fields(document.get("includes" if found.in_response else "attachments")) or {}
    yield from _urls(attached.get("media"), "url")


def _first_media(holders: Iterable[object]) -> object:
    media = ((fields(holder) or {}).get("media") for holder in holders)
    return next((listed for listed in media if isinstance(listed, list)), None)


def _urls(media: object, name: str) -> Iterator[str]:
    for item in elements(media):
        url = words(item.get(name))
        if url is not None:
            yield url
