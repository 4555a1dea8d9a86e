"""What must be sent so that a site becomes what it should be, in an order that leaves no dead link.

Every file that is not there yet comes first: nothing leads to it so far. Then what stands is replaced: all
it leads to is there by now, of the old site and of the new. The index goes last. Only then may go what no
page leads to, and only a day after it was last led to, for those who still have an older page open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from report.publishing.memory import Memory
from report.publishing.site import ERROR, INDEX, Manner, SiteFile

GRACE = timedelta(days=1)
_EDITION_OF_MAKING = 1
"""Raised when the same file is made otherwise, as by another way of linking, so that all are sent again."""


@dataclass(frozen=True)
class Difference:
    """What is to be done: the files to send, step after step, and the keys to remove after.

    Within a step the order does not matter. `unlisted` is what no page leads to any more, with the time
    since when, what is removed now among it; `standing` are the files that are right as they are.
    """

    steps: tuple[tuple[SiteFile, ...], ...]
    gone: tuple[str, ...]
    unlisted: Mapping[str, datetime]
    standing: int

    @property
    def files(self) -> list[SiteFile]:
        """Every file to send, in order."""
        return [file for step in self.steps for file in step]


def compare(
    wanted: Iterable[SiteFile], manner: Manner, memory: Memory, listed: Mapping[str, str], now: datetime
) -> Difference:
    """Return what it takes to make the site of `wanted` out of what is `listed` there, by key and etag."""
    by_key = {file.key: file for file in wanted}
    to_send = [file for file in by_key.values() if not _stands(file, manner, memory, listed)]
    new = [file for file in to_send if file.key not in listed and file.key != INDEX]
    changed = [file for file in to_send if file.key in listed and file.key != INDEX]
    index = [file for file in to_send if file.key == INDEX]
    ours = {key for key in (*memory.files, *memory.unlisted) if key in listed and key not in by_key}
    unlisted = {key: memory.unlisted.get(key, now) for key in sorted(ours)}
    gone = tuple(key for key, since in unlisted.items() if now - since >= GRACE)
    steps = tuple(tuple(step) for step in (new, changed, index) if step)
    return Difference(steps, gone, unlisted, len(by_key) - len(to_send))


def made_of(file: SiteFile, manner: Manner) -> str:
    """Return a hash of all that a file's bytes and headers come from."""
    parts = (
        _EDITION_OF_MAKING,
        file.sha256,
        file.content_type,
        file.cache_control,
        file.saved_as,
        file.superseded,
        manner.access,
        manner.packs,
        manner.is_relative and file.is_page,
        file.key == ERROR and manner.root,
    )
    return sha256(repr([str(part) for part in parts]).encode()).hexdigest()[:32]


def _stands(file: SiteFile, manner: Manner, memory: Memory, listed: Mapping[str, str]) -> bool:
    sent = memory.files.get(file.key)
    if sent is None or sent.etag != listed.get(file.key):
        return False
    return file.stays or sent.made == made_of(file, manner)
