"""How SNS is reached: a client with limits on every wait."""

from typing import TYPE_CHECKING

from boto3.session import Session
from botocore.client import Config

from report.adapters.sns_errors import translated

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_CONNECT_SECONDS = 5
_READ_SECONDS = 20
_ATTEMPTS = 4


def sns_client(region: str | None = None, attempts: int = _ATTEMPTS) -> "SNSClient":
    """Return a client set up by boto3's own variables, for `region` if one is named.

    A call that failed in a way that can pass is tried `attempts` times in all, with growing pauses, here
    and nowhere else. Raise `TopicError` where boto3's own settings are wrong.
    """
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    with translated("set up a client", "sns:*"):
        return Session().client("sns", region_name=region, config=config)
