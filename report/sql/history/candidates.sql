-- parameters: share, limit, least_tweets, least_authors, least_expected
-- The day's hashtags that may be told of: the first `limit`, those with enough tweets and authors, and those
-- of which enough were expected in the observed `share` of a day; each beside the day before and what was
-- known of it. `rate` and `variance` are in tweets a day of 1,440 observed minutes.
WITH given AS (
    SELECT
        CAST(? AS DOUBLE) AS share,
        CAST(? AS BIGINT) AS places,
        CAST(? AS BIGINT) AS least_tweets,
        CAST(? AS BIGINT) AS least_authors,
        CAST(? AS DOUBLE) AS least_expected
)
SELECT
    coalesce(ranked.key, state.key) AS key,
    coalesce(ranked.tag, state.tag) AS tag,
    ranked.place,
    coalesce(ranked.tweets, 0) AS tweets,
    coalesce(ranked.authors, 0) AS authors,
    coalesce(ranked.busiest, 0) AS busiest,
    earlier.place AS place_before,
    coalesce(earlier.tweets, 0) AS tweets_before,
    state.rate,
    state.variance,
    state.first_day,
    state.last_day,
    state.days_seen,
    state.days_unseen,
    state.days_in_top,
    state.last_in_top,
    state.best_place,
    state.best_day
FROM ranked
FULL OUTER JOIN state ON state.key = ranked.key
CROSS JOIN given
LEFT JOIN earlier ON earlier.key = coalesce(ranked.key, state.key)
WHERE ranked.place <= given.places
    OR (ranked.tweets >= given.least_tweets AND ranked.authors >= given.least_authors)
    OR state.rate * given.share >= given.least_expected
ORDER BY ranked.place NULLS LAST, coalesce(ranked.key, state.key)
