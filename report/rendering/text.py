"""A report in plain text, written for reading: it holds every number the page holds."""

import textwrap
from collections.abc import Iterable, Sequence
from datetime import date

from wcwidth import wcswidth

from report.rendering.cells import change_words, csv_words, decimal, more_words, share
from report.rendering.foot import TEXT_MARK, with_mark_aligned
from report.rendering.nothing import what_to_look_at
from report.values import Block, Change, ChartSpec, Column, Kind, Report, Strip, Table, Value
from report.words import cut, isolated, shown_tag, span

_WIDTH = 72
_RIGHT = {Kind.RANK, Kind.COUNT, Kind.DECIMAL, Kind.SHARE, Kind.SHADE}
_PER_ROW = 12


def render_text(report: Report, link: str, left_out: Sequence[str] = ()) -> str:
    """Return the report as text of at most 72 columns where words allow; `link` is its web address.

    `left_out` names the sections it goes without. A line marks where each reader's links go.
    """
    lines = _nothing(report, link) if report.is_empty else _lines(report, link, left_out)
    return with_mark_aligned("\n".join([*(line.rstrip() for line in lines), TEXT_MARK, ""]))


def _nothing(report: Report, link: str) -> list[str]:
    return [report.headline, f"{what_to_look_at(report.period)} {link}"]


def _lines(report: Report, link: str, left_out: Sequence[str]) -> list[str]:
    lines = [*_wrapped(report.notice), ""] if report.notice else []
    lines += [report.title.upper(), span(report.period), "", *_wrapped(report.headline)]
    for section in report.sections:
        lines += ["", "", section.title.upper()]
        for block in section.blocks:
            lines += ["", *_block(block)]
    if left_out:
        said = f"Left out here, since a mail may not grow larger: {', '.join(left_out)}. The page has it."
        lines += ["", "", *_wrapped(said)]
    return [*lines, "", "", f"This edition on the web: {link}"]


def _block(block: Block) -> list[str]:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Strip):
        return _strip(block)
    if isinstance(block, ChartSpec):
        return _chart(block)
    return [line for paragraph in block.paragraphs for line in _wrapped(paragraph)]


def _table(table: Table) -> list[str]:
    if not table.shown_rows:
        return _wrapped(f"{table.empty} {csv_words(table)}")
    shown = [at for at, column in enumerate(table.columns) if column.kind not in (Kind.BAR, Kind.DATA)]
    columns = [table.columns[at] for at in shown]
    rows = [[_words(columns[place], row[at]) for place, at in enumerate(shown)] for row in table.shown_rows]
    aligned = _aligned(
        [column.name for column in columns], rows, [column.kind in _RIGHT for column in columns]
    )
    more = f"{more_words(table)}." if table.more else ""
    note = " ".join(filter(None, (table.note, csv_words(table))))
    return [*_wrapped(table.title), *aligned, *_wrapped(more), *_wrapped(note)]


def _chart(chart: ChartSpec) -> list[str]:
    heads = [chart.axis.partition(",")[0], *(series.name for series in chart.series)]
    rows = [
        [label, *(_number(series.values[at]) for series in chart.series)]
        for at, label in enumerate(chart.labels)
    ]
    right = [False, *(True for _ in chart.series)]
    title = f"{chart.title} ({chart.unit} by {chart.axis})"
    return [*_wrapped(title), *_aligned(heads, rows, right), *_wrapped(chart.note)]


def _strip(strip: Strip) -> list[str]:
    lines = _wrapped(f"{strip.title} ({strip.axis})")
    for at in range(0, len(strip.labels), _PER_ROW):
        part = slice(at, at + _PER_ROW)
        rows = [[line.name, *(f"{value:,}" for value in line.values[part])] for line in strip.lines]
        lines += _aligned(["Hour", *strip.labels[part]], rows, [False, *(True for _ in strip.labels[part])])
    return lines


def _words(column: Column, value: Value) -> str:
    if isinstance(value, Change):
        _, text, remark = change_words(value)
        return f"{text}, {remark}"
    if value is None:
        return "\N{EM DASH}"
    if isinstance(value, date):
        return value.isoformat()
    if column.kind is Kind.TAG:
        return shown_tag(str(value))
    if column.kind is Kind.PHRASE:
        return cut(str(value))
    if column.kind is Kind.DECIMAL and isinstance(value, (int, float)):
        return decimal(value)
    if column.kind is Kind.SHARE and isinstance(value, (int, float)):
        return share(value)
    return value if isinstance(value, str) else f"{value:,}"


def _number(value: float | None) -> str:
    return "not observed" if value is None else f"{value:,.0f}"


def _aligned(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Set rows in columns; the widths are those of the signs on the screen, whatever their script."""
    table = [heads, *rows]
    widths = [max(_columns(row[at]) for row in table) for at in range(len(heads))]
    return [
        "  ".join(
            _padded(text, width, to_right) for text, width, to_right in zip(row, widths, right, strict=True)
        )
        for row in table
    ]


def _padded(text: str, width: int, to_right: bool) -> str:
    space = " " * (width - _columns(text))
    return space + isolated(text) if to_right else isolated(text) + space


def _columns(text: str) -> int:
    return max(wcswidth(text), 0)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
