-- parameters: folding, retweets
-- Every hashtag with its spellings taken together: in how many tweets, by how many authors, and how
-- many of them are the busiest author's. `folding` says which spellings go where: spelling, U+001F, tag,
-- a U+001E between pairs; a spelling it leaves out stands for itself.
WITH folding AS (
    SELECT split_part(pair, chr(31), 1) AS spelling, split_part(pair, chr(31), 2) AS tag
    FROM UNNEST(split(?, chr(30))) AS pairs (pair)
),
uses AS (
    SELECT coalesce(folding.tag, spelt.hashtag) AS tag, spelt.id, spelt.author_id
    FROM (
        SELECT hashtag, id, author_id
        FROM tweets CROSS JOIN UNNEST(hashtags) AS each_use (hashtag)
        WHERE NOT is_retweet OR ? = 'with'
    ) AS spelt
    LEFT JOIN folding ON folding.spelling = spelt.hashtag
),
by_author AS (
    SELECT tag, author_id, count(DISTINCT id) AS tweets
    FROM uses
    GROUP BY tag, author_id
)
SELECT
    tag,
    CAST(sum(tweets) AS BIGINT) AS tweets,
    count(author_id) AS authors,
    max(tweets) AS busiest
FROM by_author
GROUP BY tag
ORDER BY tweets DESC, tag
