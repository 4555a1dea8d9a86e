"""What came of a work: medians, whether the answers agree, what was reached; as JSON and as Markdown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import Any

from benchmarks.work import Goal, Runs, Way, Work

_COLUMNS = (
    "way",
    "what it does",
    "seconds",
    "ratio",
    "CPU seconds",
    "ratio",
    "tweets/s",
    "peak MB",
    "same answer",
)


@dataclass(frozen=True)
class Verdict:
    """A goal with the figure measured; judged only at full size."""

    goal: Goal
    figure: float
    is_judged: bool

    @property
    def is_reached(self) -> bool:
        """Whether the figure is within the goal's bounds."""
        least, most = self.goal.bounds
        return least <= self.figure <= most

    @property
    def wanted(self) -> str:
        """What the figure was to be."""
        least, most = self.goal.bounds
        return f"at least {least:g}" if most == inf else f"at most {most:g}"

    @property
    def outcome(self) -> str:
        """The verdict in a word or a few."""
        if not self.is_judged:
            return "too small to judge"
        return "reached" if self.is_reached else "MISSED"


@dataclass(frozen=True)
class Result:
    """The runs of a work's ways. A way that lacked its package has none; its goals are left out."""

    work: Work
    runs: Runs
    is_judged: bool

    @property
    def ran(self) -> list[Way]:
        """The ways that ran."""
        return [way for way in self.work.ways if self.runs.get(way.name)]

    @property
    def differing(self) -> list[str]:
        """The names of the ways that should have given the first way's answer in each round, and did not."""
        right = self.runs[self.work.ways[0].name][0].answer
        return [
            way.name
            for way in self.ran
            if way.agrees and any(run.answer != right for run in self.runs[way.name])
        ]

    @property
    def verdicts(self) -> list[Verdict]:
        """What became of each goal."""
        names = {way.name for way in self.ran}
        goals = [goal for goal in self.work.goals if names >= goal.ways]
        return [Verdict(goal, goal.figure(self.runs), self.is_judged) for goal in goals]

    def row(self, way: Way) -> dict[str, Any]:
        """Return the medians of a way's runs, its seconds beside the first way's, and its highest peak."""
        runs, first = self.runs[way.name], self.runs[self.work.ways[0].name]
        return {
            "way": way.name,
            "does": ", ".join(filter(None, (way.does, runs[-1].remark))),
            "seconds": median(run.seconds for run in runs),
            "ratio": median(run.seconds / beside.seconds for run, beside in zip(runs, first, strict=True)),
            "cpu_seconds": median(run.cpu_seconds for run in runs),
            "cpu_ratio": median(r.cpu_seconds / b.cpu_seconds for r, b in zip(runs, first, strict=True)),
            "peak_mb": max(run.peak_mb for run in runs),
            "tweets_a_second": way.tweets / median(run.seconds for run in runs),
            "agrees": way.agrees and way.name not in self.differing,
        }

    def to_json(self) -> dict[str, Any]:
        """Return all figures, those of each round too, as JSON can say them."""
        return {
            "title": self.work.title,
            "ways": [
                self.row(way) | {"rounds": [run.figures for run in self.runs[way.name]]} for way in self.ran
            ],
            "goals": [
                {"goal": v.goal.words, "wanted": v.wanted, "figure": v.figure, "outcome": v.outcome}
                for v in self.verdicts
            ],
            "differing": self.differing,
        }

    def to_markdown(self) -> Iterator[str]:
        """Yield the lines of a section of docs/benchmarks.md."""
        yield from (f"## {self.work.title}", "", self.work.about, "")
        yield f"| {' | '.join(_COLUMNS)} |"
        yield f"| {' | '.join('---' for _ in _COLUMNS)} |"
        yield from (f"| {' | '.join(_cells(self.row(way)))} |" for way in self.ran)
        if self.verdicts:
            yield from ("", "| to reach | wanted | measured | |", "| --- | --- | --- | --- |")
        for v in self.verdicts:
            yield f"| {v.goal.words} | {v.wanted}{v.goal.unit} | {v.figure:.2f} | {v.outcome} |"
        yield ""


def _cells(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (row["way"], row["does"])
    yield from (f"{row['seconds']:.2f}", f"{row['ratio']:.2f}")
    yield from (f"{row['cpu_seconds']:.2f}", f"{row['cpu_ratio']:.2f}")
    yield f"{row['tweets_a_second']:,.0f}" if row["tweets_a_second"] else ""
    yield f"{row['peak_mb']:.0f}"
    yield "yes" if row["agrees"] else "no"
