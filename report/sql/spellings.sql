-- parameters: retweets
-- Every spelling of a hashtag and in how many tweets it stands, most first.
SELECT hashtag AS spelling, count(*) AS tweets
FROM (SELECT hashtags FROM tweets WHERE NOT is_retweet OR ? = 'with') AS kept
CROSS JOIN UNNEST(hashtags) AS uses (hashtag)
GROUP BY hashtag
ORDER BY tweets DESC, spelling
