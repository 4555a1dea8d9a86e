-- parameters: retweets
-- Tweets and observed minutes by quarter of an hour, UTC: every zone's hours are made of whole quarters.
-- A minute was observed if any tweet was seen in it, one that came again too.
WITH seen AS (
    SELECT
        date_trunc('hour', seen_at) + INTERVAL '15' MINUTE * floor(extract(MINUTE FROM seen_at) / 15) AS quarter,
        count(DISTINCT date_trunc('minute', seen_at)) AS observed_minutes
    FROM documents
    WHERE kind = 'tweet'
    GROUP BY 1
),
counted AS (
    SELECT
        date_trunc('hour', seen_at) + INTERVAL '15' MINUTE * floor(extract(MINUTE FROM seen_at) / 15) AS quarter,
        count(*) AS tweets
    FROM tweets
    WHERE NOT is_retweet OR ? = 'with'
    GROUP BY 1
)
SELECT seen.quarter, coalesce(counted.tweets, 0) AS tweets, seen.observed_minutes
FROM seen
LEFT JOIN counted ON counted.quarter = seen.quarter
ORDER BY seen.quarter
