"""One tweet, whatever shape it arrived in."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Tweet:
    """One row: what the project keeps of a tweet. Times are UTC.

    `seen_at` is the collector's clock, or `created_at` for a bulk import. `hashtags` are spelled as
    written, without the sign, each once, in the order of the text; a retweet has its original's.
    """

    id: str
    seen_at: datetime
    created_at: datetime
    lang: str
    author_id: str | None
    text: str
    hashtags: tuple[str, ...]
    is_retweet: bool
    media_urls: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a tweet needs an id")
        if self.seen_at.tzinfo is None or self.created_at.tzinfo is None:
            raise ValueError(f"a tweet's times must be aware: {self.seen_at}, {self.created_at}")
