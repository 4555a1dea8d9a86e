"""Reads a file of settings, such as .env, which has to be right in every line.

A line that was passed over could be the one with the password. The dialect is python-dotenv's.
"""

from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from report.errors import SettingsError


def setting_file(path: Path) -> dict[str, str]:
    """Return what the file sets, nothing where there is none; raise `SettingsError`."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"the settings cannot be read, {path}: {error.strerror}") from error
    return settings_in(text, str(path))


def settings_in(text: bytes, name: str) -> dict[str, str]:
    """Return what the text of the file `name` sets; raise `SettingsError` naming lines that set nothing."""
    try:
        said = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"wrong settings:\n  {name}, line {line}: is not UTF-8") from error
    if problems := [f"  {name}, line {line}: {what}" for line, what in _wrong_lines(said)]:
        raise SettingsError("\n".join(["wrong settings:", *problems]))
    return {key: value or "" for key, value in dotenv_values(stream=StringIO(said)).items()}


def _wrong_lines(said: str) -> Iterable[tuple[int, str]]:
    """The value is never named: it may be a secret."""
    for line, key, error in _bindings(said):
        if error:
            yield (
                line,
                "expected NAME=value; a value with one kind of quotes goes between the other kind",
            )
        elif key is not None:
            yield line, f"{key} has no value; expected {key}=, or {key}=value"


def _bindings(said: str) -> Iterator[tuple[int, str | None, bool]]:
    for it in parse_stream(StringIO(said)):
        if it.error or (it.key is not None and it.value is None):
            text = it.original.string
            blank = text[: len(text) - len(text.lstrip())]
            yield it.original.line + blank.count("\n"), it.key, it.error
