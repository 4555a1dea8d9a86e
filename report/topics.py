"""Who else is told of failures: a topic, and those subscribed to it."""

from typing import Protocol


class Topic(Protocol):
    """Tells whoever subscribed."""

    def publish(self, subject: str, text: str) -> None:
        """Tell it; `subject` is on one line, under 100 signs. Raise `TopicError`."""
