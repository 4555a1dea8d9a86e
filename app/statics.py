"""What pages load besides their own files: the chart script, BokehJS, the icon."""

import re
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response

from app.answers import FOR_EVER, REVALIDATED, answer
from app.blobs import Blob, make_blob
from report.errors import NotFound
from report.rendering.shell import charts_script

_OURS = Path(__file__).parent / "static"
_SCRIPT = "text/javascript; charset=utf-8"
_UNSEARCHED = ("/files/", "/drafts/", "/today", "/reports/*/drafts/", "/reports/*/today")
_ROBOTS = "".join(["User-agent: *\n", *(f"Disallow: {path}\n" for path in _UNSEARCHED)])
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9a-z.]+")


def static_files() -> Blueprint:
    """Return the addresses of the few files that are the server's own."""
    files = Blueprint("statics", __name__)

    @files.get("/static/charts.js")
    def charts() -> Response:
        return answer(_charts(), REVALIDATED)

    @files.get("/static/bokeh/<wanted>/bokeh.min.js")
    def bokeh(wanted: str) -> Response:
        return _bokeh(wanted)

    @files.get("/favicon.ico")
    def icon() -> Response:
        return answer(_file(_OURS / "icon.svg", "image/svg+xml"), REVALIDATED)

    @files.get("/robots.txt")
    def robots() -> Response:
        body = _ROBOTS.encode()
        return answer(Blob(body, "text/plain; charset=utf-8", sha256(body).hexdigest()), REVALIDATED)

    return files


def _bokeh(wanted: str) -> Response:
    """An older edition asks for the BokehJS it was made with; the one we have is the nearest to it."""
    if not _VERSION.fullmatch(wanted):
        raise NotFound(f"{wanted!r} is no version of BokehJS")
    if wanted == version("bokeh"):
        return answer(_file(_bokeh_folder() / "bokeh.min.js", _SCRIPT), FOR_EVER)
    ours = f"/static/bokeh/{version('bokeh')}/bokeh.min.js"
    return Response(status=302, headers={"Location": ours, "Cache-Control": REVALIDATED})


def _bokeh_folder() -> Path:
    """Where the package keeps its scripts; looked up without importing it, which takes 60 MB."""
    spec = find_spec("bokeh")
    if spec is None or not spec.submodule_search_locations:
        raise NotFound("bokeh is not installed, so charts stay still: install requirements.txt")
    return Path(spec.submodule_search_locations[0]) / "server" / "static" / "js"


@cache
def _charts() -> Blob:
    body = charts_script().encode()
    return make_blob(body, _SCRIPT, sha256(body).hexdigest())


@cache
def _file(path: Path, content_type: str) -> Blob:
    body = path.read_bytes()
    return make_blob(body, content_type, sha256(body).hexdigest())
