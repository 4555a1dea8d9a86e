-- parameters: most
-- What is known of the hashtags that were among the first `most` of some day.
SELECT key, tag, first_day, best_place, best_day, days_in_top
FROM state
WHERE best_place <= ?
ORDER BY key
