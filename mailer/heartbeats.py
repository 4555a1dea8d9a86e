"""When runs were last at work, so that the first one after an outage knows of it.

ledger/hosts/<host>.json    {"host": …, "at": …}, UTC: the time of the host's last whole run
"""

import json
from datetime import UTC, datetime
from urllib.parse import quote

from report.errors import NotFound
from report.storage import Storage

FOLDER = "ledger/hosts/"
_JSON = "application/json"


def beat(storage: Storage, host: str, now: datetime, ended_at: datetime) -> None:
    """Write down that a run of this host at `now` (aware) did all that was due; raise `StorageError`.

    A run that took long does not write over one that began after it; one after `ended_at` is a wrong clock's.
    """
    key = f"{FOLDER}{quote(host, safe='')}.json"
    standing = _time_in(storage, key)
    if standing and now < standing <= ended_at:
        return
    body = json.dumps({"host": host, "at": now.astimezone(UTC).isoformat()}).encode()
    storage.put(key, body, _JSON)


def last_beat(storage: Storage) -> datetime | None:
    """Return the time of the last run of any host, in UTC; None where there was none. Raise `StorageError`.

    It costs a listing and a read, however many hosts there were.
    """
    newest = max(storage.list(FOLDER), key=lambda info: info.modified_at, default=None)
    return _time_in(storage, newest.key) if newest else None


def _time_in(storage: Storage, key: str) -> datetime | None:
    try:
        said = json.loads(storage.get(key))["at"]
        return datetime.fromisoformat(said).astimezone(UTC)
    except (NotFound, ValueError, LookupError, TypeError):
        return None
