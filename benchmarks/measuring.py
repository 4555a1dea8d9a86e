"""Runs one way of doing a work in a process of its own, and takes its time, its CPU and its memory.

`python -m benchmarks.measuring benchmarks.day:ours FOLDER` is that process. It prints two lines of
JSON: what was used once the work was done, then the answer, which may take its own time to tell.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.answers import Told

_LOOK_EVERY_SECONDS = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")


class WayFailed(Exception):
    """A way did not come to its end."""


@dataclass(frozen=True)
class Run:
    """One process: seconds by the clock, imports within; of CPU; and its peak memory, children within."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    answer: Any
    remark: str = ""

    @property
    def figures(self) -> dict[str, float]:
        """All but the answer."""
        return {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds, "peak_mb": self.peak_mb}

    def scaled(self, share: float) -> "Run":
        """Return what the whole would take, where this run did a share of it; memory stays as it was."""
        return replace(self, seconds=self.seconds / share, cpu_seconds=self.cpu_seconds / share)


def measured(function: str, data: Path) -> Run:
    """Run `module:function` on a folder of data; raise `WayFailed`."""
    command = [sys.executable, "-m", "benchmarks.measuring", function, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 our own module
        assert process.stdout is not None
        watch = MemoryWatch(process.pid)
        watch.start()
        used = process.stdout.readline()
        watch.stop()
        answer = process.stdout.read()
    if process.returncode:
        raise WayFailed(f"{function} on {data} ended with {process.returncode}; its words are above")
    said, told = json.loads(used), json.loads(answer)
    peak_mb = max(said["peak_mb"], watch.peak_bytes / (1 << 20))
    return Run(said["seconds"], said["cpu_seconds"], peak_mb, told["answer"], told["remark"])


class MemoryWatch(threading.Thread):
    """Looks every now and then how much memory a process and its children hold together.

    Pages they share count once for each, so the sum may be too high, by what Python itself takes.
    """

    def __init__(self, process_id: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._process_id = process_id
        self._over = threading.Event()

    def look(self) -> None:
        """Look once."""
        self.peak_bytes = max(self.peak_bytes, sum(map(_resident_bytes, _family(self._process_id))))

    def run(self) -> None:
        """Look until it is enough."""
        while not self._over.wait(_LOOK_EVERY_SECONDS):
            self.look()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()


def _family(process_id: int) -> Iterator[int]:
    yield process_id
    for children in Path(f"/proc/{process_id}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:  # it ended while we looked
            continue
        for child in found:
            yield from _family(int(child))


def _resident_bytes(process_id: int) -> int:
    try:
        return int(Path(f"/proc/{process_id}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _main(function: str, data: str) -> None:
    module, _, name = function.partition(":")
    way = getattr(import_module(module), name)
    begun = time.perf_counter()
    answer = way(Path(data))
    seconds = time.perf_counter() - begun
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    spent = {
        "seconds": seconds,
        "cpu_seconds": sum(usage.ru_utime + usage.ru_stime for usage in used),
        "peak_mb": max(_own_peak_kb(), used[1].ru_maxrss) / 1024,
    }
    print(json.dumps(spent), flush=True)  # noqa: T201 the process's answer
    told = answer() if callable(answer) else answer
    print(json.dumps(asdict(told if isinstance(told, Told) else Told(told))))  # noqa: T201 the process's answer


def _own_peak_kb() -> int:
    """The most this process ever held; what getrusage says of it began with what its parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    _main(*sys.argv[1:])
