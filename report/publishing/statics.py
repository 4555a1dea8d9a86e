"""What pages load besides their own files: the chart script, BokehJS, the icon."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from report.publishing.shelf import Shelved
from report.publishing.site import FOR_EVER, REVALIDATED, SiteFile, made

CHARTS, ICON = "static/charts.js", "favicon.ico"
_SCRIPT = "text/javascript; charset=utf-8"


@dataclass(frozen=True)
class Statics:
    """Those files' bytes, and the version of BokehJS."""

    charts: bytes
    icon: bytes
    bokeh: bytes
    bokeh_version: str


def static_files(statics: Statics, shelf: Iterable[Shelved]) -> list[SiteFile]:
    """Return the files the pages of the shelf load.

    An older edition asks for the BokehJS it was made with. A site that has it keeps it; to another goes the
    one we have, the nearest there is, and not for ever.
    """
    versions = {one.bokeh for one in shelf if one.bokeh}
    return [
        made(CHARTS, statics.charts, _SCRIPT, REVALIDATED),
        made(ICON, statics.icon, "image/svg+xml", REVALIDATED),
        *(_bokeh(statics, version) for version in sorted(versions)),
    ]


def _bokeh(statics: Statics, version: str) -> SiteFile:
    key = f"static/bokeh/{version}/bokeh.min.js"
    if version == statics.bokeh_version:
        return made(key, statics.bokeh, _SCRIPT, FOR_EVER)
    return replace(made(key, statics.bokeh, _SCRIPT, REVALIDATED), stays=True)
