"""How each value looks: the words and sizes a template lays out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from report.hashtag_histories import link_to
from report.trends import Label
from report.values import Change, ChartSpec, Column, Kind, Strip, StripLine, Table, Value, Verdict
from report.words import cut, short_day, shown_tag

_SHADES = 4
_PER_ROW = 12
_NOT_ITS_OWN = (Kind.REMARK, Kind.DATA)
_NO_NEWS = ("", Label.STEADY.value)
_TIMES_FROM_PERCENT = 1000
_LEAST_SHARE = 0.001


@dataclass(frozen=True)
class Cell:
    """One cell: its text, and what more the template needs of it.

    `kind` is the column's kind. `width` is a bar's length in whole percent, `shade` 0 to 4.
    `direction` is "up", "down" or "". `remark` is the verdict of a change, or what is
    said of a row's heading, `strong` if it is news; `link` is the page of a hashtag.
    """

    text: str
    kind: str
    width: int = 0
    shade: int = 0
    direction: str = ""
    remark: str = ""
    strong: bool = False
    link: str = ""


@dataclass(frozen=True)
class TableContext:
    """A table ready to be laid out: `heads` are (heading, kind); `heading` is the column of row headings.

    `more` says how many rows stand on the page alone, if any do; `in_csv` how many in the CSV alone.
    """

    slug: str
    title: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]
    heading: int
    note: str
    empty: str
    more: str
    in_csv: int


@dataclass(frozen=True)
class StripRow:
    """Up to twelve labels, and below them rows of (what, cells)."""

    labels: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class BarRow:
    """One bar of a bar chart, drawn with table cells."""

    label: str
    number: str
    width: int


def table_context(table: Table) -> TableContext:
    """Return the table with every value in its final words."""
    tops = [_top(row[at] for row in table.shown_rows) for at in range(len(table.columns))]
    shade_top = max(
        (tops[at] for at, column in enumerate(table.columns) if column.kind is Kind.SHADE), default=0
    )
    rows = (
        tuple(
            _cell(column, value, shade_top if column.kind is Kind.SHADE else top)
            for column, value, top in zip(table.columns, row, tops, strict=True)
        )
        for row in table.shown_rows
    )
    shown = [column for column in table.columns if column.kind not in _NOT_ITS_OWN]
    heading = _heading(shown)
    return TableContext(
        slug=table.slug,
        title=table.title,
        heads=tuple((column.name, column.kind.value) for column in shown),
        rows=tuple(_remarked(row, heading) for row in rows),
        heading=heading,
        note=" ".join(filter(None, (table.note, csv_words(table)))),
        empty=table.empty,
        more=more_words(table),
        in_csv=table.in_csv_alone,
    )


def more_words(table: Table) -> str:
    """Return "12 more on the page", or nothing where a table is whole."""
    return f"{table.more:,} more on the page" if table.more else ""


def csv_words(table: Table) -> str:
    """Return "291 more in the CSV.", or nothing where no row stands there alone."""
    more = " more" if table.shown_rows else ""
    return f"{table.in_csv_alone:,}{more} in the CSV." if table.in_csv_alone else ""


def decimal(value: float) -> str:
    """Return a number to six decimals: "0.003642"."""
    return f"{value:,.6f}"


def share(value: float) -> str:
    """Return a share, 0 to 1, as "24.4 %"; what is there is never told as 0.0 %."""
    if 0 < value < _LEAST_SHARE:
        return f"<\N{NO-BREAK SPACE}{_LEAST_SHARE * 100:.1f}\N{NO-BREAK SPACE}%"
    return f"{value * 100:.1f}\N{NO-BREAK SPACE}%"


def strip_rows(strip: Strip) -> tuple[StripRow, ...]:
    """Return the strip in rows of twelve, so that it fits a telephone."""
    return tuple(
        StripRow(
            labels=strip.labels[at : at + _PER_ROW],
            rows=tuple((line.name, _strip_cells(line, slice(at, at + _PER_ROW))) for line in strip.lines),
        )
        for at in range(0, len(strip.labels), _PER_ROW)
    )


def bar_rows(chart: ChartSpec) -> tuple[BarRow, ...]:
    """Return the bars of a bar chart's first series; a gap has no bar."""
    values = chart.series[0].values
    top = _top(values)
    return tuple(
        BarRow(label, "" if value is None else f"{value:,.0f}", _width(value or 0, top))
        for label, value in zip(chart.labels, values, strict=True)
    )


def change_words(change: Change) -> tuple[str, str, str]:
    """Return a change as (direction, text, remark): told by sign and word, never by colour alone."""
    if change.verdict is Verdict.UNKNOWN:
        return "", "\N{EM DASH}", change.verdict.value
    if change.percent is None:
        return (
            ("up", "from\N{NO-BREAK SPACE}0", change.verdict.value)
            if change.after
            else ("", "0", change.verdict.value)
        )
    if change.percent >= _TIMES_FROM_PERCENT:
        return "up", f"\N{MULTIPLICATION SIGN}{change.percent / 100 + 1:,.0f}", change.verdict.value
    whole = round(change.percent)
    sign = "+" if whole > 0 else "\N{MINUS SIGN}" if whole < 0 else ""
    direction = "up" if whole > 0 else "down" if whole < 0 else ""
    return direction, f"{sign}{abs(whole)}\N{NO-BREAK SPACE}%", change.verdict.value


def short_number(number: int) -> str:
    """Return a number in at most four signs, for the narrow cells of a strip: "999", "12k", "1.2M"."""
    for limit, sign in ((1_000, ""), (1_000_000, "k"), (1_000_000_000, "M")):
        if number < limit:
            scaled = number / (limit // 1_000)
            return f"{scaled:.1f}{sign}" if sign and scaled < 9.95 else f"{scaled:.0f}{sign}"
    return f"{number / 1_000_000_000:.0f}G"


def _cell(column: Column, value: Value, top: float) -> Cell:
    kind = column.kind.value
    if isinstance(value, Change):
        direction, text, remark = change_words(value)
        return Cell(text, kind, direction=direction, remark=remark, strong=value.verdict is Verdict.REAL)
    if column.kind is Kind.REMARK:
        return _remark(column, value)
    if value is None:
        return Cell("\N{EM DASH}", kind)
    if isinstance(value, date):
        return Cell(short_day(value), kind)
    if column.kind is Kind.TAG:
        return Cell(shown_tag(str(value)), kind, link=link_to(str(value)))
    if isinstance(value, str):
        return Cell(cut(value) if column.kind is Kind.PHRASE else value, kind)
    if column.kind is Kind.BAR:
        return Cell("", kind, width=_width(value, top))
    if column.kind is Kind.DECIMAL:
        return Cell(decimal(value), kind)
    if column.kind is Kind.SHARE:
        return Cell(share(value), kind)
    if column.kind is Kind.SHADE:
        return _shaded(int(value), value, top)
    return Cell(f"{value:,}", kind)


def _strip_cells(line: StripLine, part: slice) -> tuple[Cell, ...]:
    pairs = zip(line.values[part], line.weights[part], strict=True)
    return tuple(_shaded(value, weight, line.full) for value, weight in pairs)


def _shaded(value: int, weight: float, full: float) -> Cell:
    """Shade in four steps; anything above nothing is shaded at least lightly."""
    shade = min(_SHADES, ceil(_SHADES * weight / full)) if full else 0
    return Cell(short_number(value), Kind.SHADE.value, shade=shade)


def _remarked(cells: tuple[Cell, ...], heading: int) -> tuple[Cell, ...]:
    """Put the row's remarks below its heading, where a telephone has room for them."""
    remarks = [cell for cell in cells if cell.kind == Kind.REMARK.value and cell.text]
    shown = [cell for cell in cells if Kind(cell.kind) not in _NOT_ITS_OWN]
    shown[heading] = replace(
        shown[heading],
        remark=", ".join(cell.text for cell in remarks),
        strong=any(cell.strong for cell in remarks),
    )
    return tuple(shown)


def _remark(column: Column, value: Value) -> Cell:
    """A word stands for itself; a day needs to be told what of."""
    if isinstance(value, date):
        return Cell(f"{column.name.lower()} {short_day(value)}", Kind.REMARK.value)
    words = str(value or "")
    return Cell(words, Kind.REMARK.value, strong=words not in _NO_NEWS)


def _heading(columns: Sequence[Column]) -> int:
    """The column that names the row: the hashtag or others' words where there are some, else the first."""
    kinds = [column.kind for column in columns]
    return next((kinds.index(kind) for kind in (Kind.TAG, Kind.PHRASE) if kind in kinds), 0)


def _top(values: Iterable[Value]) -> float:
    return max((value for value in values if isinstance(value, (int, float))), default=0)


def _width(value: float, top: float) -> int:
    return max(1, round(100 * value / top)) if top and value > 0 else 0
