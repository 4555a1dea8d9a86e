"""Shards of hashtags' histories as JSON: the same bytes for equal shards."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from report.hashtag_histories import (
    Counted,
    HashtagHistory,
    Index,
    Known,
    Lately,
    Observed,
    Shard,
    Use,
)

VERSION = 1
"""Of what shards and index hold and how they are made: those of another one are made anew."""


def shard_to_json(shard: Shard) -> bytes:
    """Return the shard as JSON, the same for equal shards; a use names its day by its number in `days`."""
    days = sorted(shard.observed)
    numbers = {day: number for number, day in enumerate(days)}
    said = {
        "version": VERSION,
        "retweets": shard.retweets,
        "days": [
            [day.isoformat(), shard.observed[day].minutes, shard.observed[day].expected] for day in days
        ],
        "hashtags": {key: _said(shard.hashtags[key], numbers) for key in sorted(shard.hashtags)},
    }
    return _json(said)


def shard_from_json(body: bytes, only: str | None = None) -> Shard:
    """Return what `shard_to_json` wrote, of its hashtags `only` one if that is said.

    Raise `ValueError`, `LookupError` or `TypeError` for what it did not write.
    """
    said = _ours(body)
    days = [date.fromisoformat(day) for day, _, _ in said["days"]]
    found = said["hashtags"].items() if only is None else _one(said["hashtags"], only)
    return Shard(
        said["retweets"],
        {day: Observed(*minutes) for day, (_, *minutes) in zip(days, said["days"], strict=True)},
        {key: _read(one, days) for key, one in found},
    )


def index_to_json(index: Index) -> bytes:
    """Return the index as JSON, the same for equal ones."""
    days = {day.isoformat(): index.days[day] for day in sorted(index.days)}
    said = {
        "version": VERSION,
        "retweets": index.retweets,
        "days": days,
        "state": index.state,
        "newest": index.newest,
    }
    return _json(said)


def index_from_json(body: bytes) -> Index:
    """Return what `index_to_json` wrote; raise as `shard_from_json`."""
    said = _ours(body)
    days = {date.fromisoformat(day): str(etag) for day, etag in said["days"].items()}
    return Index(said["retweets"], days, said["state"], _counted(said["newest"]))


def _said(history: HashtagHistory, numbers: Mapping[date, int]) -> dict[str, Any]:
    known, lately = history.known, history.lately
    said = {
        "tag": known.tag,
        "first": known.first_day.isoformat(),
        "best": [known.best_place, known.best_day.isoformat()],
        "top": known.days_in_top,
        "uses": [[numbers[use.day], use.tweets, use.authors, use.place] for use in history.uses],
    }
    return said | {
        name: counted
        for name, counted in (("spellings", lately.spellings), ("companions", lately.companions))
        if counted
    }


def _read(said: Mapping[str, Any], days: list[date]) -> HashtagHistory:
    place, day = said["best"]
    known = Known(said["tag"], date.fromisoformat(said["first"]), place, date.fromisoformat(day), said["top"])
    uses = tuple(Use(days[number], *counted) for number, *counted in said["uses"])
    lately = Lately(_counted(said.get("spellings", ())), _counted(said.get("companions", ())))
    return HashtagHistory(known, uses, lately)


def _one(hashtags: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
    return [(key, hashtags[key])] if key in hashtags else []


def _counted(said: Iterable[tuple[str, int]]) -> Counted:
    return tuple((str(name), int(tweets)) for name, tweets in said)


def _ours(body: bytes) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(body)
    if said["version"] != VERSION:
        raise ValueError(f"version {said['version']!r} of the histories; ours is {VERSION}")
    return said


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
