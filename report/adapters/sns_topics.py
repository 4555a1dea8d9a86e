"""Makes SNS topics, and says who is told by them."""

from typing import TYPE_CHECKING

from report.adapters.sns_errors import published, translated
from report.topics import Subscription

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef, SubscriptionTypeDef

_PENDING = ("PendingConfirmation", "pending confirmation")
_DELETED = "Deleted"


class SnsTopics:
    """Topics of one region and account; the client is `sns_client`'s. Each verb raises `TopicError`."""

    def __init__(self, client: "SNSClient") -> None:
        self._client = client

    def make(self, name: str) -> str:
        """Return the ARN of the topic of this name, made if there is none."""
        with translated(f"make the topic {name}", "sns:CreateTopic"):
            return self._client.create_topic(Name=name)["TopicArn"]

    def subscribe(self, topic: str, protocol: str, endpoint: str) -> Subscription:
        """Subscribe an address or number to the topic; who is subscribed already stays so, once."""
        with translated(f"subscribe {endpoint} to {topic}", "sns:Subscribe"):
            answer = self._client.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
        return Subscription(protocol, endpoint, _arn(answer["SubscriptionArn"]))

    def subscriptions(self, topic: str) -> list[Subscription]:
        """Return who subscribed, by protocol and endpoint."""
        pages = self._client.get_paginator("list_subscriptions_by_topic")
        with translated(f"list who subscribed to {topic}", "sns:ListSubscriptionsByTopic"):
            found = [one for page in pages.paginate(TopicArn=topic) for one in page["Subscriptions"]]
        known = [_subscription(one) for one in found if one["SubscriptionArn"] != _DELETED]
        return sorted(known, key=lambda one: (one.protocol, one.endpoint))

    def unsubscribe(self, subscription: Subscription) -> None:
        """Tell there no more."""
        with translated(f"unsubscribe {subscription.endpoint}", "sns:Unsubscribe"):
            self._client.unsubscribe(SubscriptionArn=subscription.arn)

    def text(self, number: str, message: str) -> None:
        """Send one SMS to a phone, by no topic."""
        kind: dict[str, MessageAttributeValueTypeDef] = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
        }
        with published(f"send an SMS to {number}"):
            self._client.publish(PhoneNumber=number, Message=message, MessageAttributes=kind)


def _subscription(found: "SubscriptionTypeDef") -> Subscription:
    return Subscription(found["Protocol"], found["Endpoint"], _arn(found["SubscriptionArn"]))


def _arn(text: str) -> str:
    return "" if text in _PENDING else text
