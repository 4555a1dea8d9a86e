"""The day counted by chdb, which is ClickHouse in a library: one scan into memory, then a few groupings."""

# ruff: noqa: S608 the words are ours
from pathlib import Path
from typing import Any

from chdb.session import Session

from benchmarks.answers import day_answer

_HASHTAGS = "hashtags Array(Tuple(text String, tag String))"
_ENTITIES = f"entities Tuple({_HASHTAGS})"
_LONGER = f"extended_tweet Tuple({_ENTITIES})"
_COLUMNS = ", ".join(
    (
        "id_str String, created_at String, lang String, user Tuple(id_str String)",
        _ENTITIES,
        _LONGER,
        f"retweeted_status Tuple(id_str String, {_ENTITIES}, {_LONGER})",
        f"data Tuple(id String, created_at String, lang String, author_id String, {_ENTITIES},"
        " referenced_tweets Array(Tuple(type String, id String)))",
        f"includes Tuple(tweets Array(Tuple(id String, {_ENTITIES})))",
    )
)
_READ = (
    "input_format_skip_unknown_fields = 1, input_format_null_as_default = 1,"
    " input_format_json_ignore_unknown_keys_in_named_tuple = 1,"
    " input_format_json_defaults_for_missing_elements_in_named_tuple = 1, max_threads = 2"
)
# An object that is missing is an empty one here, so what has no tags counts as not being there.
_SEEN = f"""
CREATE TABLE seen ENGINE = Memory AS
SELECT
    if(data.id != '', data.id, id_str) AS id,
    if(data.id != '', data.created_at, created_at) AS written,
    if(data.id != '', data.lang, lang) AS language,
    if(data.id != '', data.author_id, user.id_str) AS author,
    arrayFirst(r -> r.type = 'retweeted', data.referenced_tweets).id AS reference,
    retweeted_status.id_str != '' OR reference != '' AS is_retweet,
    multiIf(
        reference != '', arrayFirst(t -> t.id = reference, includes.tweets).entities.hashtags,
        data.id != '', data.entities.hashtags,
        notEmpty(retweeted_status.extended_tweet.entities.hashtags),
            retweeted_status.extended_tweet.entities.hashtags,
        retweeted_status.id_str != '', retweeted_status.entities.hashtags,
        notEmpty(extended_tweet.entities.hashtags), extended_tweet.entities.hashtags,
        entities.hashtags
    ) AS entity_tags,
    arrayMap(h -> if(h.text != '', h.text, h.tag), entity_tags) AS tags
FROM file('%s', 'JSONEachRow', '{_COLUMNS}')
SETTINGS {_READ}
"""
_TWEETS = "CREATE TABLE tweets ENGINE = Memory AS SELECT * FROM seen WHERE id != '' LIMIT 1 BY id"
_TOTALS = """
SELECT
    count(), countIf(is_retweet), uniqExact(author), (SELECT countIf(id != '') FROM seen) - count(),
    (SELECT countIf(id = '') FROM seen), uniqExact(substring(written, 12, 5))
FROM tweets
"""
_TAGS = """
SELECT tag, sum(tweets), count(), max(tweets)
FROM (
    SELECT lowerUTF8(normalizeUTF8NFKC(spelling)) AS tag, author, uniqExact(id) AS tweets
    FROM tweets ARRAY JOIN tags AS spelling
    GROUP BY tag, author
)
GROUP BY tag
"""


def count(folder: Path) -> dict[str, Any]:
    """Count the day."""
    with Session() as session:
        session.query("CREATE DATABASE bench ENGINE = Atomic")
        session.query("USE bench")
        session.query(_SEEN % f"{folder}/raw/*/*/*.jsonl")
        session.query(_TWEETS)
        names = ("tweets", "retweets", "authors", "duplicates", "notices", "minutes")
        hours = _rows(session, "SELECT substring(written, 12, 2) AS hour, count() FROM tweets GROUP BY hour")
        return day_answer(
            totals=dict(zip(names, map(int, _rows(session, _TOTALS)[0]), strict=True)),
            hours=[int(count) for _, count in sorted(hours)],
            languages={
                lang: int(count)
                for lang, count in _rows(session, "SELECT language, count() FROM tweets GROUP BY language")
            },
            tags=[
                (tag, int(tweets), int(authors), int(busiest))
                for tag, tweets, authors, busiest in _rows(session, _TAGS)
            ],
        )


def _rows(session: Session, query: str) -> list[list[str]]:
    """Return the answer's rows as text; no value here holds a tabulator."""
    return [line.split("\t") for line in str(session.query(query, "TSVRaw")).splitlines()]
