-- parameters: retweets
-- Tweets by language code, most first.
SELECT lang, count(*) AS tweets
FROM tweets
WHERE NOT is_retweet OR ? = 'with'
GROUP BY lang
ORDER BY tweets DESC, lang
