"""Readers as a table that spreadsheets know: what is written can be read back, and bad lines are named."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from report.addresses import mailbox, reader_key
from report.catalogue import titles
from report.errors import MailError
from report.readers import Reader, parse_moment, parse_rhythm, parse_zone

COLUMNS = ("address", "reports", "rhythm", "zone", "since")
_ALSO = {"email": "address", "e-mail": "address", "mail": "address", "report": "reports", "timezone": "zone"}
_DELIMITERS = (",", ";", "\t")
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
)  # a spreadsheet would work out what begins so, and anybody may have such an address


@dataclass(frozen=True)
class BadLine:
    """A line of the file that holds no reader; `number` counts from 1, the header among them."""

    number: int
    why: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.why}"


@dataclass(frozen=True)
class GoodLine:
    """A line and its reader."""

    number: int
    reader: Reader


def read_table(text: str, default: Reader) -> Iterator[GoodLine | BadLine]:
    """Yield a line's reader, or what is wrong with it; empty cells are as in `default`.

    The first line names the columns, in any order; commas, semicolons or tabs stand between. Raise
    `MailError` where no column of addresses is named.
    """
    rows = _rows(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    columns = _columns(rows)
    seen: dict[str, int] = {}
    for number, cells in rows:
        if isinstance(cells, str):
            yield BadLine(number, cells)
        elif any(cell.strip() for cell in cells):
            yield _once(_line(number, columns, cells, default), seen)


def write_table(readers: Iterable[Reader]) -> str:
    """Return the readers as CSV, one a line, with a header; `read_table` understands it."""
    rows = ({name: _shielded(cell) for name, cell in cells_of(reader).items()} for reader in readers)
    return as_csv(rows, COLUMNS)


def as_csv(rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> str:
    """Return rows as CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def cells_of(reader: Reader) -> dict[str, str]:
    """Return what stands in a reader's line, by column."""
    since = reader.since.isoformat() if reader.since else ""
    cells = (reader.address, " ".join(reader.reports), str(reader.rhythm), reader.zone.key, since)
    return dict(zip(COLUMNS, cells, strict=True))


def parse_reports(text: str) -> tuple[str, ...]:
    """Return the names, separated by spaces or commas; raise `ValueError` for one there is no report of."""
    names = tuple(dict.fromkeys(text.replace(",", " ").split()))
    if unknown := [name for name in names if name not in titles()]:
        raise ValueError(f"there is no report {unknown[0]!r}; there are: {', '.join(titles())}")
    return names


def _rows(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row with the number of its last line; a row the reader stumbles over is said as text."""
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield rows.line_num, f"this is no CSV: {error}"
        else:
            yield rows.line_num, row


def _columns(rows: Iterator[tuple[int, list[str] | str]]) -> list[str]:
    cells = next(rows, (0, ""))[1]
    named = [cell.strip().lower() for cell in cells] if isinstance(cells, list) else []
    columns = [_ALSO.get(name, name) for name in named]
    if columns.count("address") != 1:
        raise MailError(
            f"the first line must name the columns, address among them once: {', '.join(COLUMNS)}; "
            f"it is {', '.join(named)[:100] or 'empty'!r}"
        )
    return columns


def _line(number: int, columns: list[str], cells: list[str], default: Reader) -> GoodLine | BadLine:
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        return BadLine(number, f"it has {len(cells)} cells, the first line {len(columns)}")
    said = {name: _bare(cell.strip()) for name, cell in zip(columns, cells, strict=False)}
    try:
        return GoodLine(number, _reader(said, default))
    except (ValueError, MailError) as error:
        return BadLine(number, str(error))


def _reader(said: Mapping[str, str], default: Reader) -> Reader:
    address, reports, rhythm, zone, since = (said.get(name, "") for name in COLUMNS)
    return Reader(
        address=mailbox(address).addr_spec,
        reports=parse_reports(reports) or default.reports,
        rhythm=parse_rhythm(rhythm) if rhythm else default.rhythm,
        zone=parse_zone(zone) if zone else default.zone,
        since=parse_moment(since) if since else None,
    )


def _shielded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _once(line: GoodLine | BadLine, seen: dict[str, int]) -> GoodLine | BadLine:
    """An address counts where it stands first: which of two lines is meant, nobody can tell."""
    if isinstance(line, BadLine):
        return line
    first = seen.setdefault(reader_key(line.reader.address), line.number)
    if first != line.number:
        return BadLine(line.number, f"{line.reader.address} stands in line {first} already")
    return line
