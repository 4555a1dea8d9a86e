"""Mail for a laptop: each message becomes an .eml file that any mail program opens."""

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from report.errors import MailDeferred, MailServerError
from report.mail import Letter, at_once


class FolderSender:
    """Writes <Message-ID up to its @>.eml: a message sent again replaces itself."""

    def __init__(self, folder: Path, sign: Callable[[bytes], bytes] = bytes) -> None:
        """Take where to write; `sign` returns the bytes of a message as they leave."""
        self._folder = folder
        self._sign = sign

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

    def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
        """Write the letter, whole or not at all; raise `MailDeferred` where the folder refuses."""
        if not may_leave():
            return False
        path = self._folder / f"{_name(letter)}.eml"
        try:
            _write_atomically(path, self._sign(letter.body))
        except OSError as error:
            raise MailDeferred(f"cannot write the mail to {letter.to} as {path}: {error}") from error
        return True


def _name(letter: Letter) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", letter.message_id.strip("<>").partition("@")[0]).lstrip(".")


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
