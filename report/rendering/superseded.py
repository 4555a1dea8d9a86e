"""Marks the page of an old revision: a newer one stands elsewhere. The frozen bytes stay as they are."""

from markupsafe import Markup

_BEFORE = b'<main id="report" tabindex="-1">'
_BANNER = Markup(
    '<p role="note" style="margin:20px 0;padding:10px 0;border:solid;border-width:1px 0;font-weight:600">'
    "You are reading version {revision}. A newer version of this report stands at "
    '<a href="{path}">{path}</a>.</p>'
)
"""Its style stands inline, since pages are frozen with theirs; the line has the colour of the text."""


def superseded(page: bytes, revision: int, path: str) -> bytes:
    """Return the page with a banner at the beginning of its report, there without scripts too.

    `revision` is its own number, `path` where the newest stands, from the root.
    """
    banner = _BANNER.format(revision=revision, path=path).encode()
    return page.replace(_BEFORE, _BEFORE + banner, 1)
