"""Imports files of tweets into raw/, each tweet under the hour it was written in.

raw/dt=2016-04-27/hour=18/output-0123456789ab.jsonl.zst   one object a source file and hour
unplaced/output-0123456789ab.jsonl.zst                    a file without a single tweet to tell an hour

Every line of them is one valid JSON document. Notices and what was refused lie with the tweet before
them, or with the first one after; what was refused is wrapped as `{"refused": {…}}`, so nothing is
lost. The same file gives the same objects, byte for byte, however often it is imported.
"""

import base64
import hashlib
import io
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

import click
import zstandard

from collector.services import services_at_hand
from report.errors import BadTweet, StorageError
from report.places import raw_hour, unplaced
from report.storage import Storage
from report.tweets.containers import Document, Unreadable, documents
from report.tweets.shapes import Notice, recognise

Progress = Callable[[int], None]

STDIN = Path("-")
_ENDINGS = re.compile(r"\.(json|jsonl|ndjson)(\.(gz|zst))?$", re.IGNORECASE)
_ZSTANDARD = "application/zstd"
_HELD_BYTES = 8 << 20
_LISTED = 20
_REMEMBERED = 1000


class Refusal(NamedTuple):
    """What could not be imported: the file, its line from 1 (0 for all of it), and why."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class ImportResult:
    """What an import found.

    `tweets` counts each id once, over all files. `refused` holds the first thousand; `refused_count`
    counts them all.
    """

    tweets: int
    duplicates: int
    notices: Mapping[str, int]
    refused: tuple[Refusal, ...]
    refused_count: int
    stored: tuple[str, ...]

    def __str__(self) -> str:
        notices = sum(self.notices.values())
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.notices.items()))
        return (
            f"{_counted(self.tweets, 'tweet')}, {_counted(self.duplicates, 'duplicate')}, "
            f"{_counted(notices, 'notice')}{f' ({kinds})' if kinds else ''}, {self.refused_count} refused"
        )


@dataclass
class _Tally:
    ids: set[int] = field(default_factory=set)
    duplicates: int = 0
    notices: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    refused_count: int = 0
    stored: list[str] = field(default_factory=list)

    def refuse(self, refusal: Refusal) -> None:
        self.refused_count += 1
        if len(self.refused) < _REMEMBERED:
            self.refused.append(refusal)

    def result(self) -> ImportResult:
        return ImportResult(
            len(self.ids),
            self.duplicates,
            dict(self.notices),
            tuple(self.refused),
            self.refused_count,
            tuple(self.stored),
        )


def import_files(paths: Iterable[Path], storage: Storage, progress: Progress | None = None) -> ImportResult:
    """Store the tweets of files, of folders' files and, for "-", of standard input.

    `progress` is told how many bytes were read since it was told last. A file that can't be read is
    refused like a bad line. Raise `StorageError`.
    """
    tally = _Tally()
    for path in _files(paths):
        try:
            with _opened(path) as file:
                _import_file(file, "stdin" if path == STDIN else path.name, storage, tally, progress)
        except _SourceFailed as error:
            tally.refuse(Refusal(str(path), 0, f"could not be imported: {error}"))
        except OSError as error:
            where = tempfile.gettempdir()
            raise StorageError(
                f"cannot keep {path} in {where} on its way: {error}; free space there"
            ) from error
    return tally.result()


class _SourceFailed(Exception):
    """The source failed, not we."""


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = (inner for inner in path.rglob("*") if inner.is_file() and _ENDINGS.search(inner.name))
            yield from sorted(found)
        else:
            yield path


def _opened(path: Path) -> IO[bytes]:
    try:
        return sys.stdin.buffer if path == STDIN else path.open("rb")
    except OSError as error:
        raise _SourceFailed(error.strerror or str(error)) from error


def _import_file(
    file: IO[bytes], name: str, storage: Storage, tally: _Tally, progress: Progress | None
) -> None:
    watched = _Watched(file, progress)
    with tempfile.TemporaryDirectory(prefix="trends-import-") as folder:
        spool = _Spool(Path(folder))
        for piece in documents(io.BufferedReader(watched)):
            hour, line = _judged(piece, name, tally)
            spool.add(hour, line)
        watched.drain()
        stored = f"{_stem(name)}-{watched.digest.hexdigest()[:12]}.jsonl.zst"
        tally.stored.extend(spool.store(storage, stored))


def _judged(piece: Document | Unreadable, name: str, tally: _Tally) -> tuple[datetime | None, bytes]:
    """Count a piece; return the hour it belongs to, if it tells one, and the line to keep."""
    if isinstance(piece, Unreadable):
        return None, _refused(piece, name, piece.reason, tally)
    try:
        found = recognise(piece.value)
    except BadTweet as error:
        if isinstance(piece.value, dict) and piece.value.keys() == {"refused"}:
            tally.refuse(Refusal(name, piece.line, str(error)))
            return None, piece.raw
        return None, _refused(piece, name, str(error), tally)
    if isinstance(found, Notice):
        tally.notices[found.kind] += 1
        return None, piece.raw
    tally.duplicates += int(found.id) in tally.ids
    tally.ids.add(int(found.id))
    return found.created_at.replace(minute=0, second=0, microsecond=0), piece.raw


def _refused(piece: Document | Unreadable, name: str, reason: str, tally: _Tally) -> bytes:
    tally.refuse(Refusal(name, piece.line, reason))
    try:
        kept = {"text": piece.raw.decode("utf-8")}
    except UnicodeDecodeError:
        kept = {"base64": base64.b64encode(piece.raw).decode("ascii")}
    refused = {"file": name, "line": piece.line, "reason": reason, **kept}
    return json.dumps({"refused": refused}, ensure_ascii=False).encode("utf-8", "replace")


class _Spool:
    """Keeps one file's lines by hour, in files, until the file's name in storage is known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[datetime | None, list[bytes]] = {}
        self._size = 0
        self._hour: datetime | None = None

    def add(self, hour: datetime | None, line: bytes) -> None:
        """Keep a line; without an hour it goes where the line before it went."""
        if self._hour is None and hour is not None:
            self._adopt(hour)
        self._hour = hour or self._hour
        self._held.setdefault(self._hour, []).append(line + b"\n")
        self._size += len(line)
        if self._size > _HELD_BYTES:
            self._write()

    def store(self, storage: Storage, name: str) -> Iterator[str]:
        """Put each hour's lines into storage, oldest hour first; yield the keys."""
        self._write()
        for path in sorted(self._folder.glob("*.jsonl")):
            hour = None if path == self._path(None) else datetime.strptime(path.stem, "%Y%m%d%H%z")
            key = unplaced(name) if hour is None else f"{raw_hour(hour)}{name}"
            storage.upload(_packed(path), key, _ZSTANDARD)
            yield key

    def _adopt(self, hour: datetime) -> None:
        """Give the first tweet's hour what came before it."""
        if None in self._held:
            self._held[hour] = self._held.pop(None)
        if self._path(None).exists():
            self._path(None).rename(self._path(hour))

    def _write(self) -> None:
        for hour, lines in self._held.items():
            with self._path(hour).open("ab") as file:
                file.writelines(lines)
        self._held.clear()
        self._size = 0

    def _path(self, hour: datetime | None) -> Path:
        return self._folder / ("none.jsonl" if hour is None else f"{hour:%Y%m%d%H%z}.jsonl")


def _packed(path: Path) -> Path:
    """Compress a file beside itself; the same bytes give the same bytes."""
    target = path.with_suffix(".zst")
    with path.open("rb") as source, target.open("wb") as sink:
        zstandard.ZstdCompressor().copy_stream(source, sink, size=path.stat().st_size)
    path.unlink()
    return target


class _Watched(io.RawIOBase):
    """A file that tells how much of it was read, and knows its hash."""

    def __init__(self, file: IO[bytes], progress: Progress | None) -> None:
        self._file = file
        self._progress = progress
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        try:
            chunk = self._file.read(len(view))
        except OSError as error:
            raise _SourceFailed(error.strerror or str(error)) from error
        view[: len(chunk)] = chunk
        self.digest.update(chunk)
        if self._progress is not None:
            self._progress(len(chunk))
        return len(chunk)

    def drain(self) -> None:
        """Read what nobody asked for, so that the hash is the whole file's."""
        while self.read(_HELD_BYTES):
            pass


def _stem(name: str) -> str:
    """Return a file's name without its ending, safe in a key."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", _ENDINGS.sub("", name)).strip(".-")[:60] or "tweets"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR|-...", type=click.Path(path_type=Path))
def import_command(files: tuple[Path, ...]) -> None:
    """Import tweets from files, from folders (their .json, .jsonl and .ndjson), or from "-".

    JSON lines, arrays, search answers, v2 answers and pretty-printed tweets are read, plain or
    compressed with gzip or zstandard. Importing a file again changes nothing.

    \b
    Examples:
      python -m collector import tweets.jsonl.gz
      python -m collector import archive/ more.json
      zcat old.gz | python -m collector import -
    """
    size = sum(path.stat().st_size for path in _files(files) if path.is_file())
    bar: Any  # click's own type is not public
    with click.progressbar(
        length=max(size, 1), label="Importing", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        result = import_files(files, services_at_hand().storage, bar.update)
    for refusal in result.refused[:_LISTED]:
        where = f"{refusal.file}:{refusal.line}" if refusal.line else refusal.file
        click.echo(f"{where}: {refusal.reason}", err=True)
    if result.refused_count > _LISTED:
        click.echo(f"… and {result.refused_count - _LISTED:,} more refused", err=True)
    click.echo(str(result))
    sys.exit(0 if result.tweets or result.notices or not result.refused_count else 1)
