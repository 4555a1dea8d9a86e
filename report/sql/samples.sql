-- parameters: hashtag, limit
-- Some tweets with a hashtag, spelled just so, latest first.
SELECT id, seen_at, lang, author_id, text
FROM tweets
WHERE contains(hashtags, ?)
ORDER BY seen_at DESC, id DESC
LIMIT ?
