"""Rules for what is looked at again between one reader and the next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from mailer.desk import Desk
from mailer.groups import Group, Turn
from mailer.hindrances import hindrance_to
from mailer.pacing import Stop
from mailer.planning import Fate
from mailer.serving import serve
from report.addresses import reader_key
from report.alerts import Alarm
from report.composition import services_from
from report.mail import Letter, at_once
from report.readers import Every, Reader, Rhythm
from report.runs import Run
from report.settings import Settings
from report.storage import Storage
from report.subscribers import forget
from report.subscribing import enrol, leave
from tests.fakes import MemoryStorage
from tests.mail_builders import FIVE, a_frozen_edition

UTC_ZONE = ZoneInfo("UTC")
READERS = ("ann@example.com", "bob@example.com", "cyd@example.com")


class Sink:
    """A `Sender` that takes every letter, and then lets something happen."""

    def __init__(self, then: Callable[[], None]) -> None:
        self.sent: list[str] = []
        self._then = then

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
        if not may_leave():
            return False
        self.sent.append(letter.to)
        self._then()
        return True


def a_group(due_at: datetime = FIVE, has_record: bool = False) -> Group:
    turns = (Turn(reader, due_at, UTC_ZONE, has_record) for reader in READERS)
    return Group("trends", "2026-11-20", tuple(turns))


def a_desk(storage: Storage, sink: Sink) -> Desk:
    services = replace(services_from(Settings()), storage=storage, sender=lambda: sink)
    return Desk(services, FIVE, Run("host", 7, "this run"), Stop(), hold_below=50)


def test_who_unsubscribes_during_a_run_is_not_mailed() -> None:
    """Readers are read when a run begins, and each is looked at again right before the claim."""
    storage = MemoryStorage()
    a_frozen_edition(storage)
    sink = Sink(lambda: leave(storage, reader_key(READERS[1]), "trends", "one-click", datetime.now(UTC)))

    served = serve(a_desk(storage, sink), a_group())

    assert sink.sent == [READERS[0], READERS[2]]
    assert served.fates == {Fate.ACCEPTED: 2, Fate.UNWANTED: 1}
    assert served.findings == ()


def test_who_is_removed_during_a_run_is_not_mailed() -> None:
    """Who has a record is mailed by it: once that is gone, or names the report no more, nothing leaves."""
    storage = MemoryStorage()
    a_frozen_edition(storage)
    readers = [Reader(address, ("trends",), Rhythm(Every.DAY, time(5)), UTC_ZONE) for address in READERS]
    for reader in readers:
        enrol(storage, reader, FIVE - timedelta(days=1))

    def removed() -> None:
        forget(storage, reader_key(READERS[1]))
        enrol(storage, replace(readers[2], reports=("other",)), FIVE)

    sink = Sink(removed)
    served = serve(a_desk(storage, sink), a_group(has_record=True))

    assert sink.sent == [READERS[0]]
    assert served.fates == {Fate.ACCEPTED: 1, Fate.UNWANTED: 2}


def test_a_mail_whose_turn_comes_too_late_stays() -> None:
    """However long the run that planned it takes: the next one says who went without."""
    storage = MemoryStorage()
    a_frozen_edition(storage)
    sink = Sink(lambda: None)

    served = serve(a_desk(storage, sink), a_group(FIVE - timedelta(hours=4)))

    assert (sink.sent, served.fates) == ([], {Fate.TOO_LATE: 3})
    assert list(storage.list("ledger/")) == []


def test_the_hours_of_a_mail_are_counted_by_the_run_s_clock() -> None:
    """Two readers are due at one moment; while the first is mailed the hours of both are over."""
    now = [FIVE]
    hindrance = hindrance_to(MemoryStorage(), a_group(), timedelta(hours=4), lambda: now[0])
    found = []
    for after in (timedelta(hours=4), timedelta(hours=4, seconds=1)):
        now[0] = FIVE + after
        found.append(hindrance(READERS[0]))

    assert found == [None, Fate.TOO_LATE]


def test_what_fails_is_looked_for_by_its_own_name_only() -> None:
    """What this run never tried is not called over; an hourly mail's trouble is one thing all day."""
    storage = MemoryStorage()
    desk = a_desk(storage, Sink(lambda: None))
    day, *hourly = (replace(a_group(), period=f"2099-11-20{hour}") for hour in ("", "T0700Z", "T0800Z"))

    served = [serve(desk, group) for group in (day, *hourly)]

    assert [{about for _, about in one.checked} for one in served] == [
        {"trends 2099-11-20"},
        {"trends, day so far"},
        {"trends, day so far"},
    ]
    assert [(found.alarm, found.about) for one in served for found in one.findings] == [
        (Alarm.BUILD_FAILED, "trends 2099-11-20"),
        (Alarm.BUILD_FAILED, "trends, day so far"),
        (Alarm.BUILD_FAILED, "trends, day so far"),
    ]
