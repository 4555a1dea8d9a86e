-- parameters: places, places
-- The hashtags among the first `places` of a week or of the week before, each with its numbers in both.
SELECT
    coalesce(ranked.key, earlier.key) AS key,
    coalesce(ranked.tag, earlier.tag) AS tag,
    ranked.place,
    coalesce(ranked.tweets, 0) AS tweets,
    coalesce(ranked.authors, 0) AS authors,
    coalesce(ranked.busiest, 0) AS busiest,
    earlier.place AS place_before,
    coalesce(earlier.tweets, 0) AS tweets_before
FROM ranked
FULL OUTER JOIN earlier ON earlier.key = ranked.key
WHERE ranked.place <= ? OR earlier.place <= ?
ORDER BY ranked.place NULLS LAST, coalesce(ranked.key, earlier.key)
