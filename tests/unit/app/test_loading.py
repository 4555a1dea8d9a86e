"""Rules for loading from a slow place."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from app.loading import Freshest, Loader
from report.errors import NotFound, StorageUnavailable


class SlowSource:
    """Gives its value when let; counts how often it is asked."""

    def __init__(self, value: str = "old") -> None:
        self.value, self.asked, self.let_go = value, 0, Event()
        self.let_go.set()

    def __call__(self) -> str:
        self.asked += 1
        self.let_go.wait(10)
        return self.value


class WatchedLoader(Loader):
    """Notes for how many seconds each who waited was ready to."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_for: list[float] = []

    def load(self, name: str, load: Any, patience_seconds: float) -> Any:
        self.waited_for.append(patience_seconds)
        return super().load(name, load, patience_seconds)


def test_many_who_ask_at_once_load_once() -> None:
    """One load serves everybody who asks while it is under way."""
    loader, source = Loader(), SlowSource()
    source.let_go.clear()
    with ThreadPoolExecutor(8) as readers:
        answers = [readers.submit(loader.load, "x", source, 10) for _ in range(8)]
        while not loader.is_running("x"):
            pass
        source.let_go.set()

        assert {answer.result() for answer in answers} == {"old"}
    assert source.asked < 8


def test_a_slow_load_is_left_after_the_reader_s_patience() -> None:
    """Nobody hangs on a store that does not answer; the load itself goes on."""
    loader, source = Loader(), SlowSource()
    source.let_go.clear()

    with pytest.raises(StorageUnavailable, match="x took more than"):
        loader.load("x", source, 0.01)

    assert loader.is_running("x")
    source.let_go.set()
    assert loader.load("x", source, 10) == "old"


def test_slow_loads_do_not_pile_up() -> None:
    """A store that hangs holds a bounded number of threads, whatever is asked."""
    loader, source = Loader(), SlowSource()
    source.let_go.clear()
    started = [loader.start(f"load {number}", source) for number in range(16)]

    with pytest.raises(StorageUnavailable, match="16 slow loads"):
        loader.start("one more", source)

    source.let_go.set()
    assert [future.result(10) for future in started] == ["old"] * 16


def test_what_a_load_raises_reaches_the_reader() -> None:
    """Errors keep their kind on the way from the loading thread."""

    def fail() -> str:
        raise NotFound("nothing here")

    with pytest.raises(NotFound, match="nothing here"):
        Loader().load("x", fail, 10)


def test_a_value_is_kept_while_it_is_fresh() -> None:
    """Within its age a value is not asked for again."""
    source = SlowSource()
    freshest = Freshest("x", source, Loader(), max_age_seconds=60)

    assert (freshest.get(), freshest.get()) == ("old", "old")
    assert source.asked == 1


def test_a_new_value_is_seen_by_the_one_who_asks() -> None:
    """A source that answers in time is believed at once, not at the next visit."""
    source = SlowSource()
    freshest = Freshest("x", source, Loader(), max_age_seconds=0)
    freshest.get()
    source.value = "new"

    assert freshest.get() == "new"


def test_an_old_value_beats_waiting() -> None:
    """A page with something to show waits for a hanging store for at most its patience, once."""
    loader, source = WatchedLoader(), SlowSource()
    freshest = Freshest("x", source, loader, max_age_seconds=0, patience_seconds=0.05)
    freshest.get()
    source.let_go.clear()

    assert [freshest.get() for _ in range(50)] == ["old"] * 50

    assert loader.waited_for == [5, 0.05]
    assert freshest.is_behind
    source.let_go.set()


def test_an_old_value_beats_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """A failing store is a warning in the log, not a broken page."""
    answers = iter(["old"])

    def load() -> str:
        for answer in answers:
            return answer
        raise StorageUnavailable("the line is cut")

    freshest = Freshest("the newest edition", load, Loader(), max_age_seconds=0)
    freshest.get()

    assert freshest.get() == "old"
    assert "the newest edition is not fresh" in caplog.text
    assert "the line is cut" in caplog.text
