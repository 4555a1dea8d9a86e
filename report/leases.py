"""A lease: who does what only one should do at a time, over processes and hosts.

leases/<name>.json    {"host": …, "pid": …, "id": …, "until": …}, UTC; one past its time is anybody's
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta

from report.errors import AlreadyExists, BuildRunning, NotFound
from report.runs import Run, is_over
from report.storage import Storage

_JSON = "application/json"


@contextmanager
def lease(
    storage: Storage,
    name: str,
    run: Run,
    now: datetime,
    lifetime: timedelta,
    is_over: Callable[[Run], bool] = is_over,
) -> Iterator[None]:
    """Hold the lease `name` while the block runs; raise `BuildRunning` if another run does.

    A run that `is_over` holds nothing, so a killed build keeps nobody waiting. It is a saving, not a
    lock: a holder that outlives `lifetime` may find that another has begun.
    """
    key = f"leases/{name}.json"
    mine = json.dumps({**asdict(run), "until": (now + lifetime).isoformat()}).encode()
    _take(storage, key, mine, lambda held, until: now >= until or is_over(held))
    try:
        yield
    finally:
        _give_back(storage, key, mine)


def _take(storage: Storage, key: str, mine: bytes, is_free: Callable[[Run, datetime], bool]) -> None:
    try:
        storage.put_if_absent(key, mine, _JSON)
    except AlreadyExists:
        _take_over(storage, key, mine, is_free)


def _take_over(storage: Storage, key: str, mine: bytes, is_free: Callable[[Run, datetime], bool]) -> None:
    try:
        body, etag = storage.get_with_etag(key)
        run, until = _read(body)
        if body != mine and run and until and not is_free(run, until):
            raise BuildRunning(
                f"process {run.pid} on {run.host} holds {key}, until {until.isoformat()} at most"
            )
        storage.put_if_match(key, mine, etag, _JSON)
    except (NotFound, AlreadyExists) as error:
        raise BuildRunning(f"{key} was taken by somebody else just now") from error


def _read(body: bytes) -> tuple[Run | None, datetime | None]:
    """Who holds the lease, until when; one that cannot be read is nobody's."""
    try:
        held = json.loads(body)
        until = datetime.fromisoformat(held.pop("until"))
        return Run(**held), until
    except (ValueError, LookupError, TypeError, AttributeError):
        return None, None


def _give_back(storage: Storage, key: str, mine: bytes) -> None:
    try:
        if storage.get(key) == mine:
            storage.delete(key)
    except NotFound:
        return
