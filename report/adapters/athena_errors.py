"""What Athena refuses, in the house's words."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

from report.errors import EngineError, EngineUnavailable

_PASSING = {"TooManyRequestsException", "ThrottlingException", "Throttling", "InternalServerException"}
_PASSING_STATUS = {429, 500, 502, 503, 504}
_LOST = (boto.HTTPClientError, boto.ConnectionError)
_ADVICE = {
    "workgroup": "create the workgroup, or correct ATHENA_WORKGROUP",
    "output location": "set ATHENA_OUTPUT to s3://bucket/prefix, or give the workgroup a place for results",
    "schema_not_found": "make the database and its tables (deploy/athena), or correct ATHENA_DATABASE",
    "database": "make the database and its tables (deploy/athena), or correct ATHENA_DATABASE",
    "table_not_found": "make the tables (deploy/athena), or correct ATHENA_DATABASE",
    "bytes scanned limit": "ask about a shorter time, or raise the workgroup's own limit",
    "access": "docs/operations.md lists the IAM actions Athena needs",
    "not authorized": "docs/operations.md lists the IAM actions Athena needs",
    "credentials": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_PROFILE)",
    "security token": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_PROFILE)",
    "region": "set AWS_DEFAULT_REGION",
}


@contextlib.contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `what` says what Athena was to do."""
    try:
        yield
    except ClientError as error:
        raise _client_translation(error, what) from error
    except BotoCoreError as error:
        if isinstance(error, _LOST):
            raise EngineUnavailable(f"Athena cannot be reached to {what}: {error}; try again") from error
        raise EngineError(f"could not ask Athena to {what}: {_advised(str(error))}") from error


def ended_badly(status: Mapping[str, Any], what: str) -> EngineError:
    """Return the error for an execution that failed or was cancelled, with the reason Athena gives."""
    reason = status.get("StateChangeReason") or status.get("AthenaError", {}).get("ErrorMessage", "no reason")
    if status.get("AthenaError", {}).get("Retryable"):
        return EngineUnavailable(f"Athena could not {what} for now: {reason}; try again")
    ended = "was cancelled when asked to" if status["State"] == "CANCELLED" else "could not"
    return EngineError(f"Athena {ended} {what}: {_advised(reason)}")


def _client_translation(error: ClientError, what: str) -> EngineError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _PASSING or status in _PASSING_STATUS:
        return EngineUnavailable(f"Athena is too busy to {what} ({code}): try again later")
    return EngineError(f"Athena refused to {what}: {_advised(str(error))}")


def _advised(reason: str) -> str:
    """Add what to do, where it is known."""
    said = reason.lower()
    advice = next((advice for sign, advice in _ADVICE.items() if sign in said), "")
    return f"{reason.rstrip('. ')}: {advice}" if advice else reason
