"""Rules for starting the mailer that asks about wishes."""

import logging
import os
import sys
from pathlib import Path
from threading import enumerate as threads

import pytest

from app.asking import AskingStarter


def ended() -> None:
    """Wait until no run is under way."""
    for thread in threads():
        if thread.name == "asking":
            thread.join(20)
            assert not thread.is_alive()


def test_what_is_wished_during_a_run_gets_one_more(tmp_path: Path) -> None:
    """Once at a time, and once again for all that came meanwhile."""
    note, gates = tmp_path / "ran", [tmp_path / "gate-1", tmp_path / "gate-2"]
    code = f"""
import pathlib
note = pathlib.Path({str(note)!r})
with note.open("a") as file:
    file.write("x")
open({str(tmp_path)!r} + f"/gate-{{len(note.read_text())}}").close()
"""
    for gate in gates:
        os.mkfifo(gate)
    start = AskingStarter((sys.executable, "-c", code))
    start()
    for _ in range(3):
        start()
    for gate in gates:
        gate.open("w").close()  # waits until that run is there, and lets it end
    ended()

    assert note.read_text() == "xx"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((sys.executable, "-c", "raise SystemExit(3)"), "ended with 3"),
        (("/no/such/program",), "could not be started"),
    ],
    ids=["fails", "is not there"],
)
def test_a_mailer_that_fails_is_said(
    command: tuple[str, ...], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor has the answer already; the log tells the owner."""
    with caplog.at_level(logging.WARNING):
        AskingStarter(command)()
        ended()

    assert words in caplog.text
