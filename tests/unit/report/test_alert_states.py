"""Rules for what is remembered of alarms, whoever else is at it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from report.alert_states import confirm, hand_back, mute, settle, states
from report.alerts import CALM, TELLING, Alarm, Change, Episode, Finding, Notice
from report.storage import OCTETS, ObjectInfo
from tests.fakes import MemoryStorage

FIVE = datetime(2026, 11, 21, 5, tzinfo=UTC)
DAY = timedelta(hours=24)
STOPPED = Finding(Alarm.COLLECTOR_STOPPED, "raw", "no tweet for 31 minutes")
KEY = "alerts/collector-stopped.json"


def settled(storage: MemoryStorage, now: datetime, *findings: Finding) -> list[Notice]:
    """Settle a run that looked for a stopped collector."""
    return settle(storage, findings, {Alarm.COLLECTOR_STOPPED}, now, DAY)


def test_of_many_hosts_one_tells() -> None:
    """Eight that find the same at once: one has the telling, and the others none."""
    storage = MemoryStorage()

    with ThreadPoolExecutor(8) as hosts:
        told = [*hosts.map(lambda _: settled(storage, FIVE, STOPPED), range(64))]

    assert [notices for notices in told if notices] == [
        [Notice(STOPPED.alarm, STOPPED.about, Change.RAISED, FIVE, (STOPPED.says,))]
    ]


@pytest.mark.parametrize("is_known", [False, True], ids=["the first finding ever", "a known alarm"])
def test_who_was_slower_does_not_tell(is_known: bool) -> None:
    """Another host settles between this one's reading and writing: the telling is the other's."""
    storage = _Overtaken()
    if is_known:
        mute(storage, STOPPED.alarm, FIVE)
    quicker: list[Notice] = []
    storage.meanwhile = lambda: quicker.extend(settled(storage, FIVE, STOPPED))

    slower = settled(storage, FIVE, STOPPED)

    assert (len(quicker), slower) == (1, [])


def test_what_was_told_is_remembered() -> None:
    """A confirmed telling is not repeated; its confirmed end leaves nothing behind."""
    storage = MemoryStorage()
    confirm(storage, settled(storage, FIVE, STOPPED), FIVE)

    assert settled(storage, FIVE + TELLING, STOPPED) == []
    assert states(storage)[STOPPED.alarm].raised == {"raw": Episode(FIVE, 1, FIVE)}

    calm = FIVE + TELLING + CALM
    assert settled(storage, FIVE + TELLING) == []
    over = settled(storage, calm)
    confirm(storage, over, calm)
    assert [notice.change for notice in over] == [Change.OVER]
    assert states(storage)[STOPPED.alarm].raised == {}


def test_what_could_not_be_told_is_left_to_the_next_run() -> None:
    """A telling handed back is free at once, its beginning unchanged."""
    storage = MemoryStorage()
    hand_back(storage, settled(storage, FIVE, STOPPED))

    again = settled(storage, FIVE + timedelta(minutes=1), STOPPED)

    assert [(notice.change, notice.since) for notice in again] == [(Change.RAISED, FIVE)]


def test_what_is_found_once_is_told_in_its_own_words() -> None:
    """A late mail that nobody could be told of is told by a run that no longer finds it."""
    storage, late = MemoryStorage(), Finding(Alarm.LATE, "trends 2026-11-20", "was due at 05:00")
    hand_back(storage, settle(storage, [late], [Alarm.LATE], FIVE, DAY))

    [notice] = settle(storage, [], [Alarm.LATE], FIVE + timedelta(minutes=15), DAY)

    assert (notice.about, notice.says) == (late.about, (late.says,))


def test_an_end_that_could_not_be_told_is_told_later() -> None:
    """Handed back, the end of a failure waits for the next run."""
    storage = MemoryStorage()
    confirm(storage, settled(storage, FIVE, STOPPED), FIVE)
    settled(storage, FIVE)
    hand_back(storage, settled(storage, FIVE + CALM))

    assert [notice.change for notice in settled(storage, FIVE + CALM)] == [Change.OVER]


def test_a_quiet_run_costs_one_request() -> None:
    """Where nothing is wrong or ever was, a run lists the alarms' folder and does nothing more."""
    storage = _Counting()

    assert settle(storage, [], [*Alarm], FIVE, DAY) == []
    assert storage.calls == ["list"]


def test_a_run_that_finds_the_same_writes_nothing() -> None:
    """A lasting failure costs a listing and a read each run."""
    storage = _Counting()
    confirm(storage, settled(storage, FIVE, STOPPED), FIVE)
    storage.calls.clear()

    assert settled(storage, FIVE + timedelta(minutes=15), STOPPED) == []
    assert storage.calls == ["list", "get"]


def test_what_nobody_looked_for_is_not_over() -> None:
    """A run that does not look for an alarm says nothing of its end."""
    storage = MemoryStorage()
    confirm(storage, settled(storage, FIVE, STOPPED), FIVE)

    assert settle(storage, [], {Alarm.HELD}, FIVE + CALM, DAY) == []
    assert states(storage)[STOPPED.alarm].raised["raw"].calm_since is None


def test_one_thing_that_is_mended_mends_no_other() -> None:
    """Who looked at one day knows nothing of another: that stays raised, and the one is over."""
    storage = MemoryStorage()
    days = [Finding(Alarm.BUILD_FAILED, f"trends 2026-11-{day}", "no disk") for day in (19, 20)]
    confirm(storage, settle(storage, days, {Alarm.BUILD_FAILED}, FIVE, DAY), FIVE)
    looked: list[Alarm | tuple[Alarm, str]] = [(Alarm.BUILD_FAILED, "trends 2026-11-20"), Alarm.HELD]

    settle(storage, [], looked, FIVE, DAY)
    over = settle(storage, [], looked, FIVE + CALM, DAY)

    assert [(notice.about, notice.change) for notice in over] == [("trends 2026-11-20", Change.OVER)]
    assert states(storage)[Alarm.BUILD_FAILED].raised["trends 2026-11-19"].calm_since is None


def test_a_mute_is_kept_and_lifted() -> None:
    """`mute` writes until when; None lifts it, leaves what is raised alone, and writes nothing needless."""
    storage = MemoryStorage()
    mute(storage, Alarm.COLLECTOR_STOPPED, FIVE + DAY)

    assert settled(storage, FIVE, STOPPED) == []
    mute(storage, Alarm.COLLECTOR_STOPPED, None)
    mute(storage, Alarm.HELD, None)
    assert [*states(storage)] == [Alarm.COLLECTOR_STOPPED]
    assert [notice.change for notice in settled(storage, FIVE, STOPPED)] == [Change.RAISED]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"raised": {"raw": 5}, "muted_until": null}',
        b'{"raised": {}, "muted_until": "soon"}',
        b"",
    ],
)
def test_a_memory_that_cannot_be_read_is_written_anew(body: bytes) -> None:
    """Rather a failure told twice than never."""
    storage = MemoryStorage()
    storage.put(KEY, body)

    assert [notice.change for notice in settled(storage, FIVE, STOPPED)] == [Change.RAISED]
    assert "raw" in states(storage)[STOPPED.alarm].raised


class _Overtaken(MemoryStorage):
    """Lets somebody else in right after the first reading."""

    meanwhile: Callable[[], None] | None = None

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        try:
            return super().get_with_etag(key)
        finally:
            others, self.meanwhile = self.meanwhile, None
            if others:
                others()


class _Counting(MemoryStorage):
    """Notes what is asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        self.calls.append("list")
        return super().list(prefix)

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        self.calls.append("get")
        return super().get_with_etag(key)

    def put_if_absent(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        self.calls.append("put")
        super().put_if_absent(key, body, content_type)

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        self.calls.append("put")
        super().put_if_match(key, body, etag, content_type)
