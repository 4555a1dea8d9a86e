"""Has a command say everything in lines of a log, one an event: what cron and the pages start."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import TextIOBase

from report.log_lines import OneLine


@contextmanager
def log_lines(name: str) -> Iterator[logging.Logger]:
    """Turn what is written or logged meanwhile into lines on standard error, and give the log of `name`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    log = logging.Logger(name, logging.INFO)  # of its own, so that no other's level is changed
    log.addHandler(handler)
    logging.getLogger().addHandler(handler)
    told = _Told(log)
    try:
        with redirect_stdout(told), redirect_stderr(told):
            yield log
    finally:
        told.end()
        logging.getLogger().removeHandler(handler)


class _Told(TextIOBase):
    """A stream each of whose lines is an event."""

    def __init__(self, log: logging.Logger) -> None:
        self._log, self._rest = log, ""

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Log the lines that are whole by now."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._say(line)
        return len(text)

    def end(self) -> None:
        """Log what is left."""
        self._say(self._rest)

    def _say(self, line: str) -> None:
        if line.strip():
            self._log.info("%s", line.strip("\r"))
