"""A report's body: rendered once, and the same in every shell."""

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from report.rendering.cells import BarRow, StripRow, bar_rows, strip_rows, table_context
from report.rendering.picture import HEIGHT, WIDTH
from report.rendering.shell import environment
from report.values import Block, ChartKind, ChartSpec, Report, Strip, Table
from report.words import span

_INDENT = re.compile(r"\n\s+")


@dataclass(frozen=True)
class ChartContext:
    """A chart as it stands without scripts: a picture, or bars made of table cells."""

    slug: str
    kind: str
    title: str
    axis: str
    unit: str
    compared: str
    note: str
    picture: str
    width: int
    height: int
    alt: str
    bars: tuple[BarRow, ...]


@dataclass(frozen=True)
class StripContext:
    """A strip cut into rows of twelve."""

    slug: str
    title: str
    axis: str
    parts: tuple[StripRow, ...]


@dataclass(frozen=True)
class BlockContext:
    """One block and which kind it is: "table", "strip", "chart" or "note"."""

    is_a: str
    value: Any


@dataclass(frozen=True)
class SectionContext:
    """A heading and its blocks."""

    title: str
    blocks: tuple[BlockContext, ...]


def render_body(report: Report, base: str, whole: str = "") -> Markup:
    """Return the body's HTML. `base` is the path its files lie under, from the root, ending in "/".

    `whole` is the address of the page where the rows stand that a mail had no room for.
    """
    sections = tuple(
        SectionContext(section.title, tuple(_context(block) for block in section.blocks))
        for section in report.sections
    )
    body = environment().get_template("body.html.j2")
    text = body.render(
        headline=report.headline, period=span(report.period), sections=sections, base=base, whole=whole
    )
    return Markup(_INDENT.sub("\n", text))  # noqa: S704 the template escapes all it is given


def picture_name(chart: ChartSpec) -> str:
    """Return the name of the chart's picture; empty where bars of table cells do."""
    return f"{chart.slug}.png" if chart.kind is ChartKind.COLUMNS else ""


def _context(block: Block) -> BlockContext:
    if isinstance(block, Table):
        return BlockContext("table", table_context(block))
    if isinstance(block, Strip):
        return BlockContext("strip", StripContext(block.slug, block.title, block.axis, strip_rows(block)))
    if isinstance(block, ChartSpec):
        return BlockContext("chart", _chart_context(block))
    return BlockContext("note", block)


def _chart_context(chart: ChartSpec) -> ChartContext:
    is_columns = chart.kind is ChartKind.COLUMNS
    return ChartContext(
        slug=chart.slug,
        kind=chart.kind.value,
        title=chart.title,
        axis=chart.axis,
        unit=chart.unit,
        compared=chart.series[1].name if len(chart.series) > 1 else "",
        note=chart.note,
        picture=picture_name(chart),
        width=WIDTH,
        height=HEIGHT,
        alt=f"Chart: {chart.title}; {chart.unit} by {chart.axis}. The numbers stand in the table.",
        bars=() if is_columns else bar_rows(chart),
    )
