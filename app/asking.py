"""Starts the mailer that asks about wishes to subscribe, in a process of its own: no page waits for mail."""

import logging
import subprocess  # nosec B404 # the project's own command, without a shell
import sys
from collections.abc import Callable
from threading import Lock, Thread

_log = logging.getLogger(__name__)
_ASK = (sys.executable, "-m", "mailer", "--log-lines", "confirm")

StartAsking = Callable[[], None]


class AskingStarter:
    """Runs the command once at a time; what is wished meanwhile is asked about by one more run.

    The command inherits the folder and environment of the server.
    """

    def __init__(self, command: tuple[str, ...] = _ASK) -> None:
        self._command = command
        self._lock = Lock()
        self._is_wanted = self._is_running = False

    def __call__(self) -> None:
        """See to it that the command runs after this moment; return at once."""
        with self._lock:
            self._is_wanted = True
            if self._is_running:
                return
            self._is_running = True
        Thread(target=self._run, name="asking", daemon=True).start()

    def _run(self) -> None:
        while self._take():
            try:
                ran = subprocess.run(self._command, stdin=subprocess.DEVNULL, check=False)  # noqa: S603 - ours
            except OSError as error:
                _log.error("%s could not be started: %s", " ".join(self._command), error)
                continue
            if ran.returncode:
                _log.warning(
                    "%s ended with %d; its own lines say why", " ".join(self._command), ran.returncode
                )

    def _take(self) -> bool:
        with self._lock:
            self._is_running, self._is_wanted = self._is_wanted, False
            return self._is_running
