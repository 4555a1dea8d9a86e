"""How numbers lie: ranges of a round width, as a chart and as the table that stands beside it."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from report.values import ChartKind, ChartSpec, Column, Kind, Series, Table

MOST = 20
_ROUND = tuple(map(Decimal, (1, 2, 5, 10)))


def histogram(title: str, axis: str, unit: str, values: Sequence[float]) -> tuple[ChartSpec, Table]:
    """Return the chart "histogram" and the table "ranges" of how many values lie in which range.

    Ranges are half-open, [low, high), and of `width`. `axis` names what the values are, `unit` what has them.
    Raise `ValueError` for no values.
    """
    numbers = [Decimal(repr(float(value))) for value in values]  # as written: 0.3 lies in [0.3, 0.4)
    step = width(min(numbers), max(numbers))
    places = Counter(int((number / step).to_integral_value("ROUND_FLOOR")) for number in numbers)
    within = range(min(places), max(places) + 1)
    edges = tuple(f"{step * place:f}" for place in (*within, within.stop))
    labels, counts = tuple(f"{low} to {high}" for low, high in pairwise(edges)), [places[at] for at in within]
    chart = ChartSpec(
        slug="histogram",
        title=title,
        kind=ChartKind.COLUMNS,
        axis=axis,
        unit=unit,
        labels=labels,
        series=(Series(unit, tuple(map(float, counts))),),
        note=f"A {axis} on an edge counts to the right of it.",
        edges=edges,
    )
    columns = (
        Column(axis.capitalize(), Kind.WORD),
        Column(unit.capitalize(), Kind.COUNT),
        Column("", Kind.BAR),
    )
    rows = tuple((label, count, count) for label, count in zip(labels, counts, strict=True))
    return chart, Table("ranges", f"{unit.capitalize()} by {axis}", columns, rows)


def width(least: Decimal, most: Decimal) -> Decimal:
    """Return the least of 1, 2 or 5 times a power of ten by which the numbers take `MOST` ranges or so."""
    fine = (most - least) / MOST or abs(most) or Decimal(1)
    power = Decimal(10) ** fine.adjusted()
    return next(power * times for times in _ROUND if power * times >= fine)
