"""What S3 refuses of a website, in the house's words."""

import contextlib
from collections.abc import Iterator

from botocore.exceptions import ClientError

from report.adapters.s3_errors import code_of, translated
from report.errors import StorageError

_NO_ACLS = "AccessControlListNotSupported"
_DENIED = {"AccessDenied", "403"}


@contextlib.contextmanager
def site_translated(call: str, bucket: str, key: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `call` is the IAM action tried, such as "s3:PutBucketPolicy"."""
    try:
        with translated(call, bucket, key):
            yield
    except StorageError as error:
        if isinstance(error.__cause__, ClientError) and (said := _said(error.__cause__, call, bucket, key)):
            raise StorageError(said) from error.__cause__
        raise


def _said(error: ClientError, call: str, bucket: str, key: str) -> str:
    code, what = code_of(error), f"{key!r} in bucket {bucket!r}" if key else f"bucket {bucket!r}"
    if code == "NoSuchBucket" or (code == "404" and not key):
        return f"there is no bucket {bucket!r}, tried {call}: create it, or correct SITE_URL"
    if code == _NO_ACLS:
        return (
            f"bucket {bucket!r} takes no ACLs (tried {call} on {key!r}): they are off, as in all new "
            "buckets. Set SITE_ACCESS=policy; or, where it must be ACLs, allow them: `aws s3api "
            f"put-bucket-ownership-controls --bucket {bucket} --ownership-controls "
            "'Rules=[{ObjectOwnership=BucketOwnerPreferred}]'`"
        )
    if code in _DENIED:
        return _ADVICE.get(call, "S3 denies {what}: allow {call} in the IAM policy").format(
            what=what, call=call, bucket=bucket
        )
    return ""


_ADVICE = {
    "s3:PutObjectAcl": (
        "S3 denies putting {what} with the ACL public-read: allow s3:PutObject and {call} in the IAM policy; "
        "or Block Public Access of the bucket or the account forbids public ACLs: set SITE_ACCESS=policy"
    ),
    "s3:PutBucketPolicy": (
        "S3 denies a policy that lets everybody read {what}: allow {call} in the IAM policy; or Block Public "
        "Access of the whole account is on, which only its owner can relax (`aws s3control "
        "get-public-access-block --account-id …` shows it)"
    ),
}
