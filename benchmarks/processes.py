"""What the processes of a running server have used so far, by /proc."""

import os
from pathlib import Path

_PROC = Path("/proc")


def family(process_id: int) -> list[int]:
    """Return the process and all below it."""
    below: dict[int, list[int]] = {}
    for folder in _PROC.glob("[0-9]*"):
        try:
            parent = int(_stat(int(folder.name))[1])
        except OSError:  # it ended while we looked
            continue
        below.setdefault(parent, []).append(int(folder.name))
    found = [process_id]
    for member in found:
        found += below.get(member, [])
    return found


def cpu_seconds(process_id: int) -> float:
    """Return the seconds of CPU the process has taken, in user mode and in the kernel; 0 once it is gone."""
    try:
        stat = _stat(process_id)
    except OSError:
        return 0
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process_ids: list[int], measure: str) -> float:
    """Return the sum of "Rss" or "Pss" in MB; "Pss" counts a page once however many processes share it."""
    lines = [
        line
        for process_id in process_ids
        for line in (_PROC / str(process_id) / "smaps_rollup").read_text().splitlines()
    ]
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{measure}:")) / 1024


def _stat(process_id: int) -> list[str]:
    """Return the fields of `stat` from the state on; a program's name before it may hold anything."""
    return (_PROC / str(process_id) / "stat").read_text().rpartition(")")[2].split()
