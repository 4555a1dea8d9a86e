"""Everybody who is to get mail, with where we know them from and whether they still want it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from mailer.reader_table import COLUMNS, cells_of
from report.addresses import reader_key
from report.readers import ONCE_A_MONTH, Reader, parse_rhythm
from report.settings import Settings
from report.storage import Storage
from report.subscribers import mail_to_readers, subscribers
from report.suppressions import ALL, Refusals, covers, refusals_among

LISTED = (*COLUMNS, "from", "mail")
_PART_OF_SECOND = re.compile(r"\.\d+")


def roll(storage: Storage, settings: Settings) -> list[dict[str, str]]:
    """Return a row for each reader, by address: `from` is "record" or "MAIL_TO", `mail` what still goes."""
    known = {reader_key(reader.address): reader for reader in subscribers(storage)}
    everybody = mail_to_readers(settings) | known
    refusals = refusals_among(storage, everybody)
    return [
        {
            **cells_of(reader),
            "from": "record" if key in known else "MAIL_TO",
            "mail": _mailed(reader, refusals.get(key, {})),
        }
        for key, reader in sorted(everybody.items(), key=lambda item: item[1].address)
    ]


def aligned(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield the rows as lines of a table, its header first; times to the second, and what comes otherwise."""
    shown = ({**row, "since": _PART_OF_SECOND.sub("", row["since"]), "rhythm": _comes(row)} for row in rows)
    table = [dict(zip(LISTED, LISTED, strict=True)), *shown]
    widths = {name: max(len(row[name]) for row in table) for name in LISTED}
    for row in table:
        yield "  ".join(row[name].ljust(widths[name]) for name in LISTED).rstrip()


def _comes(row: Mapping[str, str]) -> str:
    """The rhythm as it is written, and beside it which reports come at other times."""
    rhythm = parse_rhythm(row["rhythm"])
    words = {report: rhythm.words_for(report) for report in row["reports"].split()}
    if set(words.values()) == {ONCE_A_MONTH}:
        return ONCE_A_MONTH
    others = ", ".join(f"{report} {said}" for report, said in words.items() if said != rhythm.words)
    return f"{rhythm} ({others})" if others else str(rhythm)


def _mailed(reader: Reader, refusals: Refusals) -> str:
    refused = [name for name in reader.reports if covers(refusals, name)]
    if not refused:
        return "yes"
    if len(refused) < len(reader.reports):
        return f"not {' '.join(refused)}"
    return f"none since {max(no.at for name, no in refusals.items() if name in (ALL, *refused)):%Y-%m-%d}"
