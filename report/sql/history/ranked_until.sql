-- parameters: retweets, until
-- As ranked.sql, of the quarters of an hour that were over at `until` (UTC) alone; authors are not known.
SELECT *, row_number() OVER (ORDER BY tweets DESC, tag) AS place
FROM (
    SELECT
        key,
        tag,
        CAST(sum(CASE WHEN ? = 'with' THEN part.tweets ELSE part.originals END) AS BIGINT) AS tweets
    FROM (SELECT key, tag, part FROM counts CROSS JOIN UNNEST(quarters) AS parts (part)) AS spread
    WHERE part.quarter + INTERVAL '15' MINUTE <= CAST(? AS TIMESTAMP)
    GROUP BY key, tag
) AS chosen
WHERE tweets > 0
