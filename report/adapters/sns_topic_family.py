"""SNS topics whose ARNs begin alike, one for each department."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from report.adapters.sns_errors import translated
from report.adapters.sns_topic import SnsTopic
from report.adapters.sns_topics import SnsTopics
from report.errors import TopicError
from report.topics import Subscription, Topic

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_CURE = "name the department's contacts in contacts.csv, then `python -m report departments setup` makes it"


class SnsTopicFamily:
    """Topics of the ARNs `begins`-<name>; the client is `sns_client`'s, for the region they name."""

    def __init__(self, client: "SNSClient", begins: str) -> None:
        self._client = client
        self._topics = SnsTopics(client)
        self._begins = f"{begins}-"

    def place(self, name: str) -> str:
        """Return the topic's ARN."""
        return self._begins + name

    def names(self) -> Sequence[str]:
        """Return the names of the account's topics that begin so: a page of them for each 100 it has."""
        with translated(f"list the topics that begin with {self._begins}", "sns:ListTopics"):
            pages = self._client.get_paginator("list_topics").paginate()
            found = [one["TopicArn"] for page in pages for one in page["Topics"]]
        return sorted(arn.removeprefix(self._begins) for arn in found if arn.startswith(self._begins))

    def make(self, name: str) -> None:
        """Make a topic of this name; SNS makes it in the account of the credentials, wherever that is."""
        wanted = self.place(name)
        made = self._topics.make(wanted.rpartition(":")[2])
        if made != wanted:
            raise TopicError(
                f"SNS made {made}, since the credentials are of that account, and not {wanted}: "
                "remove it, and mend DEPARTMENT_TOPICS or the credentials"
            )

    def subscriptions(self, name: str) -> Sequence[Subscription]:
        """Return who subscribed, by protocol and endpoint; raise `TopicMissing` where there is no topic."""
        return self._topics.subscriptions(self.place(name))

    def subscribe(self, name: str, protocol: str, endpoint: str) -> Subscription:
        """Subscribe an address or number; who is subscribed already stays so, once."""
        return self._topics.subscribe(self.place(name), protocol, endpoint)

    def topic(self, name: str) -> Topic:
        """Return what tells those who subscribed."""
        return SnsTopic(self._client, self.place(name), _CURE)
