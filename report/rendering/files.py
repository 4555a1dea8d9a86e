"""Every file of an edition, from one report."""

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from report.editions import JSON, File
from report.rendering.body import picture_name, render_body
from report.rendering.fitting import fitted_mail
from report.rendering.interactive import draw_interactive
from report.rendering.page import render_page
from report.rendering.picture import draw_picture
from report.values import Change, ChartSpec, Kind, Note, Report, Strip, Table, Value

PAGE, MAIL, TEXT, DATA = "page.html", "mail.html", "mail.txt", "data.json"
_HTML, _PLAIN, _CSV, _PNG = (
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
    "text/csv; charset=utf-8",
    "image/png",
)


def render_files(report: Report, base: str, link: str, public_url: str) -> dict[str, File]:
    """Return the edition's files by name; the same report gives the same bytes.

    `base` is the path the files lie under on the web, `link` the address readers of the mail follow,
    `public_url` the server's.
    """
    files = {
        PAGE: _text(render_page(report, render_body(report, base)), _HTML),
        DATA: _text(json.dumps(_data(report), ensure_ascii=False, indent=1), JSON),
    }
    for chart in report.charts():
        files |= _chart_files(chart)
    pictures = {name: file.body for name, file in files.items() if file.content_type == _PNG}
    html, text = fitted_mail(report, base, link, public_url, pictures)
    files |= {MAIL: _text(html, _HTML), TEXT: _text(text, _PLAIN)}
    for block in report.blocks():
        if not isinstance(block, Note):
            files[f"{block.slug}.csv"] = _text(_csv(block), _CSV)
    return files


def _chart_files(chart: ChartSpec) -> dict[str, File]:
    light, dark = draw_interactive(chart)
    files = {f"{chart.slug}-chart.json": File(light, JSON), f"{chart.slug}-chart-dark.json": File(dark, JSON)}
    if name := picture_name(chart):
        files[name] = File(draw_picture(chart), _PNG)
    return files


def _data(report: Report) -> dict[str, Any]:
    period = report.period
    return {
        "report": report.name,
        "title": report.title,
        "headline": report.headline,
        "period": {
            "id": period.id,
            "day": period.day.isoformat(),
            "start": period.window.start.isoformat(),
            "end": period.window.end.isoformat(),
            "zone": period.zone.key,
            "open": period.is_open,
        },
        **report.data,
    }


def _csv(block: Table | Strip | ChartSpec) -> str:
    columns = {name: [_harmless(value) for value in values] for name, values in _csv_columns(block)}
    return pd.DataFrame(columns, dtype=object).to_csv(index=False, lineterminator="\n")


def _csv_columns(block: Table | Strip | ChartSpec) -> list[tuple[str, Iterable[Any]]]:
    if isinstance(block, ChartSpec):
        return [(block.axis, block.labels), *((one.name, one.values) for one in block.series)]
    if isinstance(block, Strip):
        return [(block.axis, block.labels), *((line.name, line.values) for line in block.lines)]
    kept = [at for at, column in enumerate(block.columns) if column.kind is not Kind.BAR]
    names = [name for at in kept for name in _csv_names(block, at)]
    rows = [[part for at in kept for part in _csv_values(row[at])] for row in block.rows]
    return [(name, [row[at] for row in rows]) for at, name in enumerate(names)]


def _csv_names(table: Table, at: int) -> list[str]:
    column = table.columns[at]
    name = column.csv_name
    return [f"{name}_percent", f"{name}_is"] if column.kind is Kind.CHANGE else [name]


def _csv_values(value: Value) -> list[Any]:
    if isinstance(value, Change):
        return [None if value.percent is None else round(value.percent, 1), value.verdict.value]
    return [value]


def _harmless(value: Any) -> Any:
    """A spreadsheet takes text that begins so for a formula: tweets are hostile text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _text(text: str, content_type: str) -> File:
    return File(text.encode(), content_type)
