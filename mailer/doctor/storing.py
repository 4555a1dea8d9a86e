"""Whether storage lets us do all we must, keeps its conditions, and agrees about the time."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime

from mailer.doctor.verdicts import Verdict, ok, warning, wrong
from report.errors import AlreadyExists, StorageError
from report.storage import Storage

SKEW_WARNED_SECONDS = 60
SKEW_WRONG_SECONDS = 300
"""S3 refuses requests 15 minutes off; leases and claims are judged by the clock long before."""


def check_storage(storage: Storage, name: str, clock: Callable[[], datetime]) -> Iterator[Verdict]:
    """Write an object of this name, do with it all that the mailer does with others, and remove it."""
    key = f"leases/doctor-{name}.json"
    try:
        before = clock()
        if broken := _broken_promise(storage, key):
            yield wrong("storage", broken, "use S3 itself, or a store that keeps its conditional writes")
        else:
            yield ok("storage", "can be written, read, listed and deleted from, and keeps its conditions")
        yield clocks(before, storage.head(key).modified_at, clock())
        storage.delete(key)
    except StorageError as error:
        yield wrong("storage", str(error))
        with contextlib.suppress(StorageError):
            storage.delete(key)


def clocks(before: datetime, written_at: datetime, after: datetime) -> Verdict:
    """Return whether storage wrote between these times of ours, to the second."""
    ahead = max((before - written_at).total_seconds(), (written_at - after).total_seconds(), 0)
    if ahead < SKEW_WARNED_SECONDS:
        return ok("clock", f"agrees with storage's, {after:%Y-%m-%d %H:%M} UTC")
    says = f"is {ahead:,.0f} seconds off storage's, which says {written_at:%Y-%m-%d %H:%M:%S} UTC"
    advice = "let systemd-timesyncd or chrony set it"
    return (wrong if ahead >= SKEW_WRONG_SECONDS else warning)("clock", says, advice)


def _broken_promise(storage: Storage, key: str) -> str:
    """What storage does not keep of what a mail that is sent once hangs on; nothing where it keeps all."""
    storage.put_if_absent(key, b"1", "application/json")
    if not _refuses(lambda: storage.put_if_absent(key, b"2", "application/json")):
        return "an object that was there was written over by put-if-absent: two hosts would both send a mail"
    body, etag = storage.get_with_etag(key)
    storage.put_if_match(key, b"3", etag, "application/json")
    if not _refuses(lambda: storage.put_if_match(key, b"4", etag, "application/json")):
        return "an object that had changed was written over: two hosts would both try a mail again"
    if body != b"1" or storage.get(key) != b"3":
        return "what was read is not what was written"
    if [info.key for info in storage.list(key)] != [key]:
        return "an object that was written is not listed"
    return ""


def _refuses(write: Callable[[], None]) -> bool:
    try:
        write()
    except AlreadyExists:
        return True
    return False
