"""Charts that answer to the pointer: Bokeh's JSON, drawn in the browser by BokehJS."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from itertools import takewhile
from math import nan
from typing import Any

from bokeh.embed import json_item
from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    DataRange1d,
    HoverTool,
    NoOverlap,
    NumeralTickFormatter,
    Range,
    Range1d,
)
from bokeh.plotting import figure
from wcwidth import wcswidth

from report.rendering.colours import DARK, LIGHT
from report.rendering.picture import HEIGHT, axis_ticks, column_width
from report.values import ChartKind, ChartSpec

_BAR_PIXELS = 26
_LABEL_COLUMNS, _TICKS = 24, 4  # as many as fit a telephone beside each other
_HALF_AN_EDGE_PIXELS = 24
_COLOUR = re.compile(r'"#[0-9a-f]{6}"')
_OWN_ID = re.compile(r"p\d+")
_FONT = "system-ui, sans-serif"


def draw_interactive(chart: ChartSpec) -> tuple[bytes, bytes]:
    """Return the chart as Bokeh's JSON item, for light and for dark; the same chart, the same bytes."""
    plot = _columns(chart) if chart.kind is ChartKind.COLUMNS else _bars(chart)
    item = json.dumps(_renumbered(dict(json_item(plot))), ensure_ascii=False, separators=(",", ":"))
    return item.encode(), _darkened(item).encode()


def _darkened(item: str) -> str:
    """The same chart in the dark palette: drawing it anew would take as long again."""
    dark = {f'"{asdict(LIGHT)[name]}"': f'"{colour}"' for name, colour in asdict(DARK).items()}
    return _COLOUR.sub(lambda found: dark.get(found[0], found[0]), item)


def _columns(chart: ChartSpec) -> Any:
    places = list(range(len(chart.labels)))
    first, *others = chart.series
    values = {
        name: _gapped(one.values) for name, one in zip(("value", "compared"), chart.series, strict=False)
    }
    source = ColumnDataSource({"place": places, "label": list(chart.labels), **values})
    plot = _plot(HEIGHT, Range1d(start=-0.6, end=len(places) - 0.4), DataRange1d(start=0))
    plot.ygrid.grid_line_color = LIGHT.line
    _draw_gaps(plot, chart)
    columns = plot.vbar("place", width=column_width(chart), top="value", source=source, color=LIGHT.accent)
    tooltips = [(chart.axis, "@label"), (first.name, "@value{0,0}")]
    for other in others:
        plot.line("place", "compared", source=source, color=LIGHT.grey, width=2)
        plot.scatter("place", "compared", source=source, color=LIGHT.grey, size=5)
        tooltips.append((other.name, "@compared{0,0}"))
    plot.add_tools(HoverTool(renderers=[columns], tooltips=tooltips, mode="vline"))
    ticks = axis_ticks(chart)
    plot.xaxis.ticker = [*ticks]
    plot.min_border_right = _HALF_AN_EDGE_PIXELS if chart.edges else None
    plot.xaxis.major_label_policy = NoOverlap()
    plot.xaxis.major_label_overrides = ticks
    plot.yaxis.formatter = NumeralTickFormatter(format="0,0")
    return plot


def _gapped(values: Iterable[float | None]) -> list[float]:
    """BokehJS draws a missing value as 0, and stops a line at what is no number."""
    return [nan if value is None else value for value in values]


def _draw_gaps(plot: Any, chart: ChartSpec) -> None:
    gaps = [place for place, value in enumerate(chart.series[0].values) if value is None]
    top = max((value or 0 for series in chart.series for value in series.values), default=0) or 1
    plot.vbar(gaps, width=1, top=[top] * len(gaps), color=LIGHT.faint)


def _bars(chart: ChartSpec) -> Any:
    labels, places = list(chart.labels), list(range(len(chart.labels)))
    source = ColumnDataSource({"place": places, "label": labels, "value": list(chart.series[0].values)})
    height = _BAR_PIXELS * max(1, len(labels)) + 30
    plot = _plot(height, DataRange1d(start=0), Range1d(start=len(labels) - 0.5, end=-0.5))
    plot.xgrid.grid_line_color = LIGHT.line
    bars = plot.hbar("place", height=0.62, right="value", source=source, color=LIGHT.accent)
    tooltips = [(chart.axis, "@label"), (chart.unit, "@value{0,0}")]
    plot.add_tools(HoverTool(renderers=[bars], tooltips=tooltips))
    plot.xaxis.formatter = NumeralTickFormatter(format="0,0")
    plot.xaxis.major_label_policy = NoOverlap()
    plot.xaxis.ticker = BasicTicker(desired_num_ticks=_TICKS)
    plot.yaxis.ticker = places
    plot.yaxis.major_label_overrides = {place: _beside_a_bar(label) for place, label in enumerate(labels)}
    return plot


def _beside_a_bar(label: str) -> str:
    """Cut a label so that a telephone's width has room for its bar; whole it stands in the still chart."""
    if wcswidth(label) <= _LABEL_COLUMNS:
        return label
    kept = takewhile(lambda length: wcswidth(label[:length]) < _LABEL_COLUMNS, range(1, len(label)))
    return f"{label[: max(kept, default=1)].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def _plot(height: int, x_range: Range, y_range: Range) -> Any:
    """An empty plot in the house's style: no box, no toolbar, no ground of its own."""
    plot: Any = figure(height=height, sizing_mode="stretch_width", x_range=x_range, y_range=y_range, tools="")
    plot.toolbar_location = None
    plot.background_fill_color = plot.border_fill_color = plot.outline_line_color = None
    plot.grid.grid_line_color = None
    plot.axis.axis_line_color = plot.axis.major_tick_line_color = plot.axis.minor_tick_line_color = None
    plot.axis.major_label_text_color = LIGHT.quiet
    plot.axis.major_label_text_font = _FONT
    plot.axis.major_label_text_font_size = "13px"
    return plot


def _renumbered(item: dict[str, Any]) -> Any:
    """Bokeh numbers its models on from whatever it drew before, and its documents at random."""
    item["doc"]["title"] = ""
    numbers: dict[str, str] = {}

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: _own(part, numbers) if key in ("id", "root_id") else walk(part)
                for key, part in value.items()
            }
        return [walk(part) for part in value] if isinstance(value, list) else value

    return walk(item)


def _own(value: Any, numbers: dict[str, str]) -> Any:
    if isinstance(value, str) and _OWN_ID.fullmatch(value):
        return numbers.setdefault(value, f"p{len(numbers) + 1}")
    return value
