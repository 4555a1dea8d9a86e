-- parameters: retweets, limit
-- The authors with the most tweets, and each one's share of all.
SELECT
    author_id,
    tweets,
    CAST(tweets AS DOUBLE) / sum(tweets) OVER () AS share
FROM (
    SELECT author_id, count(*) AS tweets
    FROM tweets
    WHERE author_id IS NOT NULL AND (NOT is_retweet OR ? = 'with')
    GROUP BY author_id
) AS authors
ORDER BY tweets DESC, author_id
LIMIT ?
