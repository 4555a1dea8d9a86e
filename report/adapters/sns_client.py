"""How SNS is reached: a client with limits on every wait."""

from typing import TYPE_CHECKING, Any

from boto3.session import Session
from botocore.client import Config

from report.adapters.sns_errors import is_open, translated

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_CONNECT_SECONDS = 5
_READ_SECONDS = 20
_ATTEMPTS = 4


def sns_client(region: str | None = None, attempts: int = _ATTEMPTS) -> "SNSClient":
    """Return a client set up by boto3's own variables, for `region` if one is named.

    A call that failed in a way that can pass is tried `attempts` times in all, with growing pauses, here
    and nowhere else; a message that SNS may have taken is not published again. Raise `TopicError` where
    boto3's own settings are wrong.
    """
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    with translated("set up a client", "sns:*"):
        client = Session().client("sns", region_name=region, config=config)
    client.meta.events.register_first("needs-retry.sns.Publish", _not_twice)
    return client


def _not_twice(response: Any, caught_exception: Exception | None, **_: object) -> Any:
    """Return False, no retry, where the message may be on its way, and None to let botocore decide."""
    status = response[0].status_code if response else 0
    return False if is_open(caught_exception, status) else None
