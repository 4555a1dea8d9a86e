"""Rules for what is looked at again between one reader and the next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from mailer.groups import Group, Turn
from mailer.pacing import Stop
from mailer.planning import Fate
from mailer.serving import Desk, serve
from report.addresses import reader_key
from report.alerts import Alarm
from report.composition import services_from
from report.mail import Letter, at_once
from report.runs import Run
from report.settings import Settings
from report.storage import Storage
from report.subscribing import leave
from tests.fakes import MemoryStorage
from tests.mail_builders import FIVE, a_frozen_edition

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


def a_group(due_at: datetime = FIVE) -> Group:
    return Group("trends", "2026-11-20", tuple(Turn(reader, due_at, ZoneInfo("UTC")) for reader in READERS))


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
