"""What S3 refuses, in the house's words."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from boto3.exceptions import RetriesExceededError
from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

from report.adapters.s3_advice import ADVICE, HOW_TO_RENEW, HOW_TO_SIGN_IN, TAKEN_NAMES
from report.errors import AlreadyExists, NotFound, StorageError, StorageUnavailable

_NO_BUCKET = "NoSuchBucket"
RACE = {"ConditionalRequestConflict", "OperationAborted"}
_MISSING = {"NoSuchKey", "404", "NotFound"}
_CHANGED = {"PreconditionFailed", "412"}
_REFUSED = {"AccessDenied", "403", "Forbidden", "AllAccessDisabled", "AccountProblem"}
_WRONG_CREDENTIALS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken"}
_EXPIRED = {"ExpiredToken", "TokenRefreshRequired", "RequestExpired"}
_WRONG_REGION = {
    "PermanentRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
    "301",
}
_PASSING = {
    "SlowDown",
    "RequestTimeout",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalError",
}
_PASSING_STATUS = {429, 500, 502, 503, 504}
_NO_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.ProfileNotFound,
    boto.TokenRetrievalError,
    boto.UnauthorizedSSOTokenError,
    boto.NoAuthTokenError,
)
_LACKING = re.compile(r"not authorized to perform:? (?P<action>[a-z0-9-]+:[A-Za-z]+)")
_LOST = (boto.HTTPClientError, boto.ConnectionError, boto.IncompleteReadError)


@contextlib.contextmanager
def translated(action: str, bucket: str, key: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `action` is the IAM action tried, such as "s3:GetObject"."""
    try:
        yield
    except ClientError as error:
        raise _client_translation(error, action, bucket, key) from error
    except RetriesExceededError as error:
        raise StorageUnavailable(f"{action} on {_what(bucket, key)} broke off: try again") from error
    except BotoCoreError as error:
        raise _core_translation(error, action, bucket, key) from error


def code_of(error: ClientError) -> str:
    """Return S3's own name for the error; a bare status where an answer has no body."""
    return str(error.response.get("Error", {}).get("Code", ""))


def missing_bucket(bucket: str) -> StorageError:
    """Return the error that says so."""
    return StorageError(f"there is no bucket {bucket!r}: create it, or correct STORAGE_URL")


def _client_translation(error: ClientError, action: str, bucket: str, key: str) -> StorageError:
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    what = _what(bucket, key)
    tried = f"{action} on {what}"
    if code == _NO_BUCKET:
        return missing_bucket(bucket)
    if code in _MISSING:
        return NotFound(f"there is no {what}")
    if code in _CHANGED:
        return AlreadyExists(f"{what} is already there, or has changed since it was read: read it again")
    if code in _REFUSED:
        return StorageError(_refusal(action, bucket, key, _words_of(error)))
    if code in TAKEN_NAMES:
        return AlreadyExists(ADVICE[code].format(bucket=bucket))
    if code in ADVICE:
        return StorageError(ADVICE[code].format(bucket=bucket, key=key, tried=tried))
    if code in _EXPIRED:
        return StorageError(f"the credentials are over ({code}), so S3 refuses {tried}: {HOW_TO_RENEW}")
    if code in _WRONG_CREDENTIALS:
        return StorageError(f"S3 does not accept our credentials ({code}) for {tried}: {HOW_TO_SIGN_IN}")
    if code in _WRONG_REGION:
        region = _region_of(error) or "its region"
        return StorageError(
            f"{tried} was asked of another region ({code}): set AWS_DEFAULT_REGION to {region}"
        )
    if code in _PASSING | RACE or status in _PASSING_STATUS:
        return StorageUnavailable(f"S3 asks to be left alone for a while ({code}), tried {tried}: try again")
    return StorageError(f"S3 refused {tried}: {error}")


def _refusal(action: str, bucket: str, key: str, said: str) -> str:
    """Name the right that lacks: S3's own words know best, as of a key of KMS; a HEAD has none."""
    found = _LACKING.search(said)
    lacking = found["action"] if found else action
    text = f"S3 denies {_what(bucket, key)}: allow {lacking} in the IAM or bucket policy"
    if "explicit deny" in said:
        text += "; a policy denies it outright, which no other can allow"
    if lacking == "s3:GetObject" and key:
        text += " (without s3:ListBucket, S3 also says this of an object that is missing)"
    if lacking == "s3:PutObjectAcl":
        text += ", and relax Block Public Access for ACLs, or leave out --public"
    return text


def _what(bucket: str, key: str) -> str:
    if key:
        return f"{key!r} in bucket {bucket!r}"
    return f"bucket {bucket!r}" if bucket else "the list of buckets"


def _words_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))


def _region_of(error: ClientError) -> str:
    """Return the region S3 points to, where it does."""
    answer: dict[str, Any] = dict(error.response)
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(answer.get("Error", {}).get("Region") or headers.get("x-amz-bucket-region") or "")


class NotRead(Exception):
    """An object was not read in bulk, for whatever reason: ask boto3."""


def _core_translation(error: BotoCoreError, action: str, bucket: str, key: str) -> StorageError:
    tried = f"{action} on {_what(bucket, key)}"
    if isinstance(error, _NO_CREDENTIALS):
        return StorageError(f"no credentials for {tried}: {HOW_TO_SIGN_IN} ({error})")
    if isinstance(error, _LOST):
        return StorageUnavailable(f"S3 cannot be reached for {tried}: {error}; try again")
    return StorageError(f"could not ask S3 for {tried}: {error}")
