"""Answers of `trends/place` from the demo's world: what its people talk about, place by place.

They are of the genuine shape: hashtags and plain phrases, in an order that is not that of their tweets, many
of them without a number. Like the genuine ones they stay the same for five minutes.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import quote_plus

from collector.demo.dice import Dice
from collector.demo.plan import day_plan
from collector.demo.world import languages
from report.window import Window

_TOPICS = 50
_KEPT_FOR = timedelta(minutes=5)
_APART = timedelta(hours=6)
_SEARCH = "http://twitter.com/search?q="


@dataclass(frozen=True)
class Place:
    """A place by its number, its woeid, and the languages that are read there; none for all of them."""

    woeid: int
    name: str
    languages: tuple[str, ...] = ()


PLACES = (Place(1, "Worldwide"), Place(44418, "London", ("en",)), Place(1118370, "Tokyo", ("ja",)))


def demo_topics(seed: int, place: Place, moment: datetime) -> bytes:
    """Return what trends/place answers of the place at `moment`, which must be aware."""
    at = moment.astimezone(UTC)
    made_at = datetime.fromtimestamp(at.timestamp() // _KEPT_FOR.total_seconds() * 300, UTC)
    trends = [
        _trend(Dice(seed, "volume", place.woeid, made_at.date(), name), name)
        for name in _ranked(seed, place, made_at)[:_TOPICS]
    ]
    answer = {
        "trends": trends,
        "as_of": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "created_at": f"{made_at:%Y-%m-%dT%H:%M:%SZ}",
        "locations": [{"name": place.name, "woeid": place.woeid}],
    }
    return json.dumps([answer], separators=(",", ":")).encode("ascii")


def topics_of_place(seed: int, woeid: int, moment: datetime) -> bytes | None:
    """Return what `demo_topics` does of the place with this number, None where there is none of it."""
    places = (place for place in PLACES if place.woeid == woeid)
    return next((demo_topics(seed, place, moment) for place in places), None)


def answers_within(seed: int, window: Window) -> Mapping[str, Callable[[], bytes]]:
    """Return what makes each answer that was collected in the window, every six hours, by its key."""
    moments = (hour for hour in window.hours() if not hour.hour % (_APART // timedelta(hours=1)))
    return {
        f"{moment:dt=%Y-%m-%d/%H%M%SZ}-{place.woeid}-demo.json": partial(demo_topics, seed, place, moment)
        for moment in moments
        for place in PLACES
    }


def _ranked(seed: int, place: Place, at: datetime) -> list[str]:
    """What is talked about, the most first: a topic is of its day, and moves a little every five minutes.

    What happens that day stands above what is usual.
    """
    day, now = Dice(seed, "topics", place.woeid, at.date()), Dice(seed, "topics", place.woeid, at)
    scores = {
        name: weight * day.throw() * (0.85 + 0.3 * now.throw()) for name, weight in _talked_about(place, at)
    }
    for event in day_plan(seed, at.date()).events:
        if not place.languages or event.lang in place.languages:
            scores[f"#{event.tag}"] = scores.get(f"#{event.tag}", 0) + 40 * event.shares[at.hour]
    return sorted(scores, key=lambda name: (-scores[name], name))


def _talked_about(place: Place, at: datetime) -> Iterator[tuple[str, float]]:
    """Each tag and some phrases of the place's languages, by how much each is usually used."""
    for code in place.languages or languages():
        language = languages()[code]
        share = 1.0 if place.languages else 0.3 + language.share / 36
        for number, tag in enumerate(language.tags):
            yield f"#{tag}", share / (1 + number / 20)
        dice = Dice("phrases", code, at.date())
        for _ in range(30):
            yield f"{dice.pick(language.adjectives)} {dice.pick(language.nouns)}", share * dice.throw()


def _trend(dice: Dice, name: str) -> dict[str, object]:
    query = quote_plus(f'"{name}"' if " " in name else name)
    volume = None if dice.chance(0.5) else int(10_400 / (0.03 + dice.throw()))
    return {
        "name": name,
        "url": _SEARCH + query,
        "promoted_content": None,
        "query": query,
        "tweet_volume": volume,
    }
