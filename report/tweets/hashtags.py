"""Hashtags: how they are found in a text, and which spellings are one tag.

The rules are twitter-text's (https://github.com/twitter/twitter-text, conformance/extract.yml). They
are put as one pattern without looking ahead or behind, so that the same pattern serves RE2 and
Trino's engine in `report/sql/documents.sql`: links are swallowed whole, a tag is taken with the sign
that would spoil it, and what is spoilt is dropped after.
"""

import unicodedata

import regex

Found = tuple[str, tuple[int, int]]

_TAG = r"\p{L}\p{M}\p{Nd}_·־׳״་༌〃〜゛゜゠・꙾～" + "\u200c\u200d"
_PATH = r"A-Za-z0-9!*';:=+,.$/%#?\[\]_~@|&-"
_LINKS = (
    r"https?://t\.co/[A-Za-z0-9]+",
    rf"https?://[\p{{L}}\p{{M}}\p{{Nd}}._:-]+(?:[/?][{_PATH}]*)?",
    rf"(?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}[A-Za-z]{{2,24}}(?::[0-9]+)?/[{_PATH}]*",
)
# A variation selector is a mark, and so a sign of tags, but one may stand before a tag: ✌️#peace.
_HASHTAG = rf"(?:^|[^&{_TAG}]|\ufe0e|\ufe0f)[#＃]([{_TAG}]+(?:[#＃]|://)?)"
_CANDIDATES = regex.compile("|".join((*_LINKS, _HASHTAG)))
_LETTER = regex.compile(r"[\p{L}\p{M}]")
_SPOILT = regex.compile("^[\ufe0f\u20e3]|[#＃/]$")  # a keycap emoji, or run into another tag or a link
_LONGEST_TAG = 280
_UNSOUND = regex.compile("[\\p{Cc}\\p{Cs}\\p{Z}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WHOLE = regex.compile(f"[{_TAG}]+")


def extract(text: str) -> list[Found]:
    """Return the hashtags of a text without their sign, and where each stands, sign included.

    Places are [start, end) in code points, as in the entities of API v1.1.
    """
    candidates = (match for match in _CANDIDATES.finditer(text) if match[1])
    return [(match[1], (match.start(1) - 1, match.end(1))) for match in candidates if _is_tag(match[1])]


def is_sound(tag: str) -> bool:
    """Whether a hashtag from a payload can be one: entities are sent by others, and may hold anything.

    A sound one is no longer than a tweet and has no spaces, control signs or signs that turn the line.
    """
    return len(tag) <= _LONGEST_TAG and not _UNSOUND.search(tag)


def fold(tag: str) -> str:
    """Return the key under which spellings of one tag meet: whatever the case, width or form.

    Accents are kept. A tag whose key would be no tag any more (ﷺ becomes four words) is its own key.
    """
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", tag).casefold())
    key = unicodedata.normalize("NFC", key.replace("i\u0307", "i"))
    return key if _WHOLE.fullmatch(key) else tag


def _is_tag(candidate: str) -> bool:
    return _LETTER.search(candidate) is not None and not _SPOILT.search(candidate)
