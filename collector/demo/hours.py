"""One hour of the demo's feed, document by document, as a collector would have received it.

An hour follows from the seed and the hour alone, and its documents come in the order they were seen:
an hour that is still running is the beginning of the same hour once it is over.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from collector.demo.dice import Dice
from collector.demo.plan import Day, Event, day_plan, extra_tweets, language_sums
from collector.demo.saying import Saying
from collector.demo.v1 import as_v1
from collector.demo.v2 import as_v2
from collector.demo.wording import compose
from collector.demo.world import Author, author, languages

_ID_EPOCH_MS = 1_288_834_974_657


@dataclass(frozen=True, order=True)
class Seen:
    """One document: when it was seen (milliseconds since 1970, UTC), and its line of JSON."""

    at_ms: int
    line: bytes
    is_tweet: bool = field(compare=False)


def hour_documents(seed: int, hour: datetime) -> list[Seen]:
    """Return what is seen in the UTC hour that starts at `hour`, in order; nothing in the collector's gap."""
    writer = _Writer(seed, hour)
    gap = day_plan(seed, hour.date()).gap
    documents: list[Seen] = []
    for minute in range(60):
        moment = hour + timedelta(minutes=minute)
        seen = sorted(writer.minute(moment))
        if moment not in gap:
            documents += seen
    return documents


def demo_tweet(seed: int, moment: datetime) -> bytes:
    """Return the one tweet the demo's feed gives in the second of `moment`, which must be aware."""
    second = moment.astimezone(UTC).replace(microsecond=0)
    return _Writer(seed, second).tweet(second, 1000).line


class _Writer:
    """Writes tweets from `start` on; what was written lately is what gets retweeted."""

    def __init__(self, seed: int, start: datetime) -> None:
        self.seed = seed
        self.dice = Dice(seed, "tweets", f"{start:%Y-%m-%dT%H:%M:%S}")
        self.recent: list[Saying] = []

    def minute(self, moment: datetime) -> Iterator[Seen]:
        """Yield what is seen in one minute, at least one tweet, in no order."""
        dice = self.dice
        for _ in range(1 + dice.successes(4, extra_tweets(moment.hour) / 4)):
            tweet = self.tweet(moment, 60_000)
            yield tweet
            if dice.chance(0.004):
                yield tweet  # delivered twice
            if dice.chance(0.15):
                yield self._notice(moment)
        if dice.chance(0.002):
            yield self._cut_line(tweet)

    def tweet(self, moment: datetime, within_ms: int) -> Seen:
        """Return a new tweet written within so many milliseconds of `moment`."""
        at_ms = _milliseconds(moment) + self.dice.below(within_ms)
        saying = self._saying(moment, at_ms)
        line = as_v2(saying) if self.dice.chance(0.35) else as_v1(saying)
        return Seen(at_ms, line, is_tweet=True)

    def _saying(self, moment: datetime, at_ms: int) -> Saying:
        kind = self.dice.throw()
        if kind < 0.28:
            return self._retweet(moment, at_ms)
        saying = self._original(moment, at_ms)
        if kind < 0.34:
            saying = replace(saying, quoted=self._original(moment, self._earlier(at_ms)))
        self.recent = [*self.recent[-29:], saying]
        return saying

    def _retweet(self, moment: datetime, at_ms: int) -> Saying:
        written = [saying for saying in self.recent if saying.at_ms < at_ms and not saying.quoted]
        if written and self.dice.chance(0.6):
            told = self.dice.pick(written)
        else:
            told = self._original(moment, self._earlier(at_ms))
        who = self._author(told.lang, None)
        return Saying(self._id(at_ms), at_ms, who, told.lang, text="", likes=0, retweeted=told)

    def _original(self, moment: datetime, at_ms: int) -> Saying:
        dice = self.dice
        event = self._event(day_plan(self.seed, moment.date()), moment.hour)
        codes = tuple(languages())
        language = languages()[event.lang if event else codes[dice.among(language_sums(moment.hour))]]
        who = self._author(language.code, event)
        said = compose(dice, language, event)
        likes = int(3 / (0.02 + dice.throw())) - 2
        tweet_id, tags = self._id(at_ms), tuple(said.tags)
        return Saying(tweet_id, at_ms, who, language.code, said.text, tags, said.link, said.photo, likes)

    def _event(self, day: Day, hour_of_day: int) -> Event | None:
        left = self.dice.throw()
        for event in day.events:
            left -= event.shares[hour_of_day]
            if left < 0:
                return event
        return None

    def _author(self, code: str, event: Event | None) -> Author:
        sums = languages()[code].people_sums
        few = event.authors if event else None
        return author(self.seed, code, self.dice.below(few) if few else self.dice.among(sums))

    def _earlier(self, at_ms: int) -> int:
        return at_ms - 60_000 - self.dice.below(20 * 3_600_000)

    def _id(self, at_ms: int) -> int:
        """Return an id as Twitter makes them: the milliseconds, then 22 bits that keep ids apart."""
        return (at_ms - _ID_EPOCH_MS) << 22 | self.dice.below(1 << 22)

    def _notice(self, moment: datetime) -> Seen:
        at_ms = _milliseconds(moment) + self.dice.below(60_000)
        if self.dice.chance(0.02):
            notice: dict[str, object] = {"limit": {"track": self.dice.below(400), "timestamp_ms": str(at_ms)}}
            return Seen(at_ms, _line(notice), is_tweet=False)
        tweet_id, user_id = self._id(self._earlier(at_ms)), 1_000_000 + self.dice.below(3_000_000_000)
        status = {"id": tweet_id, "id_str": str(tweet_id), "user_id": user_id, "user_id_str": str(user_id)}
        return Seen(at_ms, _line({"delete": {"status": status, "timestamp_ms": str(at_ms)}}), is_tweet=False)

    def _cut_line(self, tweet: Seen) -> Seen:
        """Return what is kept of a line that broke off on its way: `raw/` holds whole documents only."""
        text = tweet.line[: 40 + self.dice.below(160)].decode("utf-8", "replace")
        refused = {"file": "demo-feed", "line": 1 + self.dice.below(9000), "reason": "cut line", "text": text}
        return Seen(tweet.at_ms, _line({"refused": refused}), is_tweet=False)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _line(document: dict[str, object]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
