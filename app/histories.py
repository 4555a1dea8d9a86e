"""The histories of hashtags a web worker can show: from memory, or by one small read of storage."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from app.blobs import Blob, Lru, make_blob
from app.loading import Freshest, Loader
from report.errors import NotFound, StorageError
from report.hashtag_histories import SHARDS, Index, Shard, shard_of
from report.hashtag_shards import index_from_json, shard_from_json
from report.places import hashtag_index, hashtag_shard
from report.rendering.hashtag_page import hashtag_data, render_hashtag, render_hashtags
from report.storage import Storage

_PAGES_BYTES = 4 * 1024 * 1024
_HTML, _JSON = "text/html; charset=utf-8", "application/json"


@dataclass(frozen=True)
class _Stored:
    """An object as it was read; without bytes where there is none."""

    key: str
    body: bytes
    sha256: str


class Histories:
    """The shards of one zone, kept as bytes: parsed, a year of a busy feed would take ten times as much.

    Every verb raises `NotFound`, and `StorageError` where storage fails and nothing is known from before.
    """

    def __init__(self, storage: Storage, zone: str, max_age_seconds: float = 60) -> None:
        self._storage, self._zone, loader = storage, zone, Loader()
        keys = [hashtag_shard(zone, number) for number in range(SHARDS)]
        self._shards = [
            Freshest(key, partial(self._load_shard, key), loader, max_age_seconds) for key in keys
        ]
        index = hashtag_index(zone)
        self._index = Freshest(index, partial(self._load, index), loader, max_age_seconds)
        self._pages: Lru[tuple[str, ...], Blob] = Lru(_PAGES_BYTES, lambda blob: blob.weight)

    def page(self, key: str) -> Blob:
        """Return the page of the hashtag whose spellings fold to `key`."""
        return self._told(key, _HTML, render_hashtag)

    def data(self, key: str) -> Blob:
        """Return the numbers of that page as JSON."""
        return self._told(key, _JSON, _data)

    def front(self) -> Blob:
        """Return the page that leads to the others; before the first counted day it leads nowhere."""
        stored = self._index.get()
        name = (stored.key, _HTML, stored.sha256)
        return self._pages.get(name) or self._keep(name, render_hashtags(_read_index(stored), self._zone))

    def _told(self, key: str, content_type: str, tell: Callable[[str, Shard, str], str]) -> Blob:
        stored = self._shards[shard_of(key)].get()
        name = (key, content_type, stored.sha256)
        if known := self._pages.get(name):
            return known
        shard = _read_shard(stored, key) if _may_hold(stored, key) else None
        if not shard or key not in shard.hashtags:
            raise NotFound(f"{stored.key} has no history of {key!r}")
        return self._keep(name, tell(key, shard, self._zone))

    def _keep(self, name: tuple[str, str, str], text: str) -> Blob:
        body = text.encode()
        blob = make_blob(body, name[1], sha256(body).hexdigest())
        self._pages.put(name, blob)
        return blob

    def _load_shard(self, key: str) -> _Stored:
        """Look once whether it can be read: a page is looked for by its name alone at first."""
        stored = self._load(key)
        _read_shard(stored, "")
        return stored

    def _load(self, key: str) -> _Stored:
        """What is missing is remembered as such: who asks for what nobody used costs no reads."""
        try:
            body = self._storage.get(key)
        except NotFound:
            body = b""
        return _Stored(key, body, sha256(body).hexdigest())


def _may_hold(stored: _Stored, key: str) -> bool:
    """Look for the name alone: whoever asks for what nobody used has no year of hashtags taken apart."""
    return json.dumps(key, ensure_ascii=False).encode("utf-8", "surrogatepass") in stored.body


def _data(key: str, shard: Shard, zone: str) -> str:
    return json.dumps(hashtag_data(key, shard, zone), ensure_ascii=False, indent=1)


def _read_shard(stored: _Stored, key: str) -> Shard:
    try:
        return shard_from_json(stored.body, only=key) if stored.body else Shard(retweets=True)
    except (ValueError, LookupError, TypeError) as error:
        raise _unreadable(stored, error) from error


def _read_index(stored: _Stored) -> Index:
    try:
        return index_from_json(stored.body) if stored.body else Index(retweets=True)
    except (ValueError, LookupError, TypeError) as error:
        raise _unreadable(stored, error) from error


def _unreadable(stored: _Stored, error: Exception) -> StorageError:
    return StorageError(f"{stored.key} cannot be read ({error!r}); run `python -m report compact --rebuild`")
