"""What comes with a mail as files: its tables as CSV, its page as one file that works anywhere."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from report.editions import Edition
from report.errors import MailError
from report.rendering.offline import is_needed, offline_page
from report.storage import Storage

CSV, PAGE = "csv", "page"


@dataclass(frozen=True)
class Attachment:
    """A file that hangs on a mail; `kind` is what follows "text/" in its type, and it is UTF-8."""

    name: str
    kind: str
    body: bytes


def attachments_of(
    storage: Storage, edition: Edition, wanted: Collection[str], public_url: str
) -> tuple[Attachment, ...]:
    """Return the files that MAIL_ATTACH wants of an edition, made once for all its readers.

    `wanted` holds "csv", "page", both or neither. Raise `StorageError`; `MailError` where BokehJS is not.
    """
    tables = sorted(name for name in edition.files if name.endswith(".csv")) if CSV in wanted else []
    found = [
        Attachment(_saved_as(edition, name), "csv", storage.get(edition.folder + name)) for name in tables
    ]
    if PAGE in wanted:
        files = {name: storage.get(edition.folder + name) for name in edition.files if is_needed(name)}
        body = offline_page(files, _bokeh_script(), public_url)
        found.append(Attachment(f"{_slug(edition.title)}-{edition.period}.html", "html", body))
    return tuple(found)


def attach(letter: EmailMessage, attachments: Sequence[Attachment]) -> None:
    """Hang the files on a message; the same files give the same bytes."""
    for one in attachments:
        letter.add_attachment(
            one.body, "text", one.kind, filename=one.name, params={"charset": "utf-8"}, cte="base64"
        )
    if attachments:
        seed = sha256(b"".join(one.body for one in attachments)).hexdigest()[:32]
        letter.set_boundary(f"=_files_{seed}")


def _saved_as(edition: Edition, name: str) -> str:
    """The name the web gives the same file, so that two days' do not overwrite each other."""
    return f"{edition.report}-{edition.period}-{name}"


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


@cache
def _bokeh_script() -> str:
    """BokehJS as the package brings it; found without importing that, which takes 60 MB."""
    spec = find_spec("bokeh")
    if spec is None or not spec.submodule_search_locations:
        raise MailError("bokeh is not installed, so no page can be attached: install requirements.txt")
    package = Path(spec.submodule_search_locations[0])
    return (package / "server" / "static" / "js" / "bokeh.min.js").read_text(encoding="utf-8")
