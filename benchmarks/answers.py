"""What a day's counts come to, in a form that two ways of counting can be compared by."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TOP = 10


@dataclass(frozen=True)
class Told:
    """What a way answers, where there is more to say than what is compared."""

    answer: Any
    remark: str = ""


Tag = tuple[str, int, int, int]
"""A hashtag's folded spelling, its tweets, its authors, and how many of the tweets are the busiest one's."""


def day_answer(
    totals: Mapping[str, int], hours: Iterable[int], languages: Mapping[str, int], tags: Iterable[Tag]
) -> dict[str, Any]:
    """Return all that was counted: the first tags in words, all of them as a digest."""
    ordered = [list(tag) for tag in sorted(tags, key=lambda tag: (-tag[1], tag[0]))]
    return {
        "totals": dict(sorted(totals.items())),
        "hours": list(hours),
        "languages": dict(sorted(languages.items())),
        "tags": len(ordered),
        "digest": hashlib.sha256(json.dumps(ordered).encode()).hexdigest(),
        "top": ordered[:TOP],
    }
