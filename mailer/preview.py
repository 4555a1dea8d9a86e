"""The mail as files to look at: in a browser, in a mail program, as text."""

import re
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

from report.errors import MailError
from report.mail import Mail, message


def write_preview(mail: Mail, folder: Path) -> list[Path]:
    """Write the mail's HTML, text, .eml and pictures; return their paths. Raise `MailError`."""
    files = preview_files(mail, message(mail))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            (folder / name).write_bytes(body)
    except OSError as error:
        raise MailError(
            f"cannot write the preview into {folder}: {error}; choose another --folder"
        ) from error
    return [folder / name for name in files]


def preview_files(mail: Mail, letter: EmailMessage) -> Mapping[str, bytes]:
    """Return the preview's files by name; the HTML shows the picture files that lie beside it."""
    page = re.sub(r"""(\bsrc\s*=\s*["'])cid:""", r"\1", mail.html)
    return {
        "mail.html": page.encode(),
        "mail.txt": mail.text.encode(),
        "mail.eml": letter.as_bytes(),
        **mail.pictures,
    }
