"""The mail as files to look at: wide, narrow, dark, without pictures, as text, and all side by side."""

import re
import webbrowser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage, Message
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from mailer.colours import colour_of, hex_of, with_lightness_turned
from report.errors import MailError
from report.mail import LARGEST_MESSAGE_BYTES

INDEX = "index.html"

_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe")
_CID = re.compile(r"""(?P<before>\bsrc\s*=\s*["'])cid:(?P<id>[^"']+)""")
_SOURCE = re.compile(r"""\bsrc\s*=\s*["'][^"']*["']""")
_TAG = re.compile(r"<[a-z][^<>]*>", re.IGNORECASE)
_PAINT = re.compile(r"""\b(?:style|bgcolor)="[^"]*\"""")
_COLOUR = re.compile(r"#[0-9a-f]{3}(?:[0-9a-f]{3})?\b", re.IGNORECASE)


@dataclass(frozen=True)
class View:
    """One way to see the mail; `width` in CSS pixels."""

    title: str
    file: str
    width: int


VIEWS = (
    View("Wide", "mail.html", 660),
    View("Narrow", "mail.html", 360),
    View("Dark, as Outlook on the web turns it", "mail-dark.html", 660),
    View("Pictures blocked", "mail-blocked.html", 660),
    View("Text", "mail.txt", 660),
)


def preview_files(letter: EmailMessage, problems: Sequence[str]) -> Mapping[str, bytes]:
    """Return the preview's files by name: the message, its parts as a browser shows them, and an index.

    `problems` are the preflight's, which the index shows.
    """
    html, text = _body(letter, "html"), _body(letter, "plain")
    parts = {name: _bytes(part) for part in letter.walk() if (name := _file_name(part))}
    page = _CID.sub(r"\g<before>\g<id>", html)
    files = {
        "mail.html": page.encode(),
        "mail-dark.html": darkened(page).encode(),
        "mail-blocked.html": _TAG.sub(lambda tag: _SOURCE.sub("", tag[0]), page).encode(),
        "mail.txt": text.encode(),
        "mail.eml": letter.as_bytes(),
        **parts,
    }
    return {INDEX: _index(letter, problems).encode(), **files}


def darkened(html: str) -> str:
    """Return the HTML in the colours of a dark mode that turns lightness; pictures stay as they are."""
    return _TAG.sub(lambda tag: _PAINT.sub(lambda paint: _COLOUR.sub(_turned, paint[0]), tag[0]), html)


def write_files(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write the files into the folder; return their paths. Raise `MailError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            (folder / name).write_bytes(body)
    except OSError as error:
        raise MailError(
            f"cannot write the preview into {folder}: {error}; choose another --folder"
        ) from error
    return [folder / name for name in files]


def show(index: Path) -> bool:
    """Open the page in the user's browser; tell whether there is one."""
    try:
        return webbrowser.open(index.resolve().as_uri())
    except webbrowser.Error:
        return False


def verdict(letter: EmailMessage, problems: Sequence[str]) -> str:
    """Return the preflight's verdict in a sentence."""
    attached = sum(len(part.as_bytes()) for part in letter.iter_attachments())
    size = f"{len(letter.as_bytes()) - attached:,} bytes as it travels, of {LARGEST_MESSAGE_BYTES:,}"
    files = f", and {attached:,} of attached files" if attached else ""
    if problems:
        return f"This mail would not be sent, for {len(problems)} of what the preflight finds: {size}{files}."
    return f"This mail would be sent: {size}{files}."


def _index(letter: EmailMessage, problems: Sequence[str]) -> str:
    return (
        _templates()
        .get_template("preview.html.j2")
        .render(
            subject=letter["Subject"],
            verdict=verdict(letter, problems),
            problems=problems,
            headers=[(name, letter[name]) for name in _HEADERS if letter[name]],
            attached=[_file_name(part) for part in letter.iter_attachments()],
            views=VIEWS,
        )
    )


def _turned(found: re.Match[str]) -> str:
    colour = colour_of(found[0])
    return hex_of(with_lightness_turned(colour)) if colour else found[0]


def _body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    return _bytes(part).decode("utf-8", "replace").replace("\r\n", "\n") if part else ""


def _bytes(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body


def _file_name(part: Message) -> str:
    """The name a part is written under: that of a file, without any folder; nothing for the bodies."""
    return Path(part.get_filename() or "").name


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("mailer", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
