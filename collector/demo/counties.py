"""The demo's study of counties: how many fell ill of how many, in a country that does not exist."""

from math import sqrt

from collector.demo.dice import Dice

_COUNTIES = 280
_LEAST_PEOPLE = 400
_USUAL_RATE, _SPREAD = 0.0036, 0.0007
_FLAWS = {41: ("3", ""), 173: ("0", "0")}
"""Rows as studies have them: one without its people, one without anybody."""


def study(seed: int) -> bytes:
    """Return cancer.csv of the world with this seed; two of its rows cannot be right."""
    dice = Dice(seed, "counties")
    rows = [_FLAWS.get(number) or _county(dice) for number in range(1, _COUNTIES + 1)]
    lines = ["cancer,population", *(f"{cancer},{population}" for cancer, population in rows)]
    return ("\n".join(lines) + "\n").encode("ascii")


def _county(dice: Dice) -> tuple[str, str]:
    """Few counties are large; where few people live, chance moves the rate most."""
    people = int(_LEAST_PEOPLE / (0.006 + dice.throw()))
    expected = people * max(_USUAL_RATE + _SPREAD * _bell(dice), 0.0004)
    return str(max(0, int(expected + sqrt(expected) * _bell(dice) + 0.5))), str(people)


def _bell(dice: Dice) -> float:
    """Return a number about 0, normally within 3 of it: twelve throws add up to a bell."""
    return sum(dice.throw() for _ in range(12)) - 6
