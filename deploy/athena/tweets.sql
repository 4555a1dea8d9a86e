CREATE EXTERNAL TABLE IF NOT EXISTS `twitter_trends`.`tweets` (
    `id` string,
    `seen_at` timestamp,
    `created_at` timestamp,
    `lang` string,
    `author_id` string,
    `text` string,
    `hashtags` array<string>,
    `is_retweet` boolean,
    `media_urls` array<string>
)
PARTITIONED BY (`dt` string)
STORED AS PARQUET
LOCATION 's3://your-bucket/your-prefix/tweets/'
TBLPROPERTIES (
    'parquet.compression' = 'ZSTD',
    'projection.enabled' = 'true',
    'projection.dt.type' = 'date',
    'projection.dt.format' = 'yyyy-MM-dd',
    'projection.dt.range' = '2006-03-21,NOW',
    'storage.location.template' = 's3://your-bucket/your-prefix/tweets/dt=${dt}/'
)
