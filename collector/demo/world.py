"""The people and words of the demo: invented authors, neutral topics, fourteen languages.

The words themselves are in `world.toml`.
"""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from collector.demo.dice import Dice, zipf

_PEOPLE = 6000
_TAG_SHIFT = 3
_AUTHOR_SHIFT = 12
_HOSTILE_NAMES = (
    "<b>Bold</b> <img src=x onerror=alert(1)>",
    "\u202eesreveR\u202c",
    "'); DROP TABLE tweets;--",
    "{{ 7 * 7 }}",
    "=1+1",
)
_EMOJI = ("🌦️", "⚽", "📚", "🎬", "🎧", "🔭", "🚲", "☕", "🐈", "👩‍🔬", "🇪🇺", "🌻")


@dataclass(frozen=True)
class Language:
    """How one language is written here; `busiest` is an hour, UTC, and `share` a percentage."""

    code: str
    share: float
    busiest: int
    tags: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    tag_sums: tuple[float, ...] = field(repr=False)
    people_sums: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True)
class Author:
    """Somebody who does not exist. `since` is UTC."""

    id: int
    name: str
    screen_name: str
    lang: str
    since: datetime
    followers: int
    friends: int
    posts: int


@cache
def languages() -> dict[str, Language]:
    """Return the languages by code, the most used first."""
    text = resources.files("collector.demo").joinpath("world.toml").read_text(encoding="utf-8")
    return {code: _language(code, words) for code, words in tomllib.loads(text).items()}


@lru_cache(maxsize=2 * _PEOPLE)
def author(seed: int, code: str, rank: int) -> Author:
    """Return the author who is `rank`th by how much is written in a language; always the same one."""
    language, dice = languages()[code], Dice(seed, "author", code, rank)
    words = languages()["en"] if dice.chance(0.5) else language
    handle = f"{dice.pick(languages()['en'].adjectives)}{dice.pick(languages()['en'].nouns)}"
    followers = int(40 / (0.004 + dice.throw()))
    return Author(
        id=1_000_000 + dice.below(3_000_000_000),
        name=_name(dice, words),
        screen_name=f"{handle[:11]}{dice.below(9000) + 1000}",
        lang=code,
        since=datetime(2009, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.below(400_000_000)),
        followers=followers,
        friends=dice.below(900),
        posts=followers + dice.below(20_000),
    )


def _name(dice: Dice, words: Language) -> str:
    if dice.chance(0.004):
        return dice.pick(_HOSTILE_NAMES)
    name = f"{dice.pick(words.adjectives)} {dice.pick(words.nouns)}"
    return f"{name} {dice.pick(_EMOJI)}" if dice.chance(0.2) else name


def _language(code: str, words: dict[str, Any]) -> Language:
    tags = tuple(words["tags"].split())
    return Language(
        code=code,
        share=words["share"],
        busiest=words["busiest"],
        tags=tags,
        sentences=tuple(_cut(sentence) for sentence in words["sentences"]),
        adjectives=tuple(words["adjectives"].split()),
        nouns=tuple(words["nouns"].split()),
        tag_sums=zipf(len(tags), _TAG_SHIFT),
        people_sums=zipf(max(20, int(_PEOPLE * words["share"] / 100)), _AUTHOR_SHIFT),
    )


def _cut(sentence: str) -> tuple[str, ...]:
    """Cut a sentence at its hashtag, which needs a space where a letter would join it."""
    return tuple(re.sub(r"\{\}(?=\w)", "{} ", re.sub(r"(?<=\w)\{\}", " {}", sentence)).split("{}"))
