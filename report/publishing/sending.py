"""Brings a site up to what it should be: sends what differs, step after step, then removes what is over."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from report.publishing.difference import Difference, made_of
from report.publishing.memory import Memory, Sent, remember
from report.publishing.parcels import parcel_of
from report.publishing.shelf import Shelved
from report.publishing.site import INDEX, Manner, Site, SiteFile
from report.storage import Storage

_AT_A_TIME = 8
_IN_A_BATCH = 500


def carry_out(
    storage: Storage,
    site: Site,
    manner: Manner,
    difference: Difference,
    memory: Memory,
    editions: tuple[Shelved, ...],
) -> Iterator[str]:
    """Yield each key as it is sent or removed; raise what storage and the site raise.

    `memory` is what was known before, `editions` what the site shows after: known as such once all but the
    index is there. What was sent is kept in mind every so often, for a run that is killed to be taken up.
    """
    sent = dict(memory.files)
    for batch in _batches(difference):
        if batch[0].key == INDEX:
            memory = replace(memory, editions=editions)
            remember(storage, replace(memory, files=sent))
        for file, one in _send(storage, site, manner, batch):
            sent[file.key] = one
            yield file.key
        remember(storage, replace(memory, files=sent))
    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        yield from threads.map(_returning(site.delete), difference.gone)
    unlisted = {key: since for key, since in difference.unlisted.items() if key not in difference.gone}
    files = {key: one for key, one in sent.items() if key not in difference.gone}
    remember(storage, Memory(memory.site, editions, files, unlisted))


def _batches(difference: Difference) -> Iterator[Sequence[SiteFile]]:
    """The steps, cut into parts after which it is kept in mind how far we are."""
    for step in difference.steps:
        yield from (step[at : at + _IN_A_BATCH] for at in range(0, len(step), _IN_A_BATCH))


def _send(
    storage: Storage, site: Site, manner: Manner, batch: Sequence[SiteFile]
) -> Iterator[tuple[SiteFile, Sent]]:
    """Send files, some at a time; the first that fails ends the batch, once those under way are done."""

    def send(file: SiteFile) -> tuple[SiteFile, Sent]:
        parcel = parcel_of(storage, file, manner)
        etag = site.put(parcel)
        return file, Sent(made_of(file, manner), etag, parcel.sha256, file.content_type)

    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        try:
            yield from threads.map(send, batch)
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise


def _returning(delete: Callable[[str], None]) -> Callable[[str], str]:
    def deleted(key: str) -> str:
        delete(key)
        return key

    return deleted
