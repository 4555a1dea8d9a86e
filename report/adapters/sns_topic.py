"""Tells an SNS topic."""

import json
from typing import TYPE_CHECKING

from report.adapters.sns_errors import ALERTS_SETUP, published

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_LONGEST_BYTES = 200_000
"""SNS takes 256 KB of JSON, in which a line break is two signs."""

_LONGEST_SUBJECT = 99


class SnsTopic:
    """Publishes to the topic `arn`; the client is `sns_client`'s, `cure` says what to do where none is."""

    def __init__(self, client: "SNSClient", arn: str, cure: str = ALERTS_SETUP) -> None:
        self._client = client
        self._arn = arn
        self._cure = cure

    def publish(self, subject: str, text: str) -> None:
        """Tell those who subscribed, a phone the subject alone; raise `TopicError`, see `published`."""
        with published(f"publish to {self._arn}", self._cure):
            self._client.publish(
                TopicArn=self._arn,
                Subject=ascii_line(subject),
                Message=json.dumps({"default": _cut(text), "sms": subject}, ensure_ascii=False),
                MessageStructure="json",
            )


def ascii_line(subject: str) -> str:
    """Return a subject as SNS takes it: ASCII, on one line, under 100 signs."""
    return " ".join(subject.encode("ascii", "replace").decode().split())[:_LONGEST_SUBJECT]


def _cut(text: str) -> str:
    return text.encode()[:_LONGEST_BYTES].decode(errors="ignore")
