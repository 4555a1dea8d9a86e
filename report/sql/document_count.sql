-- What the documents were: tweets (duplicates included), notices by kind, and what is refused.
SELECT kind, notice_kind, count(*) AS documents
FROM documents
GROUP BY kind, notice_kind
ORDER BY kind, notice_kind
