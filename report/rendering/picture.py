"""Charts as pictures, for mail and for browsers without scripts."""

from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter
from PIL import Image

from report.rendering.colours import LIGHT
from report.values import ChartSpec

WIDTH, HEIGHT = 720, 260
"""A picture's size on the page, in CSS pixels; the file has twice as many each way."""

_DOTS_PER_INCH = 100
_FINER = 2
_COLOURS = 16
_EDGES = 11


def draw_picture(chart: ChartSpec) -> bytes:
    """Return a chart of columns, along time or a histogram's, as PNG on opaque white.

    The same chart gives the same bytes.
    """
    figure = Figure(figsize=(WIDTH / _DOTS_PER_INCH, HEIGHT / _DOTS_PER_INCH), dpi=_DOTS_PER_INCH * _FINER)
    figure.set_facecolor("white")
    axes = figure.add_axes((0.065, 0.115, 0.925, 0.84))
    _draw_columns(axes, chart)
    _style(axes, chart)
    return _png(figure)


def column_width(chart: ChartSpec) -> float:
    """Return how wide a column is drawn; 1 is from one to the next. A hairline parts those of a histogram."""
    return 0.97 if chart.edges else 0.72


def axis_ticks(chart: ChartSpec) -> dict[float, str]:
    """Return what is written along the axis by where: the edges between columns, else each one's label."""
    return {at - 0.5: edge for at, edge in enumerate(chart.edges)} or dict(enumerate(chart.labels))


def _draw_columns(axes: Axes, chart: ChartSpec) -> None:
    places = range(len(chart.labels))
    heights = [value or 0 for value in chart.series[0].values]
    axes.bar(places, heights, width=column_width(chart), color=LIGHT.accent)
    for place, value in enumerate(chart.series[0].values):
        if value is None:
            axes.axvspan(place - 0.5, place + 0.5, color=LIGHT.faint, linewidth=0)
    if len(chart.series) > 1:
        compared = [float("nan") if value is None else value for value in chart.series[1].values]
        axes.plot(places, compared, color=LIGHT.grey, linewidth=1.8, marker="o", markersize=3)


def _style(axes: Axes, chart: ChartSpec) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LIGHT.quiet)
    beside = 0.05 * len(chart.labels) if chart.edges else 0.1  # half the label of an edge lies outside
    axes.set_xlim(-0.5 - beside, len(chart.labels) - 0.5 + beside)
    axes.set_ylim(bottom=0)
    ticks = axis_ticks(chart)
    each = -(-len(ticks) // _EDGES) if chart.edges else 1
    axes.set_xticks([*ticks][::each], [*ticks.values()][::each])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.tick_params(colors=LIGHT.quiet, labelsize=8.5, length=0)
    axes.grid(axis="y", color=LIGHT.line, linewidth=0.6)
    axes.set_axisbelow(True)


def _png(figure: Figure) -> bytes:
    """Few colours make a small file: it travels in every mail."""
    raw = BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(raw, format="png", metadata={"Software": None})
    out = BytesIO()
    with Image.open(raw) as image:
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
