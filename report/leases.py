"""A lease: who does what only one should do at a time, over processes and hosts.

leases/<name>.json    {"holder": …, "until": …}, UTC; one past its time is anybody's
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from report.errors import AlreadyExists, BuildRunning, NotFound
from report.storage import Storage

_JSON = "application/json"


@contextmanager
def lease(storage: Storage, name: str, holder: str, now: datetime, lifetime: timedelta) -> Iterator[None]:
    """Hold the lease `name` while the block runs; raise `BuildRunning` if somebody else does.

    It is a saving, not a lock: a holder that outlives `lifetime` may find that another has begun.
    """
    key = f"leases/{name}.json"
    mine = json.dumps({"holder": holder, "until": (now + lifetime).isoformat()}).encode()
    _take(storage, key, mine, now)
    try:
        yield
    finally:
        _give_back(storage, key, mine)


def _take(storage: Storage, key: str, mine: bytes, now: datetime) -> None:
    try:
        storage.put_if_absent(key, mine, _JSON)
    except AlreadyExists:
        _take_over(storage, key, mine, now)


def _take_over(storage: Storage, key: str, mine: bytes, now: datetime) -> None:
    try:
        body, etag = storage.get_with_etag(key)
        held = json.loads(body)
        if now < datetime.fromisoformat(held["until"]):
            raise BuildRunning(f"{key} is held by {held['holder']} until {held['until']}")
        storage.put_if_match(key, mine, etag, _JSON)
    except (NotFound, AlreadyExists) as error:
        raise BuildRunning(f"{key} was taken by somebody else just now") from error


def _give_back(storage: Storage, key: str, mine: bytes) -> None:
    try:
        if storage.get(key) == mine:
            storage.delete(key)
    except NotFound:
        return
