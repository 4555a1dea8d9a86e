"""Figures in CloudWatch."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from boto3.session import Session
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError

from report.errors import SignError

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.literals import StandardUnitType

_CONNECT_SECONDS = 5
_READ_SECONDS = 10
_ATTEMPTS = 3


def cloudwatch_client(attempts: int = _ATTEMPTS) -> "CloudWatchClient":
    """Return a client set up by boto3's own variables; raise `SignError` where they are wrong.

    A call that failed in a way that can pass is tried `attempts` times in all, here and nowhere else.
    """
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    try:
        return Session().client("cloudwatch", config=config)
    except (BotoCoreError, ValueError) as error:
        raise SignError(f"cannot set up CloudWatch: {error}; check the AWS_… variables") from error


class CloudWatchMetrics:
    """Puts figures into `namespace`; the client is `cloudwatch_client`'s."""

    def __init__(self, client: "CloudWatchClient", namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    def put(self, figures: Mapping[str, float], at: datetime) -> None:
        """Add these figures at a time; raise `SignError`."""
        try:
            self._client.put_metric_data(
                Namespace=self._namespace,
                MetricData=[
                    {"MetricName": name, "Timestamp": at, "Value": figure, "Unit": _unit(name)}
                    for name, figure in figures.items()
                ],
            )
        except (BotoCoreError, ClientError) as error:
            raise SignError(
                f"could not put figures into {self._namespace}: {error}; "
                "allow cloudwatch:PutMetricData, or empty METRICS_NAMESPACE"
            ) from error


def _unit(name: str) -> "StandardUnitType":
    if name.endswith("Seconds"):
        return "Seconds"
    return "Percent" if name.endswith("Percent") else "Count"
