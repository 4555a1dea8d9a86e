"""Rules for hosts that race and die: `python -m tests.mail_race` at length, a short course here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("storage", "course"),
    [
        pytest.param("folder", "--processes 3 --readers 80 --kills 8 --pause 0.1", id="folder"),
        pytest.param("s3", "--processes 2 --readers 40 --kills 2 --pause 0.7", id="s3"),
    ],
)
def test_nobody_gets_two_and_nobody_is_lost(storage: str, course: str) -> None:
    """However hosts race and are killed: at most one delivery a reader, and the ledger knows of each."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.mail_race", "run", "--storage", storage]
    done = subprocess.run([*command, *course.split()], cwd=ROOT, stdout=subprocess.PIPE, text=True)

    told = json.loads(done.stdout)
    assert done.returncode == 0, told
    assert told["accepted"] + told["unknown"] == told["readers"]
    assert told["delivered"] == told["accepted"] + told["unknown_delivered"]
