"""Rules for leases."""

from datetime import UTC, datetime, timedelta

import pytest

from report.errors import BuildRunning
from report.leases import lease
from report.runs import Run
from tests.fakes import MemoryStorage

NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)
ONE, TWO = Run("one", 1, "first"), Run("two", 2, "second")


def test_only_one_holds_it() -> None:
    """The second is told who holds it and until when."""
    storage = MemoryStorage()

    with (
        lease(storage, "build", ONE, NOW, TEN_MINUTES),
        pytest.raises(BuildRunning, match=r"process 1 on one holds .* until 2026-11-21T05:10"),
        lease(storage, "build", TWO, NOW, TEN_MINUTES),
    ):
        pass


def test_it_is_given_back_even_after_a_failure() -> None:
    """A failed build does not stop the next."""
    storage = MemoryStorage()
    with pytest.raises(ZeroDivisionError), lease(storage, "build", ONE, NOW, TEN_MINUTES):
        raise ZeroDivisionError

    assert not list(storage.list("leases/"))


def test_a_lease_past_its_time_is_anybodys() -> None:
    """A killed holder does not stop builds for ever."""
    storage = MemoryStorage()
    killed = lease(storage, "build", ONE, NOW, TEN_MINUTES)
    killed.__enter__()

    with lease(storage, "build", TWO, NOW + TEN_MINUTES, TEN_MINUTES):
        assert b'"two"' in storage.get("leases/build.json")


def test_a_late_holder_does_not_take_away_anothers_lease() -> None:
    """Who overstays finds somebody else's lease, and leaves it."""
    storage = MemoryStorage()
    with lease(storage, "build", ONE, NOW, TEN_MINUTES):
        other = lease(storage, "build", TWO, NOW + TEN_MINUTES, TEN_MINUTES)
        other.__enter__()

    assert b'"two"' in storage.get("leases/build.json")


def test_a_run_that_is_over_holds_nothing() -> None:
    """A killed build keeps nobody waiting on its own host."""
    storage = MemoryStorage()
    lease(storage, "build", ONE, NOW, TEN_MINUTES).__enter__()

    with lease(storage, "build", TWO, NOW, TEN_MINUTES, is_over=lambda run: run == ONE):
        assert b'"two"' in storage.get("leases/build.json")


def test_a_lease_nobody_can_read_is_nobodys() -> None:
    """A cut file does not stop builds for ever."""
    storage = MemoryStorage()
    storage.put("leases/build.json", b"")

    with lease(storage, "build", TWO, NOW, TEN_MINUTES, is_over=lambda run: False):
        assert b'"two"' in storage.get("leases/build.json")
