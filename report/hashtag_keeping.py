"""Keeps the shards of hashtags' histories up with the counted days.

hashtags/<zone>/<00 to 3f>.json    written first, those that changed
hashtags/<zone>/days.json          written last: which counts, by their etag, are in all of the shards

So a run that is killed, late or repeated takes in again what the index does not name, and ends in the same
shards. One run at a time, by the door's lease: what another leaves out, the next takes in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from report import artefacts
from report.errors import BadArtefact, NotFound
from report.hashtag_histories import (
    ALWAYS,
    LATELY_DAYS,
    SHARDS,
    GatheredDay,
    Index,
    Known,
    Newest,
    Shard,
    first_kept,
    merge,
    split,
    sum_lately,
)
from report.hashtag_shards import index_from_json, index_to_json, shard_from_json, shard_to_json
from report.places import counted_day, hashtag_index, hashtag_shard, known_day
from report.storage import Storage

_JSON = "application/json"
_DAYS_AT_ONCE = 30
"""So many days are held in memory: a first run over a year takes them in by turns."""


class Counts(Protocol):
    """What was counted and is known, day by day. Both verbs raise `EngineError` and `StorageError`."""

    def gather(self, day: date) -> GatheredDay:
        """Return the much used hashtags of a counted day, the most used first."""

    def known(self, day: date) -> Mapping[str, Known]:
        """Return what is known up to a day of the hashtags that were much used on any; perhaps nothing."""


@dataclass(frozen=True)
class Keeper:
    """The histories of the hashtags of a zone, by its name such as Europe/Paris, under one counting rule."""

    storage: Storage
    zone: str
    retweets: bool
    counts: Counts

    def keep_up(self, *, rebuild: bool = False) -> list[date]:
        """Take in the counted days that are new or changed, and return them; with `rebuild`, all there are.

        Where nothing changed, no shard is read. Raise `EngineError` and `StorageError`.
        """
        counted, index = self._counted(), None if rebuild else self._index()
        state = self._state(max(counted)) if counted else ""
        behind = [day for day, etag in counted.items() if index is None or index.days.get(day) != etag]
        if behind or (index and index.state != state):
            self._take_in(behind, counted, index, state)
        return behind

    def _take_in(
        self, behind: Sequence[date], counted: Mapping[date, str], index: Index | None, state: str
    ) -> None:
        if index is None:  # a run that ends half-way leaves no index that takes its shards for whole
            self.storage.delete(hashtag_index(self.zone))
        last = max(counted)
        lately = [day for day in counted if day > last - timedelta(days=LATELY_DAYS)]
        recent = {day: self.counts.gather(day) for day in lately}
        newest = Newest(first_kept(last), sum_lately(recent.values()), self.counts.known(last))
        top = tuple((one.tag, one.use.tweets) for one in recent[last].hashtags[:ALWAYS])
        for days in _parts(behind):
            self._merge([recent.get(day) or self.counts.gather(day) for day in days], newest, index is None)
            known = {day: etag for day, etag in index.days.items() if day >= newest.since} if index else {}
            index = Index(self.retweets, known | {day: counted[day] for day in days}, state, top)
            self.storage.put(hashtag_index(self.zone), index_to_json(index), _JSON)

    def _merge(self, days: Sequence[GatheredDay], newest: Newest, afresh: bool) -> None:
        """Write the shards that change by these days; `afresh` if what stands there is of no account."""
        keys = [hashtag_shard(self.zone, number) for number in range(SHARDS)]
        standing = {} if afresh else dict(self.storage.get_many(keys))
        for key, share in zip(keys, split(days), strict=True):
            before = standing.get(key)
            shard = _read(key, before) if before else Shard(self.retweets)
            after = shard_to_json(merge(shard, share, newest))
            if after != before:
                self.storage.put(key, after, _JSON)

    def _counted(self) -> dict[date, str]:
        """The etags of the counted days that are kept, oldest first."""
        prefix, ending = counted_day(self.zone, date.min).split(date.min.isoformat())
        etags = {
            day: info.etag
            for info in self.storage.list(prefix)
            if (day := _day(info.key.removeprefix(prefix).removesuffix(ending)))
        }
        return {day: etags[day] for day in sorted(etags) if day >= first_kept(max(etags))}

    def _index(self) -> Index | None:
        """The index; None if there is none, or another's: then all is made anew."""
        try:
            index = index_from_json(self.storage.get(hashtag_index(self.zone)))
        except (NotFound, ValueError, LookupError, TypeError, AttributeError):
            return None
        return index if index.retweets == self.retweets else None

    def _state(self, day: date) -> str:
        try:
            return artefacts.known(self.storage, known_day(self.zone, day)).sha256
        except NotFound:
            return ""


def _read(key: str, body: bytes) -> Shard:
    try:
        return shard_from_json(body)
    except (ValueError, LookupError, TypeError) as error:
        raise BadArtefact(
            f"{key} is no shard of ours ({error!r}): run `python -m report compact --rebuild`"
        ) from error


def _parts(days: Sequence[date]) -> Iterator[Sequence[date]]:
    """Yield the days, some at a time; once nothing, where there is none."""
    for start in range(0, max(len(days), 1), _DAYS_AT_ONCE):
        yield days[start : start + _DAYS_AT_ONCE]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
