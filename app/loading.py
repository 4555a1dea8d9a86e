"""Loads things from a slow place without letting readers wait for long."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from threading import BoundedSemaphore, Lock, Thread
from time import monotonic
from typing import Any, Generic, TypeVar

from app.meters import meters
from report.errors import StorageError, StorageUnavailable

_Value = TypeVar("_Value")
_log = logging.getLogger(__name__)
_LOADS_AT_ONCE = 16


class Loader:
    """Runs each load once, however many ask for it meanwhile, in threads that no reader hangs on.

    Threads start with the first load, so a server may make a loader and fork afterwards.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: dict[str, Future[Any]] = {}
        self._places = BoundedSemaphore(_LOADS_AT_ONCE)

    def load(self, name: str, load: Callable[[], _Value], patience_seconds: float) -> _Value:
        """Return what `load` returns or raise what it raises; raise `StorageUnavailable` if it is slow.

        A slow load goes on by itself: whoever asks later finds it further along.
        """
        future = self.start(name, load)
        try:
            return future.result(patience_seconds)
        except TimeoutError as error:
            if future.done():
                raise
            problem = f"{name} took more than {patience_seconds:g} s to load; try again in a moment"
            raise StorageUnavailable(problem) from error

    def start(self, name: str, load: Callable[[], _Value]) -> "Future[_Value]":
        """Begin a load, or join the one under way; raise `StorageUnavailable` if too many are."""
        with self._lock:
            if name in self._running:
                return self._running[name]
            if not self._places.acquire(blocking=False):
                raise StorageUnavailable(f"{name} has to wait: {_LOADS_AT_ONCE} slow loads are under way")
            future: Future[_Value] = Future()
            self._running[name] = future
        Thread(target=self._run, args=(name, load, future), name=f"load {name}", daemon=True).start()
        return future

    def is_running(self, name: str) -> bool:
        """Say whether a load of this name is under way."""
        with self._lock:
            return name in self._running

    def _run(self, name: str, load: Callable[[], _Value], future: "Future[_Value]") -> None:
        try:
            future.set_result(load())
        except BaseException as error:  # whatever it is, it belongs to those who wait
            future.set_exception(error)
        finally:
            with self._lock:
                del self._running[name]
            self._places.release()


class Freshest(Generic[_Value]):
    """The newest known value of something that changes; an older one beats waiting, and beats none.

    Once there is a value, `get` waits at most `patience_seconds` and never fails: where loading is
    slow or fails, the last good value stands and a warning is logged.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[], _Value],
        loader: Loader,
        max_age_seconds: float = 10,
        patience_seconds: float = 0.5,
        first_patience_seconds: float = 5,
    ) -> None:
        self._name, self._load, self._loader = name, load, loader
        self._max_age, self._patience, self._first_patience = (
            max_age_seconds,
            patience_seconds,
            first_patience_seconds,
        )
        self._known: tuple[_Value] | None = None
        self._fresh_until = 0.0
        self.is_behind = False
        """True while the value may be old because the last attempt to load it was slow or failed."""

    def get(self) -> _Value:
        """Return the value; raise what loading raises only while none is known."""
        known = self._known
        if known is None:
            return self._loader.load(self._name, self._reload, self._first_patience)
        if monotonic() < self._fresh_until or self._loader.is_running(self._name):
            return known[0]
        try:
            return self._loader.load(self._name, self._reload, self._patience)
        except StorageError as error:
            self._fresh_until = monotonic() + self._max_age
            self.is_behind = True
            meters().count_storage_error()
            _log.warning("%s is not fresh, the last known one is shown: %s", self._name, error)
            return known[0]

    def _reload(self) -> _Value:
        value = self._load()
        self._known = (value,)
        self._fresh_until = monotonic() + self._max_age
        self.is_behind = False
        return value
