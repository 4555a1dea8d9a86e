"""The shapes tweets arrive in, and what makes counting each of them rightly hard."""

import json
import random
from datetime import datetime, timedelta

from benchmarks.words import Hashtag, Words

_EPOCH_MS = 1_288_834_974_657  # of which ids count the milliseconds
_MEDIA_SHARE, _LONG_SHARE, _V2_RETWEETS = 0.2, 0.4, 0.4

_TWEET = (
    '{"created_at":"%(created_at)s","id":%(id)d,"id_str":"%(id)d","text":%(text)s,"source":"<a href=\\"http:'
    '\\/\\/example.org\\/%(client)s\\" rel=\\"nofollow\\">Client %(client)s<\\/a>","truncated":%(truncated)s,'
    '"in_reply_to_status_id":null,"in_reply_to_status_id_str":null,"in_reply_to_user_id":null,'
    '"in_reply_to_user_id_str":null,"in_reply_to_screen_name":null,"user":%(user)s,"geo":null,'
    '"coordinates":null,"place":null,"contributors":null,%(more)s"is_quote_status":false,'
    '"retweet_count":%(retweets)d,"favorite_count":%(likes)d,"entities":%(entities)s,"favorited":false,'
    '"retweeted":false,"possibly_sensitive":false,"filter_level":"low","lang":"%(lang)s"'
    ',"timestamp_ms":"%(ms)d"}'
)
_ENTITIES = '{"hashtags":[%s],"urls":[%s],"user_mentions":[%s],"symbols":[]%s}'
_URL = (
    '{"url":"https:\\/\\/t.co\\/%010x","expanded_url":"https:\\/\\/news.example.org\\/%016x",'
    '"display_url":"news.example.org\\/%06x\\u2026","indices":[80,103]}'
)
_SIZES = ",".join(
    f'"{name}":{{"w":{width},"h":{width * 3 // 4},"resize":"{how}"}}'
    for name, width, how in (("thumb", 150, "crop"), ("small", 680, "fit"), ("large", 2048, "fit"))
)
_MEDIA = (
    ',"media":[{"id":%(id)d,"id_str":"%(id)d","indices":[116,139],'
    '"media_url":"http:\\/\\/img.example.org\\/media\\/%(id)x.jpg",'
    '"media_url_https":"https:\\/\\/img.example.org\\/media\\/%(id)x.jpg","url":"https:\\/\\/t.co\\/%(id)x",'
    f'"type":"photo","sizes":{{{_SIZES}}}}}]'
)
_V2 = (
    '{"data":{"id":"%(id)d","text":%(text)s,"created_at":"%(created_at)s","author_id":"%(author)d",'
    '"lang":"%(lang)s","conversation_id":"%(id)d","edit_history_tweet_ids":["%(id)d"],%(references)s'
    '"entities":{"hashtags":[%(tags)s],"urls":[]},"possibly_sensitive":false,"reply_settings":"everyone",'
    '"public_metrics":{"retweet_count":%(retweets)d,"reply_count":0,"like_count":%(likes)d,"quote_count":0}},'
    '"includes":{"users":[%(user)s],"tweets":[%(included)s]}}'
)


class Shapes:
    """Makes the lines of one stretch of time."""

    def __init__(self, words: Words, chance: random.Random) -> None:
        """Take what to say from `words` and every decision from `chance`."""
        self._words, self._chance = words, chance

    def plain(self, at: datetime, number: int) -> str:
        """Return a v1.1 tweet that says all in `text` and `entities`."""
        lang, tags = self._words.language(self._chance), self._words.hashtags(self._chance)
        text = self._text(lang, 18, tags)
        return self._v1(at, number, lang, json.dumps(text), self._entities(tags))

    def extended(self, at: datetime, number: int) -> str:
        """Return a v1.1 tweet cut at 140 signs, with the whole beside it."""
        return self._extended(at, number, self._words.hashtags(self._chance, least=1))

    def retweet(self, at: datetime, number: int) -> str:
        """Return a v1.1 retweet: the tags that count are its original's."""
        tags = self._words.hashtags(self._chance, least=1)
        earlier = at - timedelta(minutes=self._chance.randrange(1, 600))
        if self._chance.random() < _LONG_SHARE:
            original, shown = self._extended(earlier, number, tags), tags[:-1]
        else:
            text = json.dumps(self._text("en", 8, tags))
            original, shown = self._v1(earlier, number, "en", text, _entities(tags)), tags
        said = json.dumps(f"RT @reader_1: {self._words.sentence(self._chance, 'en', 8)}…")
        more = f'"retweeted_status":{original},'
        return self._v1(at, number, "en", said, _entities(shown), more=more)

    def v2(self, at: datetime, number: int) -> str:
        """Return an answer of API v2 that holds one tweet; some are retweets, cut with their entities."""
        lang, tags = self._words.language(self._chance), self._words.hashtags(self._chance)
        values = self._v2_values(at, number, lang, tags)
        if self._chance.random() < _V2_RETWEETS:
            earlier = at - timedelta(minutes=self._chance.randrange(1, 600))
            text = json.dumps(self._text(lang, 60, tags))
            original = {**values, "id": _id(earlier, number), "text": text}
            included = '{"id":"%(id)d","text":%(text)s,"lang":"%(lang)s","entities":{"hashtags":[%(tags)s]}}'
            reference = f'"referenced_tweets":[{{"type":"retweeted","id":"{original["id"]}"}}],'
            cut = ",".join(tag.v2 for tag in tags[:1])
            values |= {"references": reference, "included": included % original, "tags": cut}
        return _V2 % values

    def notice(self, at: datetime, number: int) -> str:
        """Return a message of the stream that is no tweet."""
        gone = _id(at, number) - (1 << 44)
        status = f'{{"id":{gone},"id_str":"{gone}","user_id":7,"user_id_str":"7"}}'
        if number % 10 < 7:
            return f'{{"delete":{{"status":{status},"timestamp_ms":"{_ms(at)}"}}}}'
        if number % 10 < 9:
            return f'{{"limit":{{"track":{number},"timestamp_ms":"{_ms(at)}"}}}}'
        return f'{{"status_withheld":{{"id":{gone},"user_id":7,"withheld_in_countries":["XX"]}}}}'

    def _extended(self, at: datetime, number: int, tags: list[Hashtag]) -> str:
        lang = self._words.language(self._chance)
        full = self._text(lang, 30, tags)
        longer = f'"extended_tweet":{{"full_text":{json.dumps(full)},"display_text_range":[0,{len(full)}],'
        longer += f'"entities":{self._entities(tags)}}},'
        return self._v1(at, number, lang, json.dumps(f"{full[:120]}…"), _entities(tags[1:]), more=longer)

    def _text(self, lang: str, count: int, tags: list[Hashtag]) -> str:
        return " ".join([self._words.sentence(self._chance, lang, count), *(f"#{tag.text}" for tag in tags)])

    def _entities(self, tags: list[Hashtag]) -> str:
        bits = self._chance.getrandbits
        urls = _URL % (bits(40), bits(64), bits(24))
        media = _MEDIA % {"id": bits(60)} if self._chance.random() < _MEDIA_SHARE else ""
        return _entities(tags, urls, media)

    def _v1(self, at: datetime, number: int, lang: str, text: str, entities: str, *, more: str = "") -> str:
        return _TWEET % {
            "created_at": _v1_time(at),
            "id": _id(at, number),
            "text": text,
            "client": "ABCDE"[number % 5],
            "truncated": "true" if more.startswith('"ext') else "false",
            "user": self._words.user(self._words.author(self._chance)),
            "more": more,
            "retweets": number % 97,
            "likes": number % 89,
            "entities": entities,
            "lang": lang,
            "ms": _ms(at),
        }

    def _v2_values(self, at: datetime, number: int, lang: str, tags: list[Hashtag]) -> dict[str, object]:
        author = self._words.author(self._chance)
        return {
            "id": _id(at, number),
            "text": json.dumps(self._text(lang, 24, tags), ensure_ascii=False),
            "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
            "author": author,
            "lang": lang,
            "references": "",
            "tags": ",".join(tag.v2 for tag in tags),
            "retweets": number % 97,
            "likes": number % 89,
            "user": self._words.user(author),
            "included": "",
        }


def _entities(tags: list[Hashtag], urls: str = "", media: str = "") -> str:
    return _ENTITIES % (",".join(tag.v1 for tag in tags), urls, "", media)


def _v1_time(at: datetime) -> str:
    return f"{at:%a %b %d %H:%M:%S +0000 %Y}"


def _id(at: datetime, number: int) -> int:
    """A tweet's id: when it was written, then a number. Two of one moment differ by their numbers."""
    return (_ms(at) - _EPOCH_MS << 22) + number % (1 << 22)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
