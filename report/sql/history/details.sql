-- parameters: keys
-- Some hashtags of a counted day in full; `keys` are what they fold to, a U+001E between them.
SELECT counts.*
FROM counts
INNER JOIN (SELECT key FROM UNNEST(split(?, chr(30))) AS wanted (key)) AS wanted ON wanted.key = counts.key
ORDER BY counts.key
