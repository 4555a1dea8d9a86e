"""What the ledger says of an occasion's mails, as rows to look at."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from mailer.ledger import Entry, Found, State, UnreadableEntry

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SHOWN = ("reader", "state", "tries", "at", "at_utc", "revision", "host", "says")


@dataclass(frozen=True)
class Row:
    """One mail's entry: `reader` is the address where it is known, else its hash; times as ISO text.

    `at` is in the zone that was asked for; `says` are the server's last words, or a person's.
    """

    reader: str
    state: str
    correction: int = 0
    tries: int = 0
    at: str = ""
    at_utc: str = ""
    revision: int = 0
    host: str = ""
    message_id: str = ""
    code: int = 0
    says: str = ""
    settled_by: str = ""
    settled_at: str = ""


def rows_of(
    found: Mapping[str, Found | UnreadableEntry],
    addresses: Mapping[str, str],
    zone: ZoneInfo,
    state_of: Callable[[Entry], State],
) -> list[Row]:
    """Return a row an entry, by reader; `addresses` are the known readers' by the hash in a key."""
    rows = [_row(key, one, addresses, zone, state_of) for key, one in found.items()]
    return sorted(rows, key=lambda row: (row.correction, row.reader))


def _row(
    key: str,
    found: Found | UnreadableEntry,
    addresses: Mapping[str, str],
    zone: ZoneInfo,
    state_of: Callable[[Entry], State],
) -> Row:
    hashed, _, number = key.rpartition("/")[2].removesuffix(".json").partition(".c")
    reader, correction = addresses.get(hashed, hashed), int(number) if number.isdecimal() else 0
    if isinstance(found, UnreadableEntry):
        return Row(reader, State.UNKNOWN, correction, says=str(found))
    entry = found.entry
    return Row(
        reader,
        state_of(entry),
        correction,
        entry.tries,
        _shown(entry.at, zone),
        _shown(entry.at, UTC),
        entry.revision,
        entry.run.host,
        entry.message_id,
        entry.code,
        _says(entry),
        entry.settled_by,
        _shown(entry.settled_at, zone) if entry.settled_at else "",
    )


def _shown(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _says(entry: Entry) -> str:
    """A stranger's words, and perhaps from a stranger's file: one line of what can be printed."""
    words = [entry.text]
    if entry.settled_by:
        words.append(f"settled by {entry.settled_by}")
    line = " ".join("; ".join(filter(None, words)).split())
    return "".join(sign for sign in line if sign.isprintable())


def counts_of(rows: Iterable[Row]) -> str:
    """Return how many entries are in which state, on one line, in the order of a mail's life."""
    counts = Counter(row.state for row in rows)
    return ", ".join(f"{counts[state]} {state}" for state in State if counts[state])


def as_table(rows: Sequence[Row]) -> list[str]:
    """Return lines of columns as wide as they must be; the words come last and are not cut.

    The time in UTC is left out where it is the same.
    """
    is_in_utc = all(row.at == row.at_utc for row in rows)
    shown = [name for name in _SHOWN if name != "at_utc" or not is_in_utc]
    cells = [shown, *([str(getattr(row, name)) for name in shown] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def as_csv(rows: Sequence[Row]) -> str:
    """Return CSV that a spreadsheet takes for text: a server's words could be a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in asdict(row).items()} for row in rows)
    return text.getvalue()


def as_json(rows: Sequence[Row]) -> str:
    """Return a JSON array of objects."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1)


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
