"""What to do about S3's refusals, by the name S3 gives them."""

TAKEN_NAMES = {"BucketAlreadyExists", "BucketAlreadyOwnedByYou"}

ADVICE = {
    "BucketAlreadyExists": (
        "bucket {bucket!r} belongs to somebody else: names are taken world-wide; choose another"
    ),
    "BucketAlreadyOwnedByYou": "bucket {bucket!r} is yours already",
    "BucketNotEmpty": (
        "bucket {bucket!r} is not empty, so it stays: `python -m report storage ls s3://{bucket}/` shows what"
        " it holds, `python -m report storage rm --recursive s3://{bucket}/` removes it; older versions,"
        " where it keeps them, have to go too"
    ),
    "TooManyBuckets": "{bucket!r} would be one bucket too many: delete another, or ask AWS for more",
    "AccessControlListNotSupported": (
        "bucket {bucket!r} has ACLs disabled, as new buckets do, so {key!r} was not put: leave out --public,"
        " then share a link to it, or let a bucket policy allow s3:GetObject to everybody"
    ),
    "InvalidObjectState": "{key!r} in bucket {bucket!r} is archived (Glacier): restore it first",
    "RequestTimeTooSkewed": "S3 refuses {tried}: this machine's clock is wrong by over 15 minutes; set it",
    "EntityTooLarge": "{key!r} is larger than bucket {bucket!r} takes: an object has 5 TB at most",
    "400": (
        "S3 refuses {tried} and, to a HEAD, gives no reason: most often the token has expired, or"
        " AWS_DEFAULT_REGION is not the bucket's region"
    ),
}
"""Texts to be filled with `bucket`, `key`, and `tried`: the action on both."""

HOW_TO_SIGN_IN = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_PROFILE) in the environment or in .env, run"
    " where a role is given, or set STORAGE_ANONYMOUS=true to read a public bucket"
)
HOW_TO_RENEW = (
    "sign in again (`aws sso login`), or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
    " to new ones"
)
