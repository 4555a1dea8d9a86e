-- parameters: folding, popular, together
-- Which hashtags stand in one tweet, of the `popular` most used ones: pairs that did so in `together` tweets
-- at least, retweets included; `folding` as in hashtags.sql.
WITH folding AS (
    SELECT split_part(pair, chr(31), 1) AS spelling, split_part(pair, chr(31), 2) AS tag
    FROM UNNEST(split(?, chr(30))) AS pairs (pair)
),
uses AS (
    SELECT DISTINCT coalesce(folding.tag, spelt.hashtag) AS tag, spelt.id
    FROM (
        SELECT hashtag, id
        FROM tweets CROSS JOIN UNNEST(hashtags) AS each_use (hashtag)
    ) AS spelt
    LEFT JOIN folding ON folding.spelling = spelt.hashtag
),
ranked AS (
    SELECT tag, row_number() OVER (ORDER BY count(*) DESC, tag) AS place
    FROM uses
    GROUP BY tag
),
kept AS (
    SELECT uses.tag, uses.id
    FROM uses
    INNER JOIN ranked ON ranked.tag = uses.tag
    WHERE ranked.place <= ?
)
SELECT one.tag, other.tag AS companion, count(*) AS tweets
FROM kept AS one
INNER JOIN kept AS other ON other.id = one.id AND other.tag <> one.tag
GROUP BY one.tag, other.tag
HAVING count(*) >= ?
ORDER BY one.tag, tweets DESC, companion
