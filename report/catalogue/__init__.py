"""The reports there are: one short module each, found by its name.

Every door asks for their titles, so a report's module imports what is heavy, such as pandas, where it builds.
"""

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from report.errors import BuildError, NotBegun
from report.storage import Storage
from report.telling import Message
from report.values import Period, Report, Span

if TYPE_CHECKING:  # a door that looks up a title needs none of what it imports
    from report.history import History

FIRST = "trends"
"""The report the server shows at its root, and those of MAIL_TO get."""

_SOURCE = "sources/{}/ of the storage, or where REPORT_SOURCES says"


@dataclass(frozen=True)
class Ingredients:
    """What a report may be made from: all that was collected and counted, and its own `source`."""

    storage: Storage
    history: "History"
    source: Storage


@dataclass(frozen=True)
class Recipe:
    """How a report is made.

    `spans` says which periods it has: whole days or months, and others besides. `prepare` makes what the
    report reads, where it is not made yet, and yields a line for each part of it: while the lines are the
    same, no period that is over is built again. `results` says which files of a period's edition are also
    laid where REPORT_RESULTS says: the file's name there, and that in the edition. `needs` says what it is
    made from, and where that lies, for whoever runs the server; "{source}" in a module's NEEDS is its source.
    `alerts` says what departments are told of an edition, by its data.json.
    """

    name: str
    title: str
    spans: frozenset[Span]
    build: Callable[[Ingredients, Period], Report]
    prepare: Callable[[Ingredients, Period], Iterable[str]]
    results: Callable[[Period], Mapping[str, str]]
    needs: str
    alerts: Callable[[Mapping[str, Any]], Iterable[Message]] | None = None

    @property
    def is_monthly(self) -> bool:
        """Whether it comes when a month is over, however often mail may come."""
        return Span.DAY not in self.spans


@cache
def recipes() -> Mapping[str, Recipe]:
    """Return every report by its name, the server's own first."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = [_recipe(name) for name in sorted(modules, key=lambda name: name != FIRST)]
    return {recipe.name: recipe for recipe in found}


def titles() -> dict[str, str]:
    """Return the reports' titles by their names, the server's own first."""
    return {name: recipe.title for name, recipe in recipes().items()}


def find(name: str) -> Recipe:
    """Return the recipe of the report named `name`; raise `BuildError` naming those there are."""
    if name not in recipes():
        raise BuildError(f"there is no report named {name!r}; there are: {', '.join(recipes())}")
    return recipes()[name]


def _recipe(module_name: str) -> Recipe:
    module, name = import_module(f"{__name__}.{module_name}"), module_name.replace("_", "-")
    spans = frozenset(getattr(module, "SPANS", (Span.DAY,)))
    assert (Span.DAY in spans) != (Span.MONTH in spans), f"{name}: a report is of days or of months"
    prepare, results = getattr(module, "prepare", _sources), getattr(module, "results", _no_results)
    needs = getattr(module, "NEEDS", "files in {source}").replace("{source}", _SOURCE.format(name))
    alerts = getattr(module, "alerts", None)
    return Recipe(name, module.TITLE, spans, module.build, prepare, results, needs, alerts)


def _sources(ingredients: Ingredients, period: Period) -> Iterable[str]:
    """Each object of the report's source: what a report is made from that does not say otherwise."""
    lines = [f"{info.key} {info.etag}" for info in ingredients.source.list("")]
    if not lines:
        raise NotBegun(f"nothing lies in the report's source yet, so there is no {period.id} to report")
    return lines


def _no_results(_: Period) -> Mapping[str, str]:
    return {}
