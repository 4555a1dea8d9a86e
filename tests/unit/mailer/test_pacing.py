"""Rules for a run's clock, and for asking it to stop."""

import signal

import pytest

from mailer.pacing import clock_from, stoppable
from tests.mail_builders import FIVE


def test_the_runs_clock_goes_on_from_the_time_it_was_told() -> None:
    """`--at` sets the clock; from there it goes forward, whatever becomes of the machine's own."""
    clock = clock_from(FIVE)

    first, second = clock(), clock()

    assert FIVE <= first <= second


@pytest.mark.parametrize(("sign", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_is_a_request(sign: signal.Signals, status: int) -> None:
    """It ends a wait and nothing else; the status is the one a shell gives."""
    with stoppable() as stop:
        signal.raise_signal(sign)
        stop.wait(3600)

    assert stop.is_asked()
    assert stop.status == status


def test_the_second_signal_ends_the_run_at_once() -> None:
    """Who asks twice is not kept waiting for a server that takes its time."""
    with stoppable() as stop:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    assert stop.is_asked()


def test_signals_are_the_programs_own_again_afterwards() -> None:
    """A build, or whatever comes next, can be stopped as ever."""
    before = signal.getsignal(signal.SIGTERM)
    with stoppable() as stop:
        assert signal.getsignal(signal.SIGTERM) != before

    assert signal.getsignal(signal.SIGTERM) == before
    assert not stop.is_asked()
