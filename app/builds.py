"""Starts builds in a process of their own, so that no web worker ever counts tweets."""

import logging
import subprocess
import sys
from collections.abc import Callable
from enum import Enum
from threading import Lock, Thread
from time import monotonic

from app.meters import meters
_log = logging.getLogger(__name__)
_BUILD = (sys.executable, "-m", "report", "build", "--wait", "0")
_PAUSE_SECONDS = 20.0


class Build(Enum):
    """What can be built: the days that are over, or today so far."""

    EDITIONS = "editions"
    TODAY = "today"

    @property
    def options(self) -> tuple[str, ...]:
        """What the build's command wants to hear."""
        return ("--today",) if self is Build.TODAY else ()


StartBuild = Callable[[Build], None]


class BuildStarter:
    """Starts each kind of build once at a time, and not again within `pause_seconds` of its end.

    The command inherits the folder and environment of the server. Over workers and hosts the
    build's own lease lets only one work; the others end at once.
    """

    def __init__(self, command: tuple[str, ...] = _BUILD, pause_seconds: float = _PAUSE_SECONDS) -> None:
        self._command, self._pause_seconds = command, pause_seconds
        self._lock = Lock()
        self._running: set[Build] = set()
        self._not_before: dict[Build, float] = {}

    def __call__(self, build: Build) -> None:
        """Start this build unless it runs or ended a moment ago; return at once."""
        with self._lock:
            if build in self._running or monotonic() < self._not_before.get(build, 0):
                return
            self._running.add(build)
        meters().count_build()
        Thread(target=self._run, args=(build,), name=f"build {build.name}", daemon=True).start()

    def _run(self, build: Build) -> None:
        command = [*self._command, *build.options]
        try:
            status = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603 - ours
            if status:
                _log.warning("%s ended with %d; its own lines say why", " ".join(command), status)
        except OSError as error:
            _log.error("%s could not be started: %s", " ".join(command), error)
        finally:
            with self._lock:
                self._running.discard(build)
                self._not_before[build] = monotonic() + self._pause_seconds
