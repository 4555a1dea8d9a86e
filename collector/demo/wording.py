"""Puts sentences, hashtags, links and pictures of the demo's world together into one text."""

from dataclasses import dataclass, field

from collector.demo.dice import Dice, running_sums
from collector.demo.plan import Event
from collector.demo.saying import Span
from collector.demo.world import Language

_TAG_COUNTS = running_sums((0.24, 0.50, 0.18, 0.08))
_SENTENCE_COUNTS = running_sums((0.72, 0.20, 0.08))
_ENDINGS = ("🙂", "🎉", "👏👏", "😅", "❤️", "\n\n(1/2)", "…", "👩‍🔬🔭")
_HOSTILE = (
    "<script>alert('tweet')</script>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "\u202egnp.egami\u202c",
    '"; DROP TABLE tweets; --',
    "{{ config }} ${7*7}",
    '\n=HYPERLINK("https://example.org","open")',
    "Z̷̢a̶̡l̴̢g̵o̶",
    "' onmouseover='alert(1)",
)
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Wording:
    """A text as it grows, and where its parts stand in it."""

    text: str = ""
    tags: list[Span] = field(default_factory=list)
    link: Span | None = None
    photo: Span | None = None


def compose(dice: Dice, language: Language, event: Event | None) -> Wording:
    """Return a text in `language`, about the event if there is one."""
    said, tags = Wording(), _tags(dice, language, event)
    for _ in range(1 + dice.among(_SENTENCE_COUNTS)):
        _add_sentence(said, dice, language, tags)
    for tag in tags:
        _add_tag(said, dice, tag)
    if dice.chance(0.15):
        said.text += f" {dice.pick(_ENDINGS)}"
    if dice.chance(0.004):
        said.text += f" {dice.pick(_HOSTILE)}"
    if dice.chance(0.14):
        said.link = _add_address(said, dice)
    if dice.chance(0.12):
        said.photo = _add_address(said, dice)
    return said


def _tags(dice: Dice, language: Language, event: Event | None) -> list[str]:
    count = dice.among(_TAG_COUNTS)
    tags = [language.tags[dice.among(language.tag_sums)] for _ in range(count)]
    if event:
        tags = [event.tag, *tags[1:]]
    return list(dict.fromkeys(tags))


def _add_sentence(said: Wording, dice: Dice, language: Language, tags: list[str]) -> None:
    """Add a sentence; one that has a place for a hashtag takes the first that is left, or is not said."""
    before, *after = dice.pick(language.sentences)
    if after and not tags:
        before, *after = language.sentences[-1]
    said.text += f". {before}" if said.text else before
    if after:
        _add_tag(said, dice, tags.pop(0), space="")
        said.text += after[0]


def _add_tag(said: Wording, dice: Dice, tag: str, space: str = " ") -> None:
    spelled = _spelled(dice, tag)
    start = len(said.text) + len(space)
    said.text += f"{space}#{spelled}"
    said.tags.append((spelled, start, len(said.text)))


def _spelled(dice: Dice, tag: str) -> str:
    """Return the tag as somebody types it: mostly as it is, sometimes without its capitals."""
    chance = dice.throw()
    if chance < 0.86:
        return tag
    return tag.upper() if chance > 0.97 else tag.lower()


def _add_address(said: Wording, dice: Dice) -> Span:
    address = "https://t.co/" + "".join(dice.pick(_LETTERS) for _ in range(10))
    start = len(said.text) + 1
    said.text += f" {address}"
    return address, start, len(said.text)
