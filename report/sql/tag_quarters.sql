-- parameters: folding, retweets
-- When every hashtag was used, by quarter of an hour, UTC; `folding` as in hashtags.sql.
WITH folding AS (
    SELECT split_part(pair, chr(31), 1) AS spelling, split_part(pair, chr(31), 2) AS tag
    FROM UNNEST(split(?, chr(30))) AS pairs (pair)
),
uses AS (
    SELECT
        coalesce(folding.tag, spelt.hashtag) AS tag,
        spelt.id,
        date_trunc('hour', spelt.seen_at)
            + INTERVAL '15' MINUTE * floor(extract(MINUTE FROM spelt.seen_at) / 15) AS quarter
    FROM (
        SELECT hashtag, id, seen_at
        FROM (SELECT id, seen_at, hashtags FROM tweets WHERE NOT is_retweet OR ? = 'with') AS kept
        CROSS JOIN UNNEST(hashtags) AS each_use (hashtag)
    ) AS spelt
    LEFT JOIN folding ON folding.spelling = spelt.hashtag
)
SELECT tag, quarter, count(DISTINCT id) AS tweets
FROM uses
GROUP BY tag, quarter
ORDER BY tag, quarter
