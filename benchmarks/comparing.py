"""Runs the ways of a work in turn, round after round."""

from collections.abc import Callable
from importlib.util import find_spec

from benchmarks.measuring import Run, measured
from benchmarks.results import Result
from benchmarks.work import Way, Work


def compare(
    work: Work, say: Callable[[str], None], *, rounds: int | None = None, is_judged: bool = True
) -> Result:
    """Return the runs of all ways, in so many rounds or the work's own; raise `WayFailed`.

    `say` is told how it goes on. A way whose package is not installed is left out.
    """
    rounds = rounds or work.rounds
    runs: dict[str, list[Run]] = {way.name: [] for way in work.ways if _can_run(way, say)}
    for number in range(rounds):
        for way in (way for way in work.ways if way.name in runs):
            runs[way.name].append(measured(way.function, way.data).scaled(way.share))
            say(f"  {number + 1} of {rounds}: {way.name} {runs[way.name][-1].seconds:.2f} s")
    return Result(work, runs, is_judged)


def _can_run(way: Way, say: Callable[[str], None]) -> bool:
    if way.needs and find_spec(way.needs) is None:
        say(f"  {way.name} is left out: it needs {way.needs}; `make bench` installs it")
        return False
    return True
