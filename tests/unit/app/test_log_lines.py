"""Rules for the lines of the log."""

import json
import logging
import sys

from hypothesis import given
from hypothesis import strategies as st

from app.log_lines import OneLine
from report.log_lines import line_of


def record(says: str, *arguments: object, exc_info: bool = False) -> logging.LogRecord:
    info = sys.exc_info() if exc_info else None
    return logging.LogRecord("app.loading", logging.WARNING, "", 1, says, arguments, info)


def test_a_line_says_when_who_and_what() -> None:
    """What has no signs but plain ones stands as it is, the rest as JSON."""
    line = OneLine().format(record("%s is not fresh", "today's draft"))

    at, rest = line.split(" ", 1)
    assert at.startswith("at=20")
    assert at.endswith("Z")
    assert rest == 'level=warning from=app.loading says="today\'s draft is not fresh"'


@given(st.text())
def test_an_event_is_one_line(text: str) -> None:
    """Whatever somebody sent, it begins no line of its own, and can be read back."""
    line = line_of([("says", text)])

    assert len(line.splitlines()) == 1
    assert line.isascii()
    said = line.removeprefix("says=")
    assert (json.loads(said) if said.startswith('"') else said) == text


def test_a_trace_is_in_the_line() -> None:
    """A bug is one event, and tells no key that stood in an address."""
    try:
        raise RuntimeError("GET /manage/c2lnbmVk?signature=abcdef and Authorization: Basic cGFzcw==")
    except RuntimeError:
        line = OneLine().format(record("it broke at /files/a?expires=1&signature=abcdef", exc_info=True))

    assert len(line.splitlines()) == 1
    assert "RuntimeError" in line
    assert not [key for key in ("c2lnbmVk", "abcdef", "cGFzcw") if key in line]
