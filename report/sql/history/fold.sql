-- parameters: step, scale, day, is_observed, top, kept_days
-- What is known of each hashtag after a day: `state` of the day before, and the day's own `ranked`.
-- Rates are in tweets a day of 1,440 observed minutes; `scale` brings the day's counts to that. With
-- d = x - m: m + a d, and (1 - a)(v + a d^2): Finch, "Incremental calculation of weighted mean and
-- variance" (2009), the form SigniTrend (doi 10.1145/2623330.2623740) keeps; `step` is a.
WITH given AS (
    SELECT
        CAST(? AS DOUBLE) AS step,
        CAST(? AS DOUBLE) AS scale,
        CAST(? AS DATE) AS day,
        CAST(? AS BIGINT) AS is_observed,
        CAST(? AS BIGINT) AS top,
        CAST(? AS BIGINT) AS kept_days
),
paired AS (
    SELECT
        coalesce(ranked.key, state.key) AS key,
        coalesce(ranked.tag, state.tag) AS tag,
        coalesce(state.rate, 0) AS rate,
        coalesce(state.variance, 0) AS variance,
        coalesce(ranked.tweets, 0) AS tweets,
        ranked.place,
        state.first_day,
        state.last_day,
        coalesce(state.days_seen, 0) AS days_seen,
        coalesce(state.days_unseen, 0) AS days_unseen,
        coalesce(state.days_in_top, 0) AS days_in_top,
        state.last_in_top,
        state.best_place,
        state.best_day
    FROM ranked
    FULL OUTER JOIN state ON state.key = ranked.key
)
SELECT
    paired.key,
    paired.tag,
    paired.rate + given.step * (paired.tweets * given.scale - paired.rate) AS rate,
    (1 - given.step) * (paired.variance + given.step * power(paired.tweets * given.scale - paired.rate, 2))
        AS variance,
    coalesce(paired.first_day, given.day) AS first_day,
    CASE WHEN paired.place IS NULL THEN paired.last_day ELSE given.day END AS last_day,
    CASE WHEN paired.place IS NULL THEN paired.days_seen ELSE paired.days_seen + 1 END AS days_seen,
    CASE WHEN paired.place IS NULL THEN paired.days_unseen + given.is_observed ELSE 0 END AS days_unseen,
    CASE WHEN paired.place <= given.top THEN paired.days_in_top + 1 ELSE paired.days_in_top END AS days_in_top,
    CASE WHEN paired.place <= given.top THEN given.day ELSE paired.last_in_top END AS last_in_top,
    CASE WHEN paired.place >= coalesce(paired.best_place, paired.place + 1) OR paired.place IS NULL
        THEN paired.best_place ELSE paired.place END AS best_place,
    CASE WHEN paired.place >= coalesce(paired.best_place, paired.place + 1) OR paired.place IS NULL
        THEN paired.best_day ELSE given.day END AS best_day
FROM paired
CROSS JOIN given
WHERE paired.place IS NOT NULL
    OR paired.days_in_top > 0
    OR paired.days_unseen + given.is_observed <= given.kept_days
ORDER BY paired.key
