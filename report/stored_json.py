"""Small JSON objects that many may change at once: read, changed, and written if nobody else was quicker."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from report.errors import AlreadyExists, NotFound, StorageUnavailable
from report.storage import Storage

JSON = "application/json"
_TRIES = 20


def json_bytes(values: Mapping[str, Any]) -> bytes:
    """Return the values as they are stored: the same values give the same bytes, readable by people."""
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True).encode()


def change(storage: Storage, key: str, changed: Callable[[bytes | None], bytes | None]) -> bool:
    """Store what `changed` makes of the object under `key` (None where there is none).

    None from `changed`, or the same bytes, writes nothing. Whoever loses a race reads anew and asks
    `changed` again. Return whether there is now an object that `changed` wanted; raise `StorageUnavailable`
    where others are always quicker.
    """
    for _ in range(_TRIES):
        body, etag = _found(storage, key)
        wanted = changed(body)
        if wanted is None or wanted == body:
            return wanted is not None
        try:
            if body is None:
                storage.put_if_absent(key, wanted, JSON)
            else:
                storage.put_if_match(key, wanted, etag, JSON)
        except AlreadyExists:
            continue
        return True
    raise StorageUnavailable(f"{key} was changed by others {_TRIES} times in a row; try again")


def _found(storage: Storage, key: str) -> tuple[bytes | None, str]:
    try:
        return storage.get_with_etag(key)
    except NotFound:
        return None, ""
