-- parameters: retweets
-- How many tweets there are, how many of them are retweets, and what is counted: with retweets or without.
-- A minute was observed if any tweet was seen in it, one that came again too.
SELECT
    count(*) AS tweets,
    count(CASE WHEN is_retweet THEN 1 END) AS retweets,
    count(CASE WHEN counted THEN 1 END) AS counted,
    count(DISTINCT CASE WHEN counted THEN author_id END) AS authors,
    (SELECT count(DISTINCT date_trunc('minute', seen_at)) FROM documents WHERE kind = 'tweet') AS observed_minutes
FROM (SELECT *, (NOT is_retweet OR ? = 'with') AS counted FROM tweets) AS marked
