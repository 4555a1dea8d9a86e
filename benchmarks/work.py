"""What a work is: ways of doing it that are set side by side, and what ours is to reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from statistics import median
from typing import Protocol

from benchmarks.corpus import ROOT
from benchmarks.measuring import Run

OURS = "ours"
Runs = Mapping[str, Sequence[Run]]
"""The runs of each way by its name, one a round, in the order of the rounds."""


@dataclass(frozen=True)
class Scale:
    """How large the works are, and where their tweets are kept.

    Small works show that all ways run and agree, not what is to be reached.
    """

    divisor: int = 1
    with_largest: bool = False
    root: Path = ROOT

    def of(self, full: int) -> int:
        """Return how many there are to be of what are so many at full size."""
        return full // self.divisor


@dataclass(frozen=True)
class Way:
    """One way of doing a work.

    `function` is a `module:function` that takes the folder of data, which holds so many `tweets`, 0 where
    that says nothing. `share` is the part of the work it
    does; its seconds are scaled up. `agrees` says that its answer must be that of the work's first way.
    """

    name: str
    does: str
    function: str
    data: Path
    tweets: int
    share: float = 1.0
    agrees: bool = True
    needs: str = ""  # a package that only the benchmark's own environment has

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"{self.name} does a share of {self.share}, which is none")


class Goal(Protocol):
    """Something `ways` are to reach. `words` name the figure, `bounds` say what it is to be."""

    @property
    def ways(self) -> frozenset[str]: ...

    @property
    def words(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def bounds(self) -> tuple[float, float]: ...

    def figure(self, runs: Runs) -> float: ...


@dataclass(frozen=True)
class TimesAsLong:
    """How many times as long as another way one takes: the median of the rounds' ratios."""

    way: str
    beside: str
    at_least: float = 0
    at_most: float = inf
    unit: str = " times"

    @property
    def ways(self) -> frozenset[str]:
        return frozenset((self.way, self.beside))

    @property
    def words(self) -> str:
        return f"{self.way} as long as {self.beside}"

    @property
    def bounds(self) -> tuple[float, float]:
        return self.at_least, self.at_most

    def figure(self, runs: Runs) -> float:
        pairs = zip(runs[self.way], runs[self.beside], strict=True)
        return median(run.seconds / beside.seconds for run, beside in pairs)


@dataclass(frozen=True)
class PeakMemory:
    """How much memory one way takes at most, in MB: the highest of all rounds."""

    way: str
    at_most: float
    unit: str = " MB"

    @property
    def ways(self) -> frozenset[str]:
        return frozenset((self.way,))

    @property
    def words(self) -> str:
        return f"peak memory of {self.way}"

    @property
    def bounds(self) -> tuple[float, float]:
        return 0, self.at_most

    def figure(self, runs: Runs) -> float:
        return max(run.peak_mb for run in runs[self.way])


@dataclass(frozen=True)
class Work:
    """A work with its ways, of which the first gives the answer the others are held against."""

    title: str
    about: str
    ways: Sequence[Way]
    goals: Sequence[Goal] = ()
    rounds: int = 3
