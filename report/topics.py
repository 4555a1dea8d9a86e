"""Who is told by a topic: of failures, or what a department is to know."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from report.addresses import mailbox
from report.errors import TopicError

EMAIL = "email"
SMS = "sms"
PROTOCOLS = (EMAIL, SMS)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")  # ITU-T E.164: a country's code, then at most 15 digits in all


class Topic(Protocol):
    """Tells whoever subscribed."""

    def publish(self, subject: str, text: str) -> None:
        """Tell it; `subject` is on one line, under 100 signs. Raise `TopicError`."""


@dataclass(frozen=True)
class Subscription:
    """Somebody who asked to be told; without an `arn` until the link in SNS's own mail was opened."""

    protocol: str
    endpoint: str
    arn: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether nothing is told there yet."""
        return not self.arn


class TopicFamily(Protocol):
    """Topics that belong together, each known by its name; every verb raises `TopicError`."""

    def place(self, name: str) -> str:
        """Return where the topic of this name is, or would be: an ARN, or a path."""

    def names(self) -> Sequence[str]:
        """Return the names of the topics there are, in their order."""

    def make(self, name: str) -> None:
        """Make a topic of this name."""

    def subscriptions(self, name: str) -> Sequence[Subscription]:
        """Return who subscribed, by protocol and endpoint; raise `TopicMissing` where there is no topic."""

    def subscribe(self, name: str, protocol: str, endpoint: str) -> Subscription:
        """Subscribe an address or number; who is subscribed already stays so, once."""

    def topic(self, name: str) -> Topic:
        """Return what tells those who subscribed."""


def endpoint_of(protocol: str, text: str) -> str:
    """Return the address or phone number as SNS wants it; raise `TopicError` for what is none."""
    return phone_number(text) if protocol == SMS else mailbox(text).addr_spec


def phone_number(text: str) -> str:
    """Return the number in E.164, such as +33612345678, without what people write between its digits.

    Raise `TopicError` for what is none.
    """
    number = re.sub(r"[ ().-]", "", text)
    if not _E164.fullmatch(number):
        raise TopicError(f"{text!r} is no phone number; write it with its country's code: +33612345678")
    return number
