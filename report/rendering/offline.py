"""An edition's page as one file that needs nothing else: it works from a folder, without a network.

Pictures, charts' data and BokehJS stand within. A policy in its head lets only the two scripts run that were
put there, known by their hashes, and lets it ask nobody for anything.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from report.rendering.shell import charts_script

PAGE = "page.html"

_HEAD = re.compile(r'(<meta charset="utf-8">)')
_ICON = re.compile(r'\s*<link rel="icon"[^>]*>')
_SCRIPT = re.compile(r'<script src="/static/charts\.js" defer></script>')
_PICTURE = re.compile(r'(?<= src=")[^"]*/(?P<name>[^"/]+\.png)(?=")')
_CHART = re.compile(r'(?P<attribute> data-chart(?:-dark)?=")[^"]*/(?P<name>[^"/]+)(?=")')
_LINK = re.compile(r'(?<= href=")/')
_ENDS_SCRIPT = re.compile(r"<(?=/script|!--)", re.IGNORECASE)


def is_needed(name: str) -> bool:
    """Tell whether the page needs this file of its edition."""
    return name == PAGE or name.endswith((".png", "-chart.json", "-chart-dark.json"))


def offline_page(files: Mapping[str, bytes], bokeh_script: str, public_url: str) -> bytes:
    """Return the page of an edition's `files` with all it needs within; links lead to `public_url`.

    `files` are those that `is_needed`; `bokeh_script` is bokeh.min.js. Raise `KeyError` where one is missing.
    """
    page = _ICON.sub("", files[PAGE].decode())
    page = _PICTURE.sub(lambda found: _data_address(files[found["name"]]), page)
    page = _CHART.sub(r"\g<attribute>\g<name>", page)
    page = _LINK.sub(f"{public_url}/", page)
    scripts = [_harmless(bokeh_script), charts_script()]
    data = "".join(_data_block(name, body) for name, body in sorted(files.items()) if name.endswith(".json"))
    run = "".join(f"<script>{script}</script>\n" for script in scripts)
    page = _SCRIPT.sub(lambda _: data + run, page)
    return _HEAD.sub(lambda found: f"{found[1]}\n    {_policy(scripts)}", page, count=1).encode()


def _data_address(picture: bytes) -> str:
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def _data_block(name: str, body: bytes) -> str:
    """JSON within a page: with no "<" as it stands, nothing a hashtag holds can end the block."""
    inert = body.decode().replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{inert}</script>\n'


def _harmless(script: str) -> str:
    """Within strings and patterns of a script, a backslash changes nothing but how HTML reads them."""
    return _ENDS_SCRIPT.sub(r"<\\", script)


def _policy(scripts: list[str]) -> str:
    hashes = " ".join(f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in scripts)
    rules = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:"
    rules += "; base-uri 'none'; form-action 'none'"
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}">'
