"""What happens in the demo's world, and when: rhythms, risers, newcomers, gaps. All times are UTC.

Everything follows from the seed and the day alone, so that any hour can be written again, or later.
Each day one tag rises, one is new, one is pushed by two busy authors, and what rose the day before
falls. The collector misses some minutes each day, and some hours one day in fourteen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from collector.demo.dice import Dice, running_sums
from collector.demo.world import Language, languages
from report.window import Window

LONG_GAP_EVERY_DAYS = 14
_LONG_GAP_TURN = 6
_SURGE = (0.06, 0.14, 0.18, 0.16, 0.12, 0.08)
"""Share of all tweets in the first hours of an event; then `_ECHO` until midnight."""
_ECHO = 0.04
_DAY_AFTER = 0.004
_RISING = ("en", "es", "ja", "en", "pt", "ar", "en", "ko", "fr", "en", "th", "de")
_COMMON_TAGS = 8
_NEW_KINDS = ("Storm", "Comet", "Regatta", "Festival", "Bridge")
_NEW_WORDS = (
    "Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Ginkgo", "Hazel",
    "Ivy", "Juniper", "Katsura", "Larch", "Maple", "Nutmeg", "Oak", "Poplar",
    "Quince", "Rowan", "Spruce", "Tamarisk", "Umber", "Vine", "Willow", "Yew",
    "Zelkova", "Aspen", "Beech", "Clover", "Fern",
)  # fmt: skip
_PUSHED = ("WinATeapot", "FollowBack", "FreeStickers")


@dataclass(frozen=True)
class Event:
    """A tag in the news: its share of all tweets by UTC hour; `authors` where only so many push it."""

    tag: str
    lang: str
    shares: tuple[float, ...]
    authors: int | None = None


@dataclass(frozen=True)
class Day:
    """What is planted in one UTC day. `riser`, `newcomer` and `faller` are tags."""

    riser: str
    newcomer: str
    faller: str
    events: tuple[Event, ...]
    gap: Window


@lru_cache(maxsize=64)
def day_plan(seed: int, day: date) -> Day:
    """Return what happens on `day`."""
    dice = Dice(seed, "day", day)
    riser, newcomer = _riser(seed, day), _newcomer(seed, day)
    before = _riser(seed, day - timedelta(days=1)), _newcomer(seed, day - timedelta(days=1))
    events = (
        Event(*riser, _surge(8 + dice.below(7), 0.6 + 0.6 * dice.throw())),
        Event(*newcomer, _surge(7 + dice.below(9), 0.6)),
        Event(*before[0], (_DAY_AFTER,) * 24),
        Event(*before[1], (_DAY_AFTER,) * 24),
        Event(dice.pick(_PUSHED), "en", (0.008,) * 24, authors=2),
    )
    return Day(riser[0], newcomer[0], before[0][0], events, _gap(seed, day, dice))


@lru_cache(maxsize=24)
def language_sums(hour_of_day: int) -> tuple[float, ...]:
    """Return the running sums of the languages' weights in an hour of the day, UTC."""
    return running_sums(
        language.share * _wakefulness(language, hour_of_day) for language in languages().values()
    )


def extra_tweets(hour_of_day: int) -> float:
    """Return how many tweets a minute of this hour has on average beyond the one it has at least."""
    mean = sum(language.share for language in languages().values()) * 0.8
    return 0.55 * (language_sums(hour_of_day)[-1] / mean) ** 2


def _wakefulness(language: Language, hour_of_day: int) -> float:
    """Return 0.2 twelve hours away from the busiest hour, rising evenly to 1.4 in it."""
    apart = abs(hour_of_day - language.busiest)
    return 1.4 - min(apart, 24 - apart) / 10


def _surge(start: int, strength: float) -> tuple[float, ...]:
    shares = [0.0] * start + [*_SURGE] + [_ECHO] * 24
    return tuple(strength * share for share in shares[:24])


def _riser(seed: int, day: date) -> tuple[str, str]:
    """Return (tag, language) of a tag that is known, but not among the common ones."""
    turn = seed + day.toordinal()
    code = _RISING[turn % len(_RISING)]
    tags: Sequence[str] = languages()[code].tags[_COMMON_TAGS:]
    return tags[turn * 7 % len(tags)], code


def _newcomer(seed: int, day: date) -> tuple[str, str]:
    """Return (tag, language) of a tag nobody used before: months go by until a name comes back."""
    turn = seed + day.toordinal()
    return _NEW_KINDS[turn % len(_NEW_KINDS)] + _NEW_WORDS[turn % len(_NEW_WORDS)], "en"


def _gap(seed: int, day: date, dice: Dice) -> Window:
    """Return the minutes the collector missed."""
    start = datetime.combine(day, time(1 + dice.below(4), dice.below(60)), tzinfo=UTC)
    if (seed + day.toordinal() + _LONG_GAP_TURN) % LONG_GAP_EVERY_DAYS == 0:
        return Window(start, start + timedelta(minutes=200 + dice.below(80)))
    return Window(start, start + timedelta(minutes=21 + dice.below(9)))
