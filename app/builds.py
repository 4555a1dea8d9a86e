"""Starts builds in a process of their own, so that no web worker ever counts tweets."""

import logging
import subprocess  # nosec B404 # the project's own command, without a shell
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from math import ceil
from threading import Lock, Thread
from time import monotonic

from app.meters import meters
from report.commands import ELSEWHERE, NOT_BEGUN

_log = logging.getLogger(__name__)
_BUILD = (sys.executable, "-m", "report", "--log-lines", "build", "--wait", "0")
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


class Hope(Enum):
    """What whoever waits for a build may hope for."""

    COMING = "it is being built"
    LACKING = "the last build found nothing to make it from"
    FAILING = "the last build failed"


@dataclass(frozen=True)
class Prospect:
    """What became of the last build: of one that failed `since` when that is so (UTC).

    `again_seconds` is when the next one may start; 0 while it runs.
    """

    hope: Hope
    since: datetime | None = None
    again_seconds: int = 0


_HOPES = {0: Hope.COMING, NOT_BEGUN: Hope.LACKING}

StartBuild = Callable[[Build], Prospect | None]
"""Starts a build; who does not know what comes of it says nothing."""


@dataclass
class _Course:
    """How it goes with one kind of build: its last end, how many failed in a row, and since when (UTC)."""

    is_running: bool = False
    not_before: float = 0.0
    failures: int = 0
    hope: Hope = Hope.COMING
    since: datetime | None = None


class BuildStarter:
    """Starts each kind of build once at a time, and not again within `pause_seconds` of its end.

    Each time it ends badly the pause doubles, up to five minutes, or to an hour where there was nothing to
    build from. The command inherits the folder and environment of the server. Over workers and hosts the
    build's own lease lets only one work; the others end at once, which is no failure.
    """

    def __init__(
        self,
        command: tuple[str, ...] = _BUILD,
        pause_seconds: float = _PAUSE_SECONDS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._command, self._pause_seconds, self._clock = command, pause_seconds, clock
        self._lock = Lock()
        self._courses: dict[Build, _Course] = {}

    def __call__(self, build: Build) -> Prospect:
        """Start this build unless it runs or ended a moment ago; return at once."""
        with self._lock:
            course = self._courses.setdefault(build, _Course())
            waits = 0.0 if course.is_running else course.not_before - self._clock()
            prospect = Prospect(course.hope, course.since, max(0, ceil(waits)))
            if course.is_running or waits > 0:
                return prospect
            course.is_running = True
        meters().count_build()
        Thread(target=self._run, args=(build, course), name=f"build {build.report}", daemon=True).start()
        return prospect

    def _run(self, build: Build, course: _Course) -> None:
        command, status = [*self._command, *build.options], 1
        try:
            status = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603 - ours
            if status:
                _log.warning("%s ended with %d; its own lines say why", " ".join(command), status)
        except OSError as error:
            _log.error("%s could not be started: %s", " ".join(command), error)
        finally:
            with self._lock:
                self._rest(course, status)

    def _rest(self, course: _Course, status: int) -> None:
        if status != ELSEWHERE:
            course.hope = _HOPES.get(status, Hope.FAILING)
            course.failures = course.failures + 1 if status else 0
            is_failing = course.hope is Hope.FAILING
            course.since = (course.since or datetime.now(UTC)) if is_failing else None
        longest = _LONGEST_IN_VAIN_SECONDS if course.hope is Hope.LACKING else _LONGEST_PAUSE_SECONDS
        pause = self._pause_seconds * 2.0 ** min(course.failures, 16)
        course.not_before = self._clock() + min(pause, max(longest, self._pause_seconds))
        course.is_running = False
