-- parameters: retweets, retweets, retweets
-- A counted day's hashtags by rank, with retweets or without: most tweets first, then by the alphabet.
SELECT *, row_number() OVER (ORDER BY tweets DESC, tag) AS place
FROM (
    SELECT
        key,
        tag,
        CASE WHEN ? = 'with' THEN tweets ELSE originals END AS tweets,
        CASE WHEN ? = 'with' THEN authors ELSE original_authors END AS authors,
        CASE WHEN ? = 'with' THEN busiest ELSE original_busiest END AS busiest
    FROM counts
) AS chosen
WHERE tweets > 0
