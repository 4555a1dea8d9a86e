"""The reports a web worker can show, each with its library, over one memory."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from app.library import Library, Room
from report.catalogue import FIRST, Recipe
from report.editions import Edition
from report.errors import StorageError
from report.storage import Storage


class Libraries:
    """The libraries of every report, the server's own first."""

    def __init__(self, storage: Storage, recipes: Mapping[str, Recipe], max_age_seconds: float = 10) -> None:
        room = Room()
        self._all = {
            recipe: Library(storage, name, max_age_seconds, room) for name, recipe in recipes.items()
        }

    def __iter__(self) -> Iterator[tuple[Recipe, Library]]:
        """Return each report's recipe with its library."""
        return iter(self._all.items())

    @property
    def first(self) -> Library:
        """The library of the server's own report."""
        return next(library for library in self._all.values() if library.report == FIRST)

    def newest(self) -> list[tuple[Recipe, Edition | StorageError]]:
        """Return each report with its newest edition, or with why there is none to show.

        All are looked up side by side: where storage hangs, they take as long as one.
        """
        with ThreadPoolExecutor(len(self._all)) as threads:
            return list(zip(self._all, threads.map(_newest_of, self._all.values()), strict=True))

    def readable(self) -> dict[str, str]:
        """Return the titles of the reports that have an edition, by name, and of the first in any case."""
        return {
            recipe.name: recipe.title
            for recipe, newest in self.newest()
            if isinstance(newest, Edition) or recipe.name == FIRST
        }


def _newest_of(library: Library) -> Edition | StorageError:
    try:
        return library.newest()
    except StorageError as error:
        return error
