"""What SNS refuses, in the house's words."""

import contextlib
from collections.abc import Iterator

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

from report.errors import TopicError, TopicMissing, TopicUnavailable, TopicUnknown

_PASSING = {"Throttling", "ThrottlingException", "Throttled", "InternalError", "ServiceUnavailable"}
_PASSING_STATUS = {429, 500, 502, 503, 504}
_LOST = (boto.HTTPClientError, boto.ConnectionError)
_NEVER_MADE = (
    boto.EndpointConnectionError,
    boto.ConnectTimeoutError,
    boto.ProxyConnectionError,
    boto.SSLError,
)
_BROKEN_STATUS = {500, 502, 504}  # of a server, or of one before it, that broke while it was at it
_REFUSED = {"AuthorizationError", "AccessDenied", "AccessDeniedException"}
_WRONG_CREDENTIALS = {
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "ExpiredTokenException",
    "UnrecognizedClientException",
}
ALERTS_SETUP = "`python -m mailer alerts setup` makes a topic"
_SIGN_IN = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_PROFILE), or run where a role is given"
_NO_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.ProfileNotFound,
    boto.TokenRetrievalError,
)


@contextlib.contextmanager
def translated(what: str, action: str, cure: str = ALERTS_SETUP) -> Iterator[None]:
    """Turn botocore's errors into ours; `what` says what SNS was to do, `action` is its IAM name.

    `cure` says what to do where the topic is missing.
    """
    try:
        yield
    except ClientError as error:
        raise _client_translation(error, what, action, cure) from error
    except _LOST as error:
        raise TopicUnavailable(f"SNS cannot be reached to {what}: {error}; try again") from error
    except _NO_CREDENTIALS as error:
        raise TopicError(f"there are no credentials to {what}: {_SIGN_IN} ({error})") from error
    except boto.NoRegionError as error:
        raise TopicError(f"there is no region to {what} in: set AWS_DEFAULT_REGION") from error
    except (BotoCoreError, ValueError) as error:
        raise TopicError(f"could not ask SNS to {what}: {error}") from error


@contextlib.contextmanager
def published(what: str, cure: str = ALERTS_SETUP) -> Iterator[None]:
    """Turn errors at sns:Publish into ours: `TopicUnknown` where SNS may have taken the message."""
    try:
        with translated(what, "sns:Publish", cure):
            yield
    except TopicError as error:
        cause = error.__cause__
        if not is_open(cause, _status(cause) if isinstance(cause, ClientError) else 0):
            raise
        raise TopicUnknown(f"SNS did not say whether it did {what}: {cause}") from cause


def is_open(error: BaseException | None, status: int) -> bool:
    """Whether what failed may have been done: by botocore's `error`, or the `status` of SNS's answer."""
    return status in _BROKEN_STATUS or (isinstance(error, _LOST) and not isinstance(error, _NEVER_MADE))


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _client_translation(error: ClientError, what: str, action: str, cure: str) -> TopicError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _PASSING or _status(error) in _PASSING_STATUS:
        return TopicUnavailable(f"SNS is too busy to {what} ({code}): try again later")
    if code in _REFUSED:
        return TopicError(f"SNS denies us to {what}: allow {action} in the IAM policy or the topic's own")
    if code in _WRONG_CREDENTIALS:
        return TopicError(f"SNS does not accept our credentials ({code}) to {what}: {_SIGN_IN}")
    if code == "NotFound":
        return TopicMissing(f"SNS finds nothing to {what}: {cure}")
    said = error.response.get("Error", {}).get("Message", "") or str(error)
    return TopicError(f"SNS refused to {what} ({code}): {said}")
