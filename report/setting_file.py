"""Reads a file of settings, such as .env, which has to be right in every line.

A line that was passed over could be the one with the password. The dialect is python-dotenv's.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from report.errors import SettingsError
from report.settings import variables

_ALIKE = 0.8


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


def _wrong_lines(said: str) -> Iterator[tuple[int, str]]:
    """A value is never named: it may be a secret. What only resembles a setting is one mistyped."""
    for it in parse_stream(StringIO(said)):
        line = it.original.line + _blank_lines(it.original.string)
        if it.error:
            yield line, "expected NAME=value; a value with one kind of quotes goes between the other kind"
        elif it.key is not None and it.value is None:
            yield line, f"{it.key} has no value; expected {it.key}=, or {it.key}=value"
        elif meant := _meant(it.key or ""):
            yield line, f"{it.key} is no setting; did you mean {meant}?"


def _meant(name: str) -> str:
    known = variables()
    return "" if name in known else next(iter(get_close_matches(name.upper(), known, 1, _ALIKE)), "")


def _blank_lines(text: str) -> int:
    """The blank lines before a setting, which the parser takes for a part of it."""
    return text[: len(text) - len(text.lstrip())].count("\n")
