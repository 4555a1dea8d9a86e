"""What becomes of bytes on their way: a bar, a file that lands whole, text that steers nothing."""

import codecs
import os
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from report.storage import Sink, unheard
from report.terminal import printable, printable_lines

_LARGE_BYTES = 8 << 20
_STEPS = 200


@contextmanager
def progress(label: str, length: int, worth: int = _LARGE_BYTES) -> Iterator[Callable[[int], object]]:
    """Give what is told how many bytes, or things, have gone: on a terminal, of many, it draws a bar."""
    if length < worth or not sys.stderr.isatty():
        yield unheard
        return
    lock = threading.Lock()
    with click.progressbar(
        length=length, label=printable(label), file=sys.stderr, update_min_steps=length // _STEPS
    ) as bar:

        def told(gone: int) -> None:
            with lock:
                bar.update(gone)

        yield told


class Counted:
    """A sink that tells of each part it passes on."""

    def __init__(self, sink: Sink, told: Callable[[int], object]) -> None:
        self._sink = sink
        self._told = told

    def write(self, part: bytes) -> None:
        """Pass it on."""
        self._sink.write(part)
        self._told(len(part))


class Screen:
    """A sink that shows text on a terminal: what is not text is seen as such."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def write(self, part: bytes) -> None:
        """Show it."""
        text = self._decode(part).replace("\r\n", "\n").replace("\t", "    ")
        click.echo(printable_lines(text), nl=False)


def check_free(path: Path, force: bool) -> None:
    """Raise `click.ClickException` unless a file may land there; `force` replaces ordinary files alone."""
    if not os.path.lexists(path):
        return
    if not force:
        raise click.ClickException(f"{printable(str(path))} is there already: --force replaces it")
    if not path.is_file():
        raise click.ClickException(f"{printable(str(path))} is no ordinary file, which --force could replace")


@contextmanager
def landing(path: Path, force: bool) -> Iterator[IO[bytes]]:
    """Give a file that becomes `path` when the block ends well; otherwise nothing is left of it.

    Raise `click.ClickException` where something stands there, unless `force`, and where it can't be written.
    """
    check_free(path, force)
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _place(beside, path, force)
    except OSError as error:
        raise click.ClickException(
            f"cannot write {printable(str(path))}: {error.strerror or error}"
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def _place(beside: Path, path: Path, force: bool) -> None:
    if force:
        beside.replace(path)
        return
    try:
        path.hardlink_to(beside)  # unlike a rename, refuses what has come meanwhile
    except OSError:
        check_free(path, force)
        beside.replace(path)  # a file system without hard links
