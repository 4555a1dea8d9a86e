-- parameters: retweets
-- Every spelling of a hashtag and in how many tweets it stands, most first.
SELECT hashtag AS spelling, count(*) AS tweets
FROM tweets CROSS JOIN UNNEST(hashtags) AS uses (hashtag)
WHERE NOT is_retweet OR ? = 'with'
GROUP BY hashtag
ORDER BY tweets DESC, spelling
