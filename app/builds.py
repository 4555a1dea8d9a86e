"""Starts builds in a process of their own, so that no web worker ever counts tweets."""

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Lock, Thread
from time import monotonic

from app.meters import meters
from report.commands import NOT_BEGUN

_log = logging.getLogger(__name__)
_BUILD = (sys.executable, "-m", "report", "build", "--wait", "0")
_PAUSE_SECONDS = 20.0
_LONGEST_PAUSE_SECONDS = 300.0
_LONGEST_IN_VAIN_SECONDS = 3600.0


@dataclass(frozen=True)
class Build:
    """What can be built of a report: the newest of its periods that are over, or today so far."""

    report: str
    is_today: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """What the build's command wants to hear."""
        return ("--report", self.report, *(["--today"] if self.is_today else []))


class Prospect(Enum):
    """What whoever waits for a build may hope for."""

    COMING = "it is being built"
    LACKING = "the last build found nothing to make it from"


StartBuild = Callable[[Build], Prospect | None]
"""Starts a build; who does not know what comes of it says nothing."""


class BuildStarter:
    """Starts each kind of build once at a time, and not again within `pause_seconds` of its end.

    Each time it ends badly the pause doubles, up to five minutes, or to an hour where there was nothing to
    build from. The command inherits the folder and environment of the server. Over workers and hosts the
    build's own lease lets only one work; the others end at once.
    """

    def __init__(
        self,
        command: tuple[str, ...] = _BUILD,
        pause_seconds: float = _PAUSE_SECONDS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._command, self._pause_seconds, self._clock = command, pause_seconds, clock
        self._lock = Lock()
        self._running: set[Build] = set()
        self._not_before: dict[Build, float] = {}
        self._failed: dict[Build, int] = {}
        self._lacking: set[Build] = set()

    def __call__(self, build: Build) -> Prospect:
        """Start this build unless it runs or ended a moment ago; return at once."""
        with self._lock:
            prospect = Prospect.LACKING if build in self._lacking else Prospect.COMING
            if build in self._running or self._clock() < self._not_before.get(build, 0):
                return prospect
            self._running.add(build)
        meters().count_build()
        Thread(target=self._run, args=(build,), name=f"build {build.report}", daemon=True).start()
        return prospect

    def _run(self, build: Build) -> None:
        command, status = [*self._command, *build.options], 1
        try:
            status = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603 - ours
            if status:
                _log.warning("%s ended with %d; its own lines say why", " ".join(command), status)
        except OSError as error:
            _log.error("%s could not be started: %s", " ".join(command), error)
        finally:
            with self._lock:
                self._rest(build, status)

    def _rest(self, build: Build, status: int) -> None:
        is_lacking = status == NOT_BEGUN
        failures = self._failed[build] = self._failed.get(build, 0) + 1 if status else 0
        (self._lacking.add if is_lacking else self._lacking.discard)(build)
        longest = _LONGEST_IN_VAIN_SECONDS if is_lacking else _LONGEST_PAUSE_SECONDS
        pause = self._pause_seconds * 2.0 ** min(failures, 16)
        self._running.discard(build)
        self._not_before[build] = self._clock() + min(pause, max(longest, self._pause_seconds))
