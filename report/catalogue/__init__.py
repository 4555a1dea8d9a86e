"""The reports there are: one short module each, found by its `NAME`."""

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module

from report.errors import BuildError
from report.history import History
from report.storage import Storage
from report.values import Period, Report


@dataclass(frozen=True)
class Ingredients:
    """What a report may be made from."""

    storage: Storage
    history: History


@dataclass(frozen=True)
class Recipe:
    """How a report is made.

    `prepare` makes what the report reads, where it is not made yet, and yields a line for each part of it:
    while the lines are the same, no period that is over is built again.
    """

    name: str
    title: str
    build: Callable[[Ingredients, Period], Report]
    prepare: Callable[[Ingredients, Period], Iterable[str]]


def find(name: str) -> Recipe:
    """Return the recipe of the report named `name`; raise `BuildError` naming those there are."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    if name not in names:
        raise BuildError(f"there is no report named {name!r}; there are: {', '.join(names)}")
    module = import_module(f"{__name__}.{name}")
    return Recipe(name, module.TITLE, module.build, module.prepare)
