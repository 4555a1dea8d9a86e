CREATE EXTERNAL TABLE IF NOT EXISTS `twitter_trends`.`raw_tweets` (
    `id` string,
    `id_str` string,
    `created_at` string,
    `lang` string,
    `text` string,
    `full_text` string,
    `user` struct<id:string,id_str:string>,
    `entities` struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>,
    `extended_entities` struct<media:array<struct<media_url_https:string>>>,
    `extended_tweet` struct<full_text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>,extended_entities:struct<media:array<struct<media_url_https:string>>>>,
    `retweeted_status` struct<text:string,full_text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>,extended_tweet:struct<full_text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>>>,
    `author_id` string,
    `author` struct<id:string>,
    `note_tweet` struct<text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>>,
    `referenced_tweets` array<struct<type:string,id:string,text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>,note_tweet:struct<text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>>>>,
    `attachments` struct<media:array<struct<url:string>>>,
    `data` struct<id:string,created_at:string,lang:string,text:string,author_id:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>,note_tweet:struct<text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>>,referenced_tweets:array<struct<type:string,id:string,text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>,note_tweet:struct<text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>>>>>,
    `includes` struct<tweets:array<struct<id:string,text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>,note_tweet:struct<text:string,entities:struct<hashtags:array<struct<text:string,tag:string>>,media:array<struct<media_url_https:string>>>>>>,media:array<struct<url:string>>>,
    `delete` string,
    `limit` string,
    `status_withheld` string,
    `user_withheld` string,
    `scrub_geo` string,
    `disconnect` string,
    `warning` string,
    `event` string,
    `friends` string,
    `friends_str` string,
    `direct_message` string,
    `errors` string,
    `refused` string
)
PARTITIONED BY (`dt` string, `hour` int)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
STORED AS TEXTFILE
LOCATION 's3://your-bucket/your-prefix/raw/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'projection.dt.type' = 'date',
    'projection.dt.format' = 'yyyy-MM-dd',
    'projection.dt.range' = '2006-03-21,NOW',
    'projection.hour.type' = 'integer',
    'projection.hour.range' = '0,23',
    'projection.hour.digits' = '2',
    'storage.location.template' = 's3://your-bucket/your-prefix/raw/dt=${dt}/hour=${hour}/'
)
