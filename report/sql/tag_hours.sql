-- parameters: folding, retweets
-- When the hashtags named in `folding` (as in hashtags.sql) were used, by quarter of an hour, UTC.
WITH folding AS (
    SELECT split_part(pair, chr(31), 1) AS spelling, split_part(pair, chr(31), 2) AS tag
    FROM UNNEST(split(?, chr(30))) AS pairs (pair)
),
uses AS (
    SELECT
        hashtag,
        id,
        date_trunc('hour', seen_at) + INTERVAL '15' MINUTE * floor(extract(MINUTE FROM seen_at) / 15) AS quarter
    FROM (SELECT id, seen_at, hashtags FROM tweets WHERE NOT is_retweet OR ? = 'with') AS kept
    CROSS JOIN UNNEST(hashtags) AS each_use (hashtag)
)
SELECT folding.tag, uses.quarter, count(DISTINCT uses.id) AS tweets
FROM uses
INNER JOIN folding ON folding.spelling = uses.hashtag
GROUP BY folding.tag, uses.quarter
ORDER BY folding.tag, uses.quarter
