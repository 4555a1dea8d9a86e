-- parameters: retweets, limit
-- The most used hashtags, each spelling by itself: in how many tweets, by how many authors.
SELECT hashtag, count(*) AS tweets, count(DISTINCT author_id) AS authors
FROM tweets CROSS JOIN UNNEST(hashtags) AS uses (hashtag)
WHERE NOT is_retweet OR ? = 'with'
GROUP BY hashtag
ORDER BY tweets DESC, hashtag
LIMIT ?
