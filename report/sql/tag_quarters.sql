-- parameters: folding
-- When every hashtag was used, by quarter of an hour, UTC: in how many tweets, and in how many of them that
-- are no retweets; `folding` as in hashtags.sql.
WITH folding AS (
    SELECT split_part(pair, chr(31), 1) AS spelling, split_part(pair, chr(31), 2) AS tag
    FROM UNNEST(split(?, chr(30))) AS pairs (pair)
),
uses AS (
    SELECT DISTINCT
        coalesce(folding.tag, spelt.hashtag) AS tag,
        spelt.id,
        spelt.is_retweet,
        date_trunc('hour', spelt.seen_at)
            + INTERVAL '15' MINUTE * floor(extract(MINUTE FROM spelt.seen_at) / 15) AS quarter
    FROM (
        SELECT hashtag, id, is_retweet, seen_at
        FROM tweets CROSS JOIN UNNEST(hashtags) AS each_use (hashtag)
    ) AS spelt
    LEFT JOIN folding ON folding.spelling = spelt.hashtag
)
SELECT tag, quarter, count(*) AS tweets, count(CASE WHEN NOT is_retweet THEN 1 END) AS originals
FROM uses
GROUP BY tag, quarter
ORDER BY tag, quarter
