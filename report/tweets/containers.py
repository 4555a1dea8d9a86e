"""Cuts files into documents: JSON lines, arrays, search answers, maps, pretty-printed, compressed.

A document keeps its own bytes; only line breaks between its fields go. What can't be read is given
back as it stood, with the line and the reason, and what follows is read on.
"""

import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from gzip import BadGzipFile, GzipFile
from typing import IO, Any, cast

import msgspec
import zstandard

from report.tweets.responses import split_response

MIB = 1 << 20
LONGEST_CONTAINER_BYTES = 64 * MIB
LONGEST_DOCUMENT_BYTES = MIB
_PIECE_BYTES = MIB // 2
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CUT = (EOFError, BadGzipFile, zlib.error, zstandard.ZstdError)


@dataclass(frozen=True)
class Document:
    """One JSON document: the line it starts on, its bytes on one line, and what they say."""

    line: int
    raw: bytes
    value: Any


@dataclass(frozen=True)
class Unreadable:
    """Bytes that are no document, and why; a very long line comes in several pieces."""

    line: int
    raw: bytes
    reason: str


Piece = Document | Unreadable


def documents(file: IO[bytes]) -> Iterator[Piece]:
    """Yield every document of a file, in its order; never raise for what the file holds.

    Only one line is held at a time, or one container of at most `LONGEST_CONTAINER_BYTES`.
    """
    numbered = lines(file)
    for number, line in numbered:
        if isinstance(line, Unreadable):
            yield line
        elif (first := _decoded(line)) is not None:
            yield from _expanded(number, line, first)
            break
        else:
            yield from _many_lines(number, line, numbered)
            break
    for number, line in numbered:
        yield from _of_line(number, line)


def is_json(raw: bytes) -> bool:
    """Tell whether the bytes are one JSON document, and not too long a one for a tweet."""
    return len(raw) <= LONGEST_DOCUMENT_BYTES and _decoded(raw) is not None


def complaint(raw: bytes) -> str:
    """Return what is wrong with bytes that are no JSON document."""
    if raw.startswith(_UTF16) or b"\0" in raw[:4]:
        return "not UTF-8 but UTF-16; save the file as UTF-8"
    try:
        msgspec.json.decode(raw)
    except UnicodeDecodeError:
        return "not UTF-8; save the file as UTF-8"
    except RecursionError:
        return "nested too deep"
    except msgspec.DecodeError as error:
        return "a cut line" if "truncated" in str(error) else f"not JSON: {error}"
    return "not JSON"


def _plain(file: IO[bytes]) -> IO[bytes]:
    """Return the file's bytes decompressed, whatever its name says."""
    buffered = file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, file))
    start = buffered.peek(4)[:4]
    if start.startswith(_GZIP):
        return cast(IO[bytes], io.BufferedReader(cast(io.RawIOBase, GzipFile(fileobj=buffered))))
    if start == _ZSTANDARD:
        reader = zstandard.ZstdDecompressor().stream_reader(buffered, read_across_frames=True)
        return io.BufferedReader(cast(io.RawIOBase, reader))
    return buffered


def lines(file: IO[bytes]) -> Iterator[tuple[int, bytes | Unreadable]]:
    """Yield the lines that hold something, numbered from 1 and decompressed, and where reading failed."""
    number = 0
    file = _plain(file)
    try:
        while line := file.readline(LONGEST_CONTAINER_BYTES + 1):
            number += 1
            if number == 1:
                line = line.removeprefix(_BOM)
            if len(line) > LONGEST_CONTAINER_BYTES:
                yield from ((number, piece) for piece in _too_long(number, line, file))
            elif line.strip():
                yield number, line.strip()
    except _CUT as error:
        yield number + 1, Unreadable(number + 1, b"", f"the compressed file is cut or damaged here: {error}")


def _too_long(number: int, line: bytes, file: IO[bytes]) -> Iterator[Unreadable]:
    reason = f"longer than {LONGEST_CONTAINER_BYTES // MIB} MiB; write one tweet a line"
    while line:
        yield from _pieces(number, line, reason)
        line = b"" if line.endswith(b"\n") else file.readline(_PIECE_BYTES)


def _pieces(number: int, raw: bytes, reason: str) -> Iterator[Unreadable]:
    for start in range(0, max(len(raw), 1), _PIECE_BYTES):
        yield Unreadable(number, raw[start : start + _PIECE_BYTES], reason)


def _of_line(number: int, line: bytes | Unreadable) -> Iterator[Piece]:
    if isinstance(line, Unreadable):
        yield line
    elif (value := _decoded(line)) is not None:
        yield from _expanded(number, line, value)
    else:
        yield from _pieces(number, line, complaint(line))


def _many_lines(
    number: int, line: bytes, numbered: Iterator[tuple[int, bytes | Unreadable]]
) -> Iterator[Piece]:
    """Yield what a first line that is no document by itself begins: one document over many lines, or junk."""
    held: list[tuple[int, bytes | Unreadable]] = [(number, line)]
    size = len(line)
    while size <= LONGEST_CONTAINER_BYTES and (following := next(numbered, None)) is not None:
        held.append(following)
        size += len(following[1]) if isinstance(following[1], bytes) else LONGEST_CONTAINER_BYTES
    whole = b"\n".join(text for _, text in held if isinstance(text, bytes))
    value = _decoded(whole) if size <= LONGEST_CONTAINER_BYTES else None
    if value is not None:
        yield from _expanded(number, whole, value)
    else:
        for place, text in held:
            yield from _of_line(place, text)


class _Null:
    """Stands for JSON's null, so that None can say "no JSON"."""


def _decoded(raw: bytes) -> Any:
    """Return what the bytes say, None if they are not JSON; null comes as a `_Null`."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return _Null() if value is None else value


def _expanded(number: int, raw: bytes, value: Any) -> Iterator[Piece]:
    """Yield the documents a JSON value holds: those of the container it is, or itself."""
    if isinstance(value, _Null):
        value = None
    cuts = _cuts(raw, value)
    for cut in [raw] if cuts is None else cuts:
        line = _one_line(cut)
        if len(line) > LONGEST_DOCUMENT_BYTES:
            yield from _pieces(number, line, f"one document longer than {LONGEST_DOCUMENT_BYTES // MIB} MiB")
        else:
            yield Document(number, line, value if cut is raw else msgspec.json.decode(line))


def _cuts(raw: bytes, value: Any) -> Iterable[bytes] | None:
    """Return the bytes of each document inside a container; None for what is none."""
    if isinstance(value, list):
        parts = zip(value, _listed(raw), strict=True)
        return [cut for inner, part in parts for cut in _parts(part, inner)]
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("statuses"), list):
        return _listed(_named(raw)["statuses"])
    if isinstance(value.get("id"), dict) and _is_map(value["id"]):
        return [bytes(part) for part in _named(_named(raw)["id"]).values()]
    if _is_map(value):
        return [bytes(part) for part in _named(raw).values()]
    return split_response(raw, value)


def _parts(raw: bytes, value: Any) -> Iterable[bytes]:
    split = split_response(raw, value) if isinstance(value, dict) else None
    return [raw] if split is None else split


def _is_map(value: dict[str, Any]) -> bool:
    return bool(value) and all(key.isdigit() and isinstance(tweet, dict) for key, tweet in value.items())


def _listed(raw: bytes | msgspec.Raw) -> list[bytes]:
    return [bytes(part) for part in msgspec.json.decode(raw, type=list[msgspec.Raw])]


def _named(raw: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])


def _one_line(raw: bytes) -> bytes:
    """Return a document without line breaks; they stand between its fields, never in its strings."""
    return msgspec.json.format(raw, indent=-1) if b"\n" in raw or b"\r" in raw else raw
