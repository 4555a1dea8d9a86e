"""Rules for when runs were last at work."""

from datetime import UTC, datetime, timedelta

import pytest

from mailer.heartbeats import FOLDER, Beat, beat, last_beat
from tests.fakes import MemoryStorage

FIVE = datetime(2026, 11, 21, 5, tzinfo=UTC)


def test_the_last_run_of_any_host_counts() -> None:
    """While one host of a fleet mails there was no outage, however long another was away."""
    storage = MemoryStorage()
    beat(storage, "old host", FIVE - timedelta(days=30), FIVE)
    beat(storage, "host", FIVE, FIVE)

    assert last_beat(storage) == Beat(FIVE)
    assert [info.key for info in storage.list(FOLDER)] == [f"{FOLDER}host.json", f"{FOLDER}old%20host.json"]


def test_a_host_keeps_one_time() -> None:
    """The newest run's; the number of objects is that of the hosts."""
    storage = MemoryStorage()
    beat(storage, "a/b", FIVE, FIVE)
    beat(storage, "a/b", FIVE + timedelta(minutes=15), FIVE + timedelta(minutes=16))

    assert last_beat(storage) == Beat(FIVE + timedelta(minutes=15))
    assert len(list(storage.list(FOLDER))) == 1


@pytest.mark.parametrize("body", [None, b"", b"[]", b'{"at": 5}', b'{"at": "dawn"}'], ids=str)
def test_without_a_last_run_nothing_is_known(body: bytes | None) -> None:
    """A first run has none, and what cannot be read is as good as none."""
    storage = MemoryStorage()
    if body is not None:
        storage.put(f"{FOLDER}host.json", body)

    assert last_beat(storage) is None


def test_a_run_that_took_long_leaves_a_newer_time_alone() -> None:
    """What began after it has seen more; a time that has not come yet is a wrong clock's."""
    storage = MemoryStorage()
    beat(storage, "host", FIVE + timedelta(hours=3), FIVE + timedelta(hours=3))

    beat(storage, "host", FIVE, FIVE + timedelta(hours=4))
    assert last_beat(storage) == Beat(FIVE + timedelta(hours=3))

    beat(storage, "host", FIVE, FIVE + timedelta(minutes=1))
    assert last_beat(storage) == Beat(FIVE)
