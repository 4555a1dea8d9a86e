CREATE EXTERNAL TABLE IF NOT EXISTS `twitter_trends`.`counts` (
    `day` date,
    `tag` string,
    `key` string,
    `tweets` bigint,
    `authors` bigint,
    `busiest` bigint,
    `originals` bigint,
    `original_authors` bigint,
    `original_busiest` bigint,
    `first_minute` timestamp,
    `last_minute` timestamp,
    `spellings` array<struct<spelling:string,tweets:bigint,originals:bigint>>,
    `quarters` array<struct<quarter:timestamp,tweets:bigint,originals:bigint>>,
    `companions` array<struct<tag:string,tweets:bigint>>
)
STORED AS PARQUET
LOCATION 's3://your-bucket/your-prefix/counts/UTC/'
