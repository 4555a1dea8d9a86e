"""Rules for reading a document into a tweet."""

from datetime import UTC, datetime
from typing import Any

import pytest

from report.errors import BadTweet
from report.tweets.parse import parse
from report.tweets.shapes import Notice
from report.tweets.tweet import Tweet
from tests.builders import NOON, a_notice, a_tweet, a_v1_document, a_v2_tweet

RETWEETED = [{"type": "retweeted", "id": "5"}]


def tweet(document: object) -> Tweet:
    found = parse(document)
    assert isinstance(found, Tweet)
    return found


def tagged(*tags: str) -> dict[str, Any]:
    return {"hashtags": [{"text": tag} for tag in tags]}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(a_v1_document(), id="v1.1"),
        pytest.param({"data": a_v2_tweet()}, id="v2"),
        pytest.param(a_v2_tweet(author={"id": "7"}, author_id=None), id="v2 flattened"),
    ],
)
def test_every_shape_gives_the_same_row(document: dict[str, Any]) -> None:
    """The API's version leaves no trace in the row."""
    assert tweet(document) == a_tweet()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(a_v1_document(hashtags=["b", "a", "b"]), ("b", "a"), id="each once, order kept"),
        pytest.param(a_v1_document(text="#no", hashtags=[]), (), id="entities are believed"),
        pytest.param(a_v1_document(text="R&amp;B #yes", entities=None), ("yes",), id="no entities"),
        pytest.param(
            a_v1_document(
                hashtags=["cut"], extended_tweet={"full_text": "x", "entities": tagged("cut", "whole")}
            ),
            ("cut", "whole"),
            id="extended tweet",
        ),
        pytest.param(
            a_v1_document(hashtags=["cut"], retweeted_status=a_v1_document(hashtags=["whole"])),
            ("whole",),
            id="v1.1 retweet",
        ),
        pytest.param(
            a_v1_document(
                retweeted_status=a_v1_document(extended_tweet={"full_text": "x", "entities": tagged("whole")})
            ),
            ("whole",),
            id="v1.1 retweet of an extended tweet",
        ),
        pytest.param(
            a_v1_document(hashtags=["cut"], retweeted_status={"text": "#whole"}),
            ("whole",),
            id="retweet of a tweet without entities",
        ),
        pytest.param({"data": a_v2_tweet(hashtags=["one"])}, ("one",), id="v2"),
        pytest.param(
            {
                "data": a_v2_tweet(hashtags=["cut"], referenced_tweets=RETWEETED),
                "includes": {"tweets": [a_v2_tweet(id=5, hashtags=["whole"])]},
            },
            ("whole",),
            id="v2 retweet",
        ),
        pytest.param(
            {"data": a_v2_tweet(hashtags=["cut"], referenced_tweets=RETWEETED)},
            ("cut",),
            id="v2 retweet, original missing",
        ),
        pytest.param(
            a_v2_tweet(referenced_tweets=[{**RETWEETED[0], **a_v2_tweet(id=5, hashtags=["whole"])}]),
            ("whole",),
            id="flattened retweet",
        ),
        pytest.param(
            {"data": a_v2_tweet(hashtags=["cut"], note_tweet={"text": "x", "entities": tagged("whole")})},
            ("whole",),
            id="v2 long tweet",
        ),
    ],
)
def test_hashtags_are_the_whole_ones(document: dict[str, Any], expected: tuple[str, ...]) -> None:
    """The longer form wins, and the original's where it is a retweet."""
    assert tweet(document).hashtags == expected


def test_a_rounded_id_is_never_used() -> None:
    """JavaScript rounds numbers; the id in words is exact."""
    assert tweet(a_v1_document(id_str="872836479608733696", id=872836479608733700)).id == "872836479608733696"


def test_text_is_unescaped_once() -> None:
    """What somebody typed as an escape stays one."""
    assert tweet(a_v1_document(text="a &lt;b&gt; &amp;amp;")).text == "a <b> &amp;"


def test_a_missing_language_is_undetermined() -> None:
    """Twitter's own word for it is used."""
    assert tweet(a_v1_document(lang=None)).lang == "und"


def test_pictures_are_listed_once() -> None:
    """Extended entities list every picture, entities the first again."""
    pictures = {"media": [{"media_url_https": url} for url in ("a", "b", "a")]}
    assert tweet(a_v1_document(entities=pictures, extended_entities=pictures)).media_urls == ("a", "b")


def test_an_id_tells_the_time_where_nothing_else_does() -> None:
    """Ids hold the millisecond they were given out in."""
    found = tweet(a_v1_document(id=872836479608733696, created_at=NOON) | {"created_at": "yesterday"})
    assert found.created_at == datetime(2017, 6, 8, 15, 23, 27, 913_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param([], "a JSON array stands where a tweet should", id="array"),
        pytest.param({"body": "x", "postedTime": "x"}, "a Gnip activity stream", id="activity stream"),
        pytest.param({"trends": []}, "a list of trends", id="trends"),
        pytest.param({"id": "5", "text": "x"}, "no time", id="no time"),
        pytest.param({"id": 872836479608733696}, "no text", id="no text"),
        pytest.param({"what": 1}, "no tweet id; its fields are 'what'", id="something else"),
        pytest.param({"data": []}, "a v2 response without tweets", id="empty answer"),
    ],
)
def test_what_is_no_tweet_is_refused_by_name(document: object, reason: str) -> None:
    """The reason says what it is instead, or what is missing."""
    with pytest.raises(BadTweet, match=reason):
        parse(document)


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        pytest.param(a_notice(), "delete", id="deleted"),
        pytest.param({"limit": {"track": 5}}, "limit", id="limited"),
        pytest.param({"errors": [{"title": "Not Found"}]}, "errors", id="v2 error"),
    ],
)
def test_notices_are_told_by_kind(document: dict[str, Any], kind: str) -> None:
    """A stream's own messages are neither tweets nor errors."""
    assert parse(document) == Notice(kind)
