-- parameters: retweets
-- Tweets and observed minutes by quarter of an hour, UTC: every zone's hours are made of whole quarters.
SELECT
    quarter,
    count(CASE WHEN counted THEN 1 END) AS tweets,
    count(DISTINCT minute) AS observed_minutes
FROM (
    SELECT
        date_trunc('hour', seen_at) + INTERVAL '15' MINUTE * floor(extract(MINUTE FROM seen_at) / 15) AS quarter,
        date_trunc('minute', seen_at) AS minute,
        (NOT is_retweet OR ? = 'with') AS counted
    FROM tweets
) AS placed
GROUP BY quarter
ORDER BY quarter
