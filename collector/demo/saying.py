"""What somebody in the demo wrote, before it takes the shape of a tweet.

Texts are escaped as Twitter's are (`&amp;`), and places count the code points of the escaped text.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from collector.demo.world import Author

Shape: TypeAlias = dict[str, Any]
Span: TypeAlias = tuple[str, int, int]
OLD_LENGTH = 140


@dataclass(frozen=True)
class Saying:
    """What somebody wrote. `at_ms` is milliseconds since 1970, UTC; a span: word, start, end in `text`."""

    id: int
    at_ms: int
    author: Author
    lang: str
    text: str
    tags: tuple[Span, ...] = ()
    link: Span | None = None
    photo: Span | None = None
    likes: int = 0
    retweeted: "Saying | None" = None
    quoted: "Saying | None" = None


def shown_text(saying: Saying) -> str:
    """Return the text as both shapes show it at the top: a retweet's is cut."""
    if saying.retweeted is None:
        return saying.text
    text = credit(saying.retweeted) + saying.retweeted.text
    return text if len(text) <= OLD_LENGTH else f"{text[: OLD_LENGTH - 1]}…"


def credit(original: Saying) -> str:
    return f"RT @{original.author.screen_name}: "


def photo_address(saying: Saying) -> str:
    return f"https://media.example.org/Demo{saying.id % 10**11:011d}.jpg"
