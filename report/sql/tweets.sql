-- Every tweet once: the first seen of those that share an id, whichever file is read first.
WITH numbered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY id
            ORDER BY seen_at, is_retweet, author_id, lang, hashtags, created_at, "text", media_urls
        ) AS place
    FROM documents
    WHERE kind = 'tweet'
)
SELECT id, seen_at, created_at, lang, author_id, "text", hashtags, is_retweet, media_urls
FROM numbered
WHERE place = 1
