"""`python -m benchmarks.evaluation`: how well trends are found, on made-up days with trends planted in them.

Definitions, for one seed at one volume. Planted are new hashtags (0.1 to 2 % of the day's tweets, 8 at
least), hashtags back after 18 days or more (as large), and rises of established ones (from 0.05 % of the
tweets, 3 at least) by 1.5, 2, 3 and 5: five of them on each of 20 judged days. What a way lists as risen is
right if it was planted that day, and false otherwise; what was planted in the week before is neither.
Precision is right of listed, recall right of planted, both over all days; precision at 5 is right of the
first five places of each day; spam is the share of hashtags made by one or five authors that are listed.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import click

from benchmarks.corpus import ROOT
from benchmarks.finders import DayRatio, Finder, Found, Mastodon, Ours, PlainSigniTrend, RawCount
from benchmarks.planted import DOWN, SPAM, UP, Kind, Planted, Weather, World, WorldDay

VOLUMES = (1_440, 50_000, 1_000_000)
FINDERS: Mapping[str, Callable[[], Finder]] = {
    "ours": Ours,
    "plain SigniTrend": PlainSigniTrend,
    "Mastodon's rule": Mastodon,
    "day over day": DayRatio,
    "most used": RawCount,
}
WEATHERS = {
    "usual": Weather(),
    "calm": Weather(1.2, 0.1, 0.02),
    "stormy": Weather(4.0, 0.35, 0.05),
    "light tail": Weather(tail=2.0),
    "heavy tail": Weather(tail=1.2),
}
_SHOWN = 5


@dataclass
class Tally:
    """What a way did with one world: counts, by name."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, day: WorldDay, found: Found) -> None:
        """Count a judged day."""
        planted = {one.tag: one for one in day.planted}
        listed = [tag for tag in found.rising if tag not in day.unsure]
        right = [tag for tag in listed if tag in planted and planted[tag].kind in UP]
        first = listed[:_SHOWN]
        self.counts.update(
            days=1,
            listed=len(listed),
            right=len(right),
            places=len(first),
            right_in_first=len(set(first) & set(right)),
        )
        self._add_kinds(day.planted, set(listed))
        fallen = {tag for tag in found.falling if tag not in day.unsure}
        down = {one.tag for one in day.planted if one.kind in DOWN}
        self.counts.update(fallen=len(fallen), down=len(down), right_down=len(fallen & down))

    def _add_kinds(self, planted: tuple[Planted, ...], listed: set[int]) -> None:
        for one in planted:
            group = "up" if one.kind in UP else "spam" if one.kind in SPAM else ""
            name = f"rise {one.factor:g}" if one.kind is Kind.RISE else one.kind.value
            for word in filter(None, (group, name)):
                self.counts.update({word: 1, f"{word} found": int(one.tag in listed)})

    def figures(self) -> dict[str, float | None]:
        """Return what is told of a world; None where there was nothing to be a share of."""
        said = self.counts
        found = {f"found: {name}": _share(said[f"{name} found"], said[name]) for name in _KINDS}
        return {
            "precision": _share(said["right"], said["listed"]),
            "recall": _share(said["up found"], said["up"]),
            "precision at 5": _share(said["right_in_first"], said["places"]),
            "false a day": _share(said["listed"] - said["right"], said["days"]),
            "spam listed": _share(said["spam found"], said["spam"]),
            **found,
            "falls: precision": _share(said["right_down"], said["fallen"]),
            "falls: recall": _share(said["right_down"], said["down"]),
        }


_KINDS = ("new", "back", "rise 1.5", "rise 2", "rise 3", "rise 5")


def evaluated(weather: Weather, task: tuple[int, int]) -> dict[str, dict[str, float | None]]:
    """Return the figures of every way in the world of one (seed, volume)."""
    seed, volume = task
    finders = {name: make() for name, make in FINDERS.items()}
    tallies = {name: Tally() for name in finders}
    for day in World(seed, volume, weather).days():
        for name, finder in finders.items():
            found = finder.see(day)
            if day.is_judged and day.minutes:
                tallies[name].add(day, found)
    return {name: tally.figures() for name, tally in tallies.items()}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Two seeds, and no million.")
@click.option("--seeds", default=30, show_default=True, type=click.IntRange(1), help="Worlds at each volume.")
@click.option(
    "--volume", "volumes", multiple=True, type=click.IntRange(100), help="Tweets a day; may come again."
)
@click.option("--weather", default="usual", show_default=True, type=click.Choice(list(WEATHERS)))
@click.option(
    "--to",
    default=ROOT / "evaluation.json",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where all figures go, as JSON.  [default: .cache/bench/evaluation.json]",
)
def main(quick: bool, seeds: int, volumes: tuple[int, ...], weather: str, to: Path) -> None:
    """Plant trends in made-up days, look for them in five ways, and print tables of what was found.

    Medians over the seeds, and in brackets the 10th and the 90th percentile.
    """
    seeds, volumes = (2, volumes or VOLUMES[:2]) if quick else (seeds, volumes or VOLUMES)
    told: dict[str, Any] = {"weather": weather, "seeds": seeds, "volumes": {}}
    with ProcessPoolExecutor(2) as pool:
        for volume in volumes:
            tasks = [(seed, volume) for seed in range(seeds)]
            runs = list(pool.map(partial(evaluated, WEATHERS[weather]), tasks))
            told["volumes"][str(volume)] = runs
            click.echo("\n".join(_tables(volume, runs)))
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(told, indent=1) + "\n")


def _tables(volume: int, runs: list[dict[str, dict[str, float | None]]]) -> Iterator[str]:
    yield f"{volume:,} tweets a day, {len(runs)} seeds"
    yield ""
    yield from _table(runs, ("precision", "recall", "precision at 5", "false a day", "spam listed"))
    yield ""
    yield from _table(runs, (*(f"found: {name}" for name in _KINDS), "falls: precision", "falls: recall"))
    yield ""


def _table(runs: list[dict[str, dict[str, float | None]]], columns: tuple[str, ...]) -> Iterator[str]:
    yield f"| way | {' | '.join(columns)} |"
    yield "| --- " * (len(columns) + 1) + "|"
    for name in FINDERS:
        cells = (_cell([run[name][column] for run in runs], column) for column in columns)
        yield f"| {name} | {' | '.join(cells)} |"


def _cell(values: list[float | None], column: str) -> str:
    """A median and the spread; nothing where a way never lists anything of the kind."""
    known = [value for value in values if value is not None]
    if not known or (column.startswith("falls") and not any(known)):
        return ""
    tenths = quantiles(known, n=10, method="inclusive") if len(known) > 1 else known * 9
    digits = 1 if column == "false a day" else 2
    return f"{median(known):,.{digits}f} ({tenths[0]:,.{digits}f}–{tenths[-1]:,.{digits}f})"


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.evaluation")
