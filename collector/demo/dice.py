"""Chance that falls the same way every time: the same names, the same throws.

Only `random()` and plain arithmetic are used: the library's other methods, and the mathematics of a
platform, may differ from one to the next.
"""

import random
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TypeVar

_Item = TypeVar("_Item")


class Dice:
    """Throws that depend on nothing but the names given."""

    def __init__(self, *names: object) -> None:
        self.throw = random.Random("|".join(map(str, names))).random  # noqa: S311 - repeatable on purpose
        """Return a number in [0, 1)."""

    def chance(self, probability: float) -> bool:
        """Say yes with this probability."""
        return self.throw() < probability

    def below(self, limit: int) -> int:
        """Return a whole number in [0, limit)."""
        return int(self.throw() * limit)

    def pick(self, items: Sequence[_Item]) -> _Item:
        """Return one of the items, each as likely."""
        return items[int(self.throw() * len(items))]

    def among(self, sums: Sequence[float]) -> int:
        """Return an index; `sums` are the running sums of the weights."""
        return bisect(sums, self.throw() * sums[-1])

    def successes(self, tries: int, probability: float) -> int:
        """Return how many of so many tries succeed."""
        return sum(self.throw() < probability for _ in range(tries))


def running_sums(weights: Iterable[float]) -> tuple[float, ...]:
    """Return what `Dice.among` wants."""
    return tuple(accumulate(weights))


def zipf(count: int, shift: int) -> tuple[float, ...]:
    """Return running sums of Zipf's weights, 1 / (rank + shift): few are common, many are rare."""
    return running_sums(1 / (rank + shift) for rank in range(1, count + 1))
