"""Rules for what the processes of a server have used."""

import os
import subprocess
import sys

from benchmarks.processes import cpu_seconds, family, memory_mb

_WITH_A_CHILD = """
import os, sys
if os.fork() == 0:
    ballast = b"a" * 30_000_000
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_server_is_all_its_processes() -> None:
    """What was forked counts too: its memory is in the sum, and its CPU is asked for by its own number."""
    with subprocess.Popen(
        [sys.executable, "-c", _WITH_A_CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert [process.stdout.readline() for _ in range(2)] == [b"ready\n"] * 2

        parent, child = family(process.pid)
        both = memory_mb([parent, child], "Pss")

        assert (parent, child != parent) == (process.pid, True)
        assert both > memory_mb([parent], "Pss") + 28
        assert memory_mb([parent, child], "Rss") > both
        process.stdin.close()

    assert cpu_seconds(process.pid) == 0  # it is gone


def test_work_shows_in_the_cpu_taken() -> None:
    """Working makes the figure grow, in seconds as the system counts them."""
    before, worked = cpu_seconds(os.getpid()), sum(os.times()[:2])
    while sum(os.times()[:2]) < worked + 0.1:
        pass

    assert cpu_seconds(os.getpid()) > before
