"""Mail for a laptop: each message becomes an .eml file that any mail program opens."""

import os
import re
import tempfile
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self

from report.errors import MailDeferred, MailServerError


class FolderSender:
    """Writes <Message-ID up to its @>.eml: a message sent again replaces itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MailServerError(f"cannot make the mail folder {self._folder}: {error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave; nothing is open."""

    def send(self, message: EmailMessage, to: str) -> None:
        """Write the message, whole or not at all; raise `MailDeferred` where the folder refuses."""
        path = self._folder / f"{_name(message)}.eml"
        try:
            _write_atomically(path, message.as_bytes())
        except OSError as error:
            raise MailDeferred(f"cannot write the mail to {to} as {path}: {error}") from error


def _name(message: EmailMessage) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", message["Message-ID"].strip("<>").partition("@")[0]).lstrip(".")


def _write_atomically(path: Path, body: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
