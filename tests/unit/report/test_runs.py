"""Rules for knowing another run."""

import subprocess
import sys
from dataclasses import replace

from report.runs import is_over, this_run


def test_no_two_runs_are_the_same() -> None:
    """Host and process number come back; the id does not."""
    assert this_run() != this_run()


def test_a_run_is_over_when_its_process_is_gone() -> None:
    """On this host a process number tells; what this very process began before is over too."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run = replace(this_run(), pid=child.pid)
    alive = is_over(run)
    child.communicate(b"\n")

    assert (alive, is_over(run), is_over(this_run())) == (False, True, True)


def test_of_another_hosts_runs_nothing_is_known() -> None:
    """Its process numbers are not ours."""
    assert not is_over(replace(this_run(), host="elsewhere"))
