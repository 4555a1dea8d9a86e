-- parameters: retweets, limit
-- The most used hashtags, each spelling by itself: in how many tweets, by how many authors.
SELECT hashtag, count(*) AS tweets, count(DISTINCT author_id) AS authors
FROM (SELECT hashtags, author_id FROM tweets WHERE NOT is_retweet OR ? = 'with') AS kept
CROSS JOIN UNNEST(hashtags) AS uses (hashtag)
GROUP BY hashtag
ORDER BY tweets DESC, hashtag
LIMIT ?
