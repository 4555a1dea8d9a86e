-- parameters: folding, retweets
-- Every hashtag with its spellings taken together: in how many tweets, by how many authors, how many of
-- them are the busiest author's, and when (UTC) it was first and last seen. `folding` says which spellings
-- go where: spelling, U+001F, tag, a U+001E between pairs; a spelling it leaves out stands for itself.
WITH folding AS (
    SELECT split_part(pair, chr(31), 1) AS spelling, split_part(pair, chr(31), 2) AS tag
    FROM UNNEST(split(?, chr(30))) AS pairs (pair)
),
uses AS (
    SELECT coalesce(folding.tag, spelt.hashtag) AS tag, spelt.id, spelt.author_id, spelt.seen_at
    FROM (
        SELECT hashtag, id, author_id, seen_at
        FROM (SELECT id, author_id, seen_at, hashtags FROM tweets WHERE NOT is_retweet OR ? = 'with') AS kept
        CROSS JOIN UNNEST(hashtags) AS each_use (hashtag)
    ) AS spelt
    LEFT JOIN folding ON folding.spelling = spelt.hashtag
),
by_author AS (
    SELECT
        tag,
        author_id,
        count(DISTINCT id) AS tweets,
        min(seen_at) AS first_seen,
        max(seen_at) AS last_seen
    FROM uses
    GROUP BY tag, author_id
)
SELECT
    tag,
    CAST(sum(tweets) AS BIGINT) AS tweets,
    count(author_id) AS authors,
    max(tweets) AS busiest,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen
FROM by_author
GROUP BY tag
ORDER BY tweets DESC, tag
