"""What made-up tweets are made of: words, hashtags by Zipf's law, and people; the same for the same seed."""

import json
import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, product

TAGS = 50_000
AUTHORS = 200_000
_PROFILES = 20_000  # people share their profiles: making each anew would take longer than all the rest
_WORDS = 4_000
_TAGS_IN_A_TWEET = {0: 46, 1: 30, 2: 14, 3: 7, 6: 3}  # of a hundred tweets
_LATIN = [a + b for a, b in product("bdfgklmnprstvz", "aeiou")]
_KANA = list("アイウエオカキクケコサシスセソタチツテトナニヌネノマミムメモ")
_ARABIC = list("ابتثجحخدذرزسشصضطظعغفقكلمنهوي")
_SCRIPTS = {"ja": _KANA, "ar": _ARABIC}
_LANGUAGES = {"en": 38, "ja": 20, "es": 11, "ar": 8, "pt": 8, "und": 6, "ko": 4, "fr": 3, "tr": 2}
_SPOKEN = ("en", "en", "en", "ja", "ar")  # what people describe themselves in


@dataclass(frozen=True)
class Hashtag:
    """One use of a hashtag, as written, without the sign."""

    text: str

    @property
    def v1(self) -> str:
        """The entity as API v1.1 sends it."""
        return f'{{"text":{json.dumps(self.text)},"indices":[0,{len(self.text) + 1}]}}'

    @property
    def v2(self) -> str:
        """The entity as API v2 sends it."""
        return f'{{"start":0,"end":{len(self.text) + 1},"tag":"{self.text}"}}'


class Words:
    """Chooses words, hashtags and people by chance; `chance` decides all, so a seed gives the same again."""

    def __init__(self) -> None:
        fixed = random.Random(1)  # noqa: S311 the world is the same for every seed; no secret
        self._vocabulary = {lang: _vocabulary(fixed, signs) for lang, signs in _SCRIPTS.items()}
        self._latin = _vocabulary(fixed, _LATIN)
        self._tag_weights = list(accumulate(1 / rank for rank in range(1, TAGS + 1)))
        self._spellings = cache(_spellings)
        self._profile = cache(self._new_profile)
        self._languages = list(_LANGUAGES)
        self._language_weights = list(accumulate(_LANGUAGES.values()))
        self._tag_numbers = list(_TAGS_IN_A_TWEET)
        self._number_weights = list(accumulate(_TAGS_IN_A_TWEET.values()))

    def language(self, chance: random.Random) -> str:
        """Return a language's code."""
        return chance.choices(self._languages, cum_weights=self._language_weights)[0]

    def sentence(self, chance: random.Random, lang: str, count: int) -> str:
        """Return words in the script of a language."""
        return " ".join(chance.choices(self._vocabulary.get(lang, self._latin), k=count))

    def hashtags(self, chance: random.Random, least: int = 0) -> list[Hashtag]:
        """Return hashtags, mostly none to three; a frequent one may come twice, in two spellings."""
        count = max(least, chance.choices(self._tag_numbers, cum_weights=self._number_weights)[0])
        found = chance.choices(range(TAGS), cum_weights=self._tag_weights, k=count) if count else ()
        return list(dict.fromkeys(chance.choice(self._spellings(rank)) for rank in found))

    def author(self, chance: random.Random) -> int:
        """Return an author's id; some write far more than others."""
        return int(AUTHORS * chance.random() ** 3) + 1_000_000

    def user(self, author: int) -> str:
        """Return the author as API v1.1 sends them."""
        name = f'"name":"Reader {author}","screen_name":"reader_{author}"'
        return f'{{"id":{author},"id_str":"{author}",{name},{self._profile(author % _PROFILES)}'

    def _new_profile(self, number: int) -> str:
        """The rest of a user, 1,100 to 1,600 bytes, beginning after the names."""
        chance = random.Random(number)  # noqa: S311 no secret
        picture = (
            f"https://img.example.org/profile_images/{chance.getrandbits(60)}/{chance.getrandbits(60):x}"
        )
        profile = {
            "location": self.sentence(chance, "en", 2),
            "url": f"https://example.org/{chance.getrandbits(40):x}" if chance.random() < 0.4 else None,
            "description": self.sentence(chance, chance.choice(_SPOKEN), chance.randrange(4, 22)),
            "protected": False,
            "verified": chance.random() < 0.01,
            "followers_count": chance.randrange(10_000),
            "friends_count": chance.randrange(2_000),
            "listed_count": chance.randrange(40),
            "favourites_count": chance.randrange(50_000),
            "statuses_count": chance.randrange(90_000),
            "created_at": f"Mon Jan 06 10:{chance.randrange(10, 60)}:00 +0000 20{chance.randrange(10, 26)}",
            "geo_enabled": chance.random() < 0.3,
            "lang": None,
            "utc_offset": None,
            "time_zone": None,
            "contributors_enabled": False,
            "is_translator": False,
            "translator_type": "none",
            "profile_background_color": f"{chance.getrandbits(24):06X}",
            "profile_background_image_url": f"{picture}_background.png",
            "profile_background_image_url_https": f"{picture}_background.png",
            "profile_background_tile": False,
            "profile_link_color": f"{chance.getrandbits(24):06X}",
            "profile_sidebar_border_color": f"{chance.getrandbits(24):06X}",
            "profile_sidebar_fill_color": "DDEEF6",
            "profile_text_color": "333333",
            "profile_use_background_image": True,
            "profile_image_url": f"{picture}_normal.jpg",
            "profile_image_url_https": f"{picture}_normal.jpg",
            "profile_banner_url": f"{picture}/banner",
            "default_profile": True,
            "default_profile_image": False,
            **dict.fromkeys(("following", "follow_request_sent", "notifications")),
        }
        return json.dumps(profile, separators=(",", ":"))[1:]


def _vocabulary(chance: random.Random, signs: list[str]) -> list[str]:
    return ["".join(chance.choices(signs, k=chance.randrange(1, 5))) for _ in range(_WORDS)]


def _spellings(rank: int) -> tuple[Hashtag, ...]:
    """A hashtag's spellings, as often in the tuple as they are to be used."""
    signs = {5: _KANA, 9: _ARABIC}.get(rank % 12, _LATIN)
    word, left = "", rank + len(signs)
    while left:
        left, sign = divmod(left, len(signs))
        word += signs[sign]
    word += "é" if rank % 12 == 7 else ""
    return tuple(map(Hashtag, [word] * 7 + [word.title()] * 2 + [word.upper()]))
