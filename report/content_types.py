"""Which content type a file has, by its name and how it begins; the same on every machine."""

import codecs
from mimetypes import MimeTypes

from report.storage import OCTETS

_OURS = {
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_PACKED = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "xz": "application/x-xz",
    "br": OCTETS,
    "compress": "application/x-compress",
}
_TEXT_TOO = ("application/javascript", "application/xml")


def content_type_of(name: str, beginning: bytes) -> str:
    """Return the type of a file of this name; of a text that begins as UTF-8 does, with the charset.

    A packed file is what it is packed as: nobody is told to unpack it.
    """
    types = MimeTypes()  # without the lists of this machine
    for ending, ours in _OURS.items():
        types.add_type(ours, ending)
    found, packed = types.guess_type(name.replace("?", "_").replace("#", "_"))
    if packed:
        return _PACKED.get(packed, OCTETS)
    if found and (found.startswith("text/") or found in _TEXT_TOO) and _is_utf8(beginning):
        return f"{found}; charset=utf-8"
    return found or OCTETS


def _is_utf8(beginning: bytes) -> bool:
    """Tell whether bytes can begin a text in UTF-8; the last sign may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return False
    return True
