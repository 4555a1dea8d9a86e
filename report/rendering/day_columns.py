"""A chart of columns, one a day, as the lengths and places an inline SVG is drawn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from report.rendering.cells import short_number

_LEFT, _RIGHT, _ABOVE, _BELOW = 52, 6, 22, 24
_LONGEST_NUMBER = 99_999
_LABEL_WIDTH = 62
_WEEKS_UP_TO = 100
"""Up to so many days the axis names days, a whole number of weeks apart; past that, months."""

_PEAK_HALF_WIDTH = 70


@dataclass(frozen=True)
class Column:
    """A day's column; `label` says the day and its number."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Mark:
    """Words at a place along an axis; `anchor` is SVG's text-anchor."""

    at: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class DayColumns:
    """A chart in CSS pixels, its y axis running down; `gaps` are (x, width) of what was not observed."""

    width: int
    height: int
    left: int
    right: int
    top: int
    base: int
    columns: tuple[Column, ...]
    gaps: tuple[tuple[float, float], ...]
    days: tuple[Mark, ...]
    numbers: tuple[Mark, ...]
    peak: Mark | None
    peak_y: float


def draw_days(values: Sequence[tuple[date, int | None]], width: int, height: int) -> DayColumns:
    """Return the chart of each day's number, oldest first, from zero; None is a gap.

    The highest column carries its number; of several, the last.
    """
    right, base = width - _RIGHT, height - _BELOW
    slot = (right - _LEFT) / len(values)
    most = max((value for _, value in values if value), default=0)
    scale = (base - _ABOVE) / most if most else 0.0
    columns = tuple(_columns(values, slot, base, scale))
    highest = max(columns, key=lambda column: (column.height, column.x), default=None)
    return DayColumns(
        width,
        height,
        _LEFT,
        right,
        _ABOVE,
        base,
        columns,
        tuple(_gaps(values, slot)),
        tuple(_day_marks([day for day, _ in values], slot)),
        tuple(Mark(round(base - number * scale, 1), _number(number)) for number in _steps(most)),
        _peak(highest, most, width) if highest else None,
        highest.y - 6 if highest else 0.0,
    )


def _columns(
    values: Sequence[tuple[date, int | None]], slot: float, base: int, scale: float
) -> Iterator[Column]:
    width = slot * (0.76 if slot >= 4 else 1)
    for at, (day, value) in enumerate(values):
        if value:
            tall = max(value * scale, 1)
            x = _LEFT + at * slot + (slot - width) / 2
            label = f"{day.day} {day:%B %Y}: {value:,}"
            yield Column(round(x, 1), round(base - tall, 1), round(width, 2), round(tall, 1), label)


def _gaps(values: Sequence[tuple[date, int | None]], slot: float) -> Iterator[tuple[float, float]]:
    """Yield each run of days that were not observed, as one."""
    start = None
    for at, value in enumerate([*(value for _, value in values), 0]):
        if value is None and start is None:
            start = at
        elif value is not None and start is not None:
            yield round(_LEFT + start * slot, 1), round((at - start) * slot, 1)
            start = None


def _day_marks(days: Sequence[date], slot: float) -> Iterator[Mark]:
    """Yield as many days as there is room for, from the last one back; of a long time, months."""
    if len(days) > _WEEKS_UP_TO:
        yield from _month_marks(days, slot)
        return
    step = next((days for days in (1, 2, 7, 14) if days * slot >= _LABEL_WIDTH), 28)
    for at in range(len(days) - 1, -1, -step):
        middle = _LEFT + (at + 0.5) * slot
        is_last = at == len(days) - 1 and middle + _LABEL_WIDTH / 2 > _LEFT + len(days) * slot
        place = Mark(round(_LEFT + len(days) * slot, 1), "", "end") if is_last else Mark(round(middle, 1), "")
        yield Mark(place.at, f"{days[at].day} {days[at]:%b}", place.anchor)


def _month_marks(days: Sequence[date], slot: float) -> Iterator[Mark]:
    step = next((months for months in (1, 2, 3) if months * 30 * slot >= _LABEL_WIDTH * 0.75), 6)
    for at, day in enumerate(days):
        if day.day == 1 and (day.month - 1) % step == 0:
            yield Mark(round(_LEFT + at * slot, 1), f"{day:%Y}" if day.month == 1 else f"{day:%b}", "start")


def _steps(most: int) -> list[int]:
    """Return up to four round numbers to read heights by: 1, 2 or 5 of some power of ten apart."""
    if not most:
        return []
    power = 10 ** (len(str(most)) - 1)
    step = next(size for size in (power // 2, power, 2 * power, 5 * power) if size * 4 >= most)
    return list(range(step, most + 1, step))


def _number(number: int) -> str:
    return f"{number:,}" if number <= _LONGEST_NUMBER else short_number(number)


def _peak(highest: Column, most: int, width: int) -> Mark:
    middle = round(highest.x + highest.width / 2, 1)
    if middle < _LEFT + _PEAK_HALF_WIDTH:
        return Mark(highest.x, f"{most:,}", "start")
    if middle > width - _PEAK_HALF_WIDTH:
        return Mark(round(highest.x + highest.width, 1), f"{most:,}", "end")
    return Mark(middle, f"{most:,}")
