-- parameters: always, most, least_tweets
-- The hashtags of a counted day whose history is kept: the first `always`, and of the first `most` those with
-- `least_tweets`; `ranked` is of the day.
SELECT
    ranked.key,
    ranked.tag,
    ranked.tweets,
    ranked.authors,
    ranked.place,
    counts.spellings,
    counts.companions
FROM ranked
INNER JOIN counts ON counts.key = ranked.key
CROSS JOIN (
    SELECT CAST(? AS BIGINT) AS places, CAST(? AS BIGINT) AS most, CAST(? AS BIGINT) AS least_tweets
) AS given
WHERE ranked.place <= given.places
    OR (ranked.place <= given.most AND ranked.tweets >= given.least_tweets)
ORDER BY ranked.place
