INSERT INTO "twitter_trends"."tweets"
WITH raw_tweets AS (
SELECT "$path", "id", "id_str", "created_at", "lang", "text", "full_text", "user", "entities", "extended_entities", "extended_tweet", "retweeted_status", "author_id", "author", "note_tweet", "referenced_tweets", "attachments", "data", "includes", "delete", "limit", "status_withheld", "user_withheld", "scrub_geo", "disconnect", "warning", "event", "friends", "friends_str", "direct_message", "errors", "refused"
FROM "twitter_trends"."raw_tweets"
WHERE dt BETWEEN '2026-11-20' AND '2026-11-20' AND (dt > '2026-11-20' OR hour >= 0) AND (dt < '2026-11-20' OR hour <= 23)
),
documents AS (
SELECT * FROM (
-- Every raw document as one row: what kind it is and, of a tweet, what the project keeps.
--
-- Reads raw_tweets, with the pseudo column "$path". Times are UTC. The same rules stand in Python
-- (report/tweets/); tests hold both to the same answers. Written for Athena, read by DuckDB too:
-- report/adapters/duckdb_engine.py says how.
WITH shaped AS (
    -- One set of names for v1.1 (and v2 flattened by twarc) and for v2 inside its response.
    SELECT
        "$path" AS path,
        IF(data IS NULL, coalesce(id_str, id), data.id) AS id,
        IF(data IS NULL, created_at, data.created_at) AS created_text,
        IF(data IS NULL, lang, data.lang) AS lang,
        IF(data IS NULL, coalesce("user".id_str, "user".id, author_id, author.id), data.author_id) AS author_id,
        IF(
            data IS NULL,
            coalesce(extended_tweet.full_text, note_tweet."text", full_text, "text"),
            coalesce(data.note_tweet."text", data."text")
        ) AS body,
        CASE
            WHEN data.note_tweet.entities IS NOT NULL THEN data.note_tweet.entities.hashtags
            WHEN data IS NOT NULL THEN data.entities.hashtags
            WHEN extended_tweet.entities IS NOT NULL THEN extended_tweet.entities.hashtags
            WHEN note_tweet.entities IS NOT NULL THEN note_tweet.entities.hashtags
            ELSE entities.hashtags
        END AS body_hashtags,
        IF(
            data IS NULL,
            extended_tweet.entities IS NOT NULL OR note_tweet.entities IS NOT NULL OR entities IS NOT NULL,
            data.note_tweet.entities IS NOT NULL OR data.entities IS NOT NULL
        ) AS body_has_entities,
        retweeted_status AS original,
        element_at(
            filter(IF(data IS NULL, referenced_tweets, data.referenced_tweets), r -> r.type = 'retweeted'), 1
        ) AS reference,
        includes.tweets AS included,
        coalesce(
            extended_tweet.extended_entities.media,
            extended_tweet.entities.media,
            extended_entities.media,
            entities.media
        ) AS pictures,
        IF(data IS NULL, attachments.media, includes.media) AS attached,
        CASE
            WHEN "delete" IS NOT NULL THEN 'delete'
            WHEN "limit" IS NOT NULL THEN 'limit'
            WHEN status_withheld IS NOT NULL THEN 'status_withheld'
            WHEN user_withheld IS NOT NULL THEN 'user_withheld'
            WHEN scrub_geo IS NOT NULL THEN 'scrub_geo'
            WHEN disconnect IS NOT NULL THEN 'disconnect'
            WHEN warning IS NOT NULL THEN 'warning'
            WHEN event IS NOT NULL THEN 'event'
            WHEN friends IS NOT NULL THEN 'friends'
            WHEN friends_str IS NOT NULL THEN 'friends_str'
            WHEN direct_message IS NOT NULL THEN 'direct_message'
            WHEN errors IS NOT NULL AND data IS NULL THEN 'errors'
        END AS notice_kind,
        refused IS NOT NULL AS by_import
    FROM raw_tweets
),
found AS (
    SELECT
        *,
        -- v2: the original stands among the included tweets, or inside the reference if flattened.
        element_at(filter(included, t -> t.id = reference.id), 1) AS beside,
        TRY_CAST(CASE
            -- Wed Apr 27 18:08:01 +0000 2016
            WHEN regexp_like(
                created_text,
                '^[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [+]0000 20[0-9]{2}$'
            ) THEN substr(created_text, 27, 4) || '-' || substr(
                'Jan01Feb02Mar03Apr04May05Jun06Jul07Aug08Sep09Oct10Nov11Dec12',
                strpos(
                    'Jan01Feb02Mar03Apr04May05Jun06Jul07Aug08Sep09Oct10Nov11Dec12',
                    substr(created_text, 5, 3)
                ) + 3,
                2
            ) || '-' || substr(created_text, 9, 2) || ' ' || substr(created_text, 12, 8)
            -- 2021-05-11T22:00:29.000Z
            WHEN regexp_like(
                created_text,
                '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z$'
            ) THEN substr(created_text, 1, 10) || ' ' || substr(created_text, 12, 8)
        END AS timestamp) AS stated_at,
        -- From 29700859247 on, an id holds the milliseconds since 2010-11-04 01:42:54.657.
        IF(
            TRY_CAST(id AS bigint) >= 29700859247,
            date_add('millisecond', TRY_CAST(id AS bigint) / 4194304, timestamp '2010-11-04 01:42:54.657'),
            NULL
        ) AS minted_at,
        -- 20261120T130500Z-<feed>.json
        regexp_extract(path, '/([0-9]{8}T[0-9]{6})Z-[^/]*[.]json$', 1) AS slot,
        regexp_extract(path, '/dt=([0-9]{4}-[0-9]{2}-[0-9]{2})/hour=[0-9]{2}/[^/]*$', 1) AS day,
        regexp_extract(path, '/hour=([0-9]{2})/[^/]*$', 1) AS hour
    FROM shaped
),
judged AS (
    SELECT
        *,
        CASE
            WHEN regexp_like(id, '^[1-9][0-9]{0,18}$') AND body IS NOT NULL AND coalesce(stated_at, minted_at) IS NOT NULL
                THEN 'tweet'
            WHEN notice_kind IS NOT NULL THEN 'notice'
            ELSE 'refused'
        END AS kind,
        coalesce(stated_at, minted_at) AS created_at,
        TRY_CAST(
            substr(slot, 1, 4) || '-' || substr(slot, 5, 2) || '-' || substr(slot, 7, 2) || ' '
            || substr(slot, 10, 2) || ':' || substr(slot, 12, 2) || ':' || substr(slot, 14, 2) AS timestamp
        ) AS slot_at,
        TRY_CAST(day || ' ' || hour || ':00:00' AS timestamp) AS hour_at,
        coalesce(
            original.extended_tweet.full_text, original.full_text, original."text",
            beside.note_tweet."text", beside."text",
            reference.note_tweet."text", reference."text"
        ) AS original_body,
        CASE
            WHEN original.extended_tweet.entities IS NOT NULL THEN original.extended_tweet.entities.hashtags
            WHEN original.entities IS NOT NULL THEN original.entities.hashtags
            WHEN beside.note_tweet.entities IS NOT NULL THEN beside.note_tweet.entities.hashtags
            WHEN beside.entities IS NOT NULL THEN beside.entities.hashtags
            WHEN reference.note_tweet.entities IS NOT NULL THEN reference.note_tweet.entities.hashtags
            ELSE reference.entities.hashtags
        END AS original_hashtags,
        original.extended_tweet.entities IS NOT NULL OR original.entities IS NOT NULL
            OR beside.note_tweet.entities IS NOT NULL OR beside.entities IS NOT NULL
            OR reference.note_tweet.entities IS NOT NULL OR reference.entities IS NOT NULL
            AS original_has_entities
    FROM found
),
tagged AS (
    -- A retweet's tags are its original's, where the document holds it.
    SELECT
        *,
        IF(original_has_entities OR original_body <> '', original_has_entities, body_has_entities)
            AS has_entities,
        IF(original_has_entities OR original_body <> '', original_hashtags, body_hashtags) AS entity_hashtags,
        IF(original_has_entities OR original_body <> '', original_body, body) AS tag_body
    FROM judged
),
listed AS (
    SELECT
        *,
        CASE
            WHEN kind <> 'tweet' THEN NULL
            WHEN has_entities THEN transform(
                filter(coalesce(entity_hashtags, ARRAY[]), h -> coalesce(h."text", h.tag, '') <> ''),
                h -> coalesce(h."text", h.tag)
            )
            -- No entities: the tags are read from the text; report/tweets/hashtags.py tells how.
            ELSE filter(
                regexp_extract_all(
                    replace(replace(replace(replace(
                        tag_body, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&'),
                    replace(
                        replace(
                            'https?://t\.co/[A-Za-z0-9]+'
                            || '|https?://[\p{L}\p{M}\p{Nd}._:-]+(?:[/?][PATH]*)?'
                            || '|(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?::[0-9]+)?/[PATH]*'
                            || '|(?:^|[^&TAG]|' || chr(65038) || '|' || chr(65039) || ')[#＃]([TAG]+(?:[#＃]|://)?)',
                            'PATH',
                            'A-Za-z0-9!*'';:=+,.$/%#?\[\]_~@|&-'
                        ),
                        'TAG',
                        '\p{L}\p{M}\p{Nd}_·־׳״་༌〃〜゛゜゠・꙾～' || chr(8204) || chr(8205)
                    ),
                    1
                ),
                h -> regexp_like(h, '[\p{L}\p{M}]')
                    AND NOT regexp_like(h, '^[' || chr(65039) || chr(8419) || ']|[#＃/]$')
            )
        END AS found_tags,
        IF(
            kind = 'tweet',
            concat(
                transform(
                    filter(coalesce(pictures, ARRAY[]), m -> m.media_url_https IS NOT NULL),
                    m -> m.media_url_https
                ),
                transform(filter(coalesce(attached, ARRAY[]), m -> m.url IS NOT NULL), m -> m.url)
            ),
            NULL
        ) AS found_urls
    FROM tagged
)
SELECT
    kind,
    IF(kind = 'notice', notice_kind, NULL) AS notice_kind,
    IF(kind = 'tweet', id, NULL) AS id,
    coalesce(slot_at, IF(kind = 'tweet', created_at, NULL), hour_at) AS seen_at,
    IF(kind = 'tweet', created_at, NULL) AS created_at,
    IF(kind = 'tweet', coalesce(nullif(lang, ''), 'und'), NULL) AS lang,
    IF(kind = 'tweet', author_id, NULL) AS author_id,
    CASE
        WHEN kind <> 'tweet' THEN NULL
        WHEN strpos(body, '&') = 0 THEN body
        ELSE replace(replace(replace(replace(
            body, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&')
    END AS "text",
    array_distinct(found_tags) AS hashtags,
    IF(kind = 'tweet', original IS NOT NULL OR reference IS NOT NULL, NULL) AS is_retweet,
    array_distinct(found_urls) AS media_urls,
    IF(kind = 'refused', path, NULL) AS refused_in,
    IF(kind = 'refused', by_import, NULL) AS refused_by_import
FROM listed
) WHERE seen_at >= TIMESTAMP '2026-11-20 00:00:00.000000' AND seen_at < TIMESTAMP '2026-11-21 00:00:00.000000'
),
tweets AS (
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
)
SELECT "id", "seen_at", "created_at", "lang", "author_id", "text", "hashtags", "is_retweet", "media_urls", '2026-11-20' AS dt
FROM tweets
WHERE id NOT IN (SELECT id FROM "twitter_trends"."tweets" WHERE dt IN ('2026-11-19', '2026-11-20'))
