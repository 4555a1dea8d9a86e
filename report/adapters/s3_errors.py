"""What S3 refuses, in the house's words."""

import contextlib
from collections.abc import Iterator

from boto3.exceptions import RetriesExceededError
from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

from report.errors import AlreadyExists, NotFound, StorageError, StorageUnavailable

_NO_BUCKET = "NoSuchBucket"
RACE = {"ConditionalRequestConflict", "OperationAborted"}
_MISSING = {"NoSuchKey", "404", "NotFound"}
_CHANGED = {"PreconditionFailed", "412"}
_REFUSED = {"AccessDenied", "403", "Forbidden", "AllAccessDisabled", "AccountProblem"}
_WRONG_CREDENTIALS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "TokenRefreshRequired",
}
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
_LOST = (boto.HTTPClientError, boto.ConnectionError, boto.IncompleteReadError)
_HOW_TO_SIGN_IN = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_PROFILE), run where a role is given, "
    "or set STORAGE_ANONYMOUS=true to read a public bucket"
)


@contextlib.contextmanager
def translated(action: str, bucket: str, key: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `action` is the IAM action tried, such as "s3:GetObject"."""
    try:
        yield
    except ClientError as error:
        raise _client_translation(error, action, bucket, key) from error
    except RetriesExceededError as error:
        raise StorageUnavailable(f"{action} on {key!r} in bucket {bucket!r} broke off: try again") from error
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
    what = f"{key!r} in bucket {bucket!r}"
    tried = f"{action} on {what}"
    if code == _NO_BUCKET:
        return missing_bucket(bucket)
    if code in _MISSING:
        return NotFound(f"there is no {what}")
    if code in _CHANGED:
        return AlreadyExists(f"{what} is already there, or has changed since it was read: read it again")
    if code in _REFUSED:
        return StorageError(_refusal(action, what))
    if code in _WRONG_CREDENTIALS:
        return StorageError(f"S3 does not accept our credentials ({code}) for {tried}: {_HOW_TO_SIGN_IN}")
    if code in _WRONG_REGION:
        return StorageError(f"bucket {bucket!r} is in another region ({code}): set AWS_DEFAULT_REGION to it")
    if code in _PASSING | RACE or status in _PASSING_STATUS:
        return StorageUnavailable(f"S3 asks to be left alone for a while ({code}), tried {tried}: try again")
    return StorageError(f"S3 refused {tried}: {error}")


def _refusal(action: str, what: str) -> str:
    text = f"S3 denies {what}: allow {action} in the IAM or bucket policy"
    if action == "s3:GetObject":
        text += " (without s3:ListBucket, S3 also says this of an object that is missing)"
    return text


class NotRead(Exception):
    """An object was not read in bulk, for whatever reason: ask boto3."""


def _core_translation(error: BotoCoreError, action: str, bucket: str, key: str) -> StorageError:
    tried = f"{action} on {key!r} in bucket {bucket!r}"
    if isinstance(error, _NO_CREDENTIALS):
        return StorageError(f"no credentials for {tried}: {_HOW_TO_SIGN_IN} ({error})")
    if isinstance(error, _LOST):
        return StorageUnavailable(f"S3 cannot be reached for {tried}: {error}; try again")
    return StorageError(f"could not ask S3 for {tried}: {error}")
