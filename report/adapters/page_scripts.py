"""Reads what every page loads, from where the web server and bokeh's package have it."""

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from report.errors import PublishError
from report.publishing.statics import Statics
from report.rendering.shell import charts_script

_SERVED = Path(__file__).parents[2] / "app" / "static"


def read_statics() -> Statics:
    """Return those files; raise `PublishError` where one cannot be read."""
    try:
        return Statics(
            charts=charts_script().encode(),
            icon=(_SERVED / "icon.svg").read_bytes(),
            bokeh=(_bokeh_folder() / "bokeh.min.js").read_bytes(),
            bokeh_version=version("bokeh"),
        )
    except OSError as error:
        raise PublishError(f"what pages load cannot be read: {error}; install the project anew") from error


def _bokeh_folder() -> Path:
    """Where the package keeps its scripts; looked up without importing it, which takes 60 MB."""
    spec = find_spec("bokeh")
    if spec is None or not spec.submodule_search_locations:
        raise PublishError("bokeh is not installed, so charts would stay still: install requirements.txt")
    return Path(spec.submodule_search_locations[0]) / "server" / "static" / "js"
