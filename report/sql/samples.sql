-- parameters: folding, limit
-- Some tweets with the hashtags named in `folding` (as in hashtags.sql), latest first.
WITH folding AS (
    SELECT split_part(pair, chr(31), 1) AS spelling
    FROM UNNEST(split(?, chr(30))) AS pairs (pair)
),
found AS (
    SELECT id
    FROM tweets CROSS JOIN UNNEST(hashtags) AS each_use (hashtag)
    WHERE hashtag IN (SELECT spelling FROM folding)
)
SELECT id, seen_at, lang, author_id, text
FROM tweets
WHERE id IN (SELECT id FROM found)
ORDER BY seen_at DESC, id DESC
LIMIT ?
