"""How Athena is reached: a client with limits on every wait, and what of it we use."""

from typing import Any, Protocol, cast

from boto3.session import Session
from botocore.client import Config

from report.adapters.athena_errors import translated

_CONNECT_SECONDS = 5
_READ_SECONDS = 30
_ATTEMPTS = 6


class AthenaClient(Protocol):
    """The few calls we make, as boto3's client has them; each takes and gives what the API does."""

    def start_query_execution(self, **request: Any) -> dict[str, Any]:
        """Start a query and return its id. It is safe to repeat: boto3 gives each call a token."""

    def get_query_execution(self, **request: Any) -> dict[str, Any]:
        """Return how far a query is, and what it scanned."""

    def get_query_results(self, **request: Any) -> dict[str, Any]:
        """Return a page of up to 1,000 rows."""

    def stop_query_execution(self, **request: Any) -> dict[str, Any]:
        """Cancel a query."""


def athena_client(attempts: int = _ATTEMPTS) -> AthenaClient:
    """Return a client set up by boto3's own variables; raise `EngineError` where they are wrong.

    A call that was throttled, or failed in a way that can pass, is tried `attempts` times in all, with
    growing pauses, here and nowhere else.
    """
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    with translated("set up a client"):
        return cast(AthenaClient, Session().client("athena", config=config))
