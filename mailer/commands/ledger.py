"""`python -m mailer ledger`: what became of each mail, and what a person found out about it."""

import os
import pwd
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click

from mailer.heartbeats import last_beat, moves_before
from mailer.ledger import Entry, Occasion, State, look_up
from mailer.ledger_rows import Row, as_csv, as_json, as_table, counts_of, rows_of
from mailer.settling import Settled, Witness, Word, hash_of, settle, what_sends
from report.addresses import reader_key
from report.catalogue import FIRST, titles
from report.composition import services_from_environ
from report.errors import NotFound
from report.places import ledger_entry, ledger_periods
from report.runs import is_over, this_run
from report.services import Services
from report.subscribers import mail_to_readers, readers_of, subscribers

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAMED = 5  # periods, in a line that says there are more
_HASHED = (
    "a hash stands for an address that is no reader's, or no reader's any more: the ledger keeps no "
    "addresses; `python -m mailer ledger ADDRESS` finds what was sent there"
)
_LATELY = 200  # periods looked through for a reader's last: a week of hourly mail


@click.command()
@click.option("--report", default=FIRST, show_default=True, metavar="NAME", help="The report.")
@click.option(
    "--edition",
    "period",
    metavar="PERIOD",
    help="The period: 2026-11-20, 2026-W47, 2026-11 or 2026-11-20T0730Z; by default the last day or month "
    "that was mailed, and to --resolve the last the reader was mailed.",
)
@click.option("--correction", type=click.IntRange(1), help="Settle this correction's mail, not the first.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in State]),
    help="Only these; repeatable.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
@click.option(
    "--resolve",
    "word",
    type=click.Choice([word.value for word in Word]),
    help="Say what you found out of the mail to READER.",
)
@click.argument("readers", nargs=-1, metavar="[READER]...")
def ledger(
    report: str,
    period: str | None,
    correction: int | None,
    states: tuple[str, ...],
    form: str,
    word: str | None,
    readers: tuple[str, ...],
) -> None:
    """Show what became of each mail, and settle what only a person can know.

    A READER is an address, or the hash that stands for one nobody here knows. A mail of unknown fate may have
    arrived and is never repeated by itself, nor is one that was refused. Ask the reader: `--resolve arrived`
    closes it, `--resolve again` lets the next run send it; after MAIL_LATE_HOURS no run does, and the command
    that does is printed. Exits with 1 where a word could not be kept.

    \b
    Examples:
      python -m mailer ledger
      python -m mailer ledger --edition 2026-11-20 --state unknown --state refused
      python -m mailer ledger --resolve again boss@example.com
      python -m mailer ledger --format csv > ledger.csv
    """
    services = services_from_environ()
    mailed = _newest_first(services, report)
    if not mailed:
        click.echo(f"no mail of {report} stands in the ledger yet: nobody was sent any", err=True)
        sys.exit(1 if word else 0)
    now = datetime.now(UTC)
    if word and readers:
        of_whom = {reader: period or _last_of(services, report, mailed, reader) for reader in readers}
        occasions = {reader: Occasion(report, of_whom[reader], correction or 0) for reader in readers}
        sys.exit(_resolve(services, occasions, Word(word), now))
    if word:
        raise click.UsageError("--resolve needs the READERs it is about")
    occasion = Occasion(report, period or _last_day(mailed), correction or 0)
    rows = [row for row in _rows(services, occasion, readers, now) if _is_asked_for(row, states, readers)]
    if form == "table":
        click.echo(f"{report} {occasion.period}: {counts_of(rows) or 'no entries'}")
    if rows:
        click.echo({"table": _table, "csv": as_csv, "json": as_json}[form](rows))
    if form == "table" and any("@" not in row.reader for row in rows):
        click.echo(_HASHED, err=True)
    if form == "table" and not period and (since := mailed[: mailed.index(occasion.period)]):
        more = ", …" if len(since) > _NAMED else ""
        click.echo(f"mailed since then: {', '.join(since[:_NAMED])}{more}; --edition shows one", err=True)


def _table(rows: list[Row]) -> str:
    return "\n".join(as_table(rows))


def _newest_first(services: Services, report: str) -> list[str]:
    """The periods somebody was mailed; weeks after all others."""
    periods = services.storage.list_folders(ledger_periods(report))
    if not periods and report not in titles():
        raise click.ClickException(f"no mail of {report} stands in the ledger, and there is no such report")
    return sorted(periods, key=lambda name: ("-W" not in name, name), reverse=True)


def _last_day(mailed: Sequence[str]) -> str:
    """The last whole day, which everybody waits for; what is hourly would push it out of sight."""
    return next((name for name in mailed if _DAY.fullmatch(name)), mailed[0])


def _last_of(services: Services, report: str, mailed: Sequence[str], reader: str) -> str:
    """The last period the reader was mailed, among those of late; else the last day."""
    for name in mailed[:_LATELY]:
        try:
            services.storage.head(ledger_entry(report, name, hash_of(reader)))
        except NotFound:
            continue
        return name
    return _last_day(mailed)


def _rows(services: Services, occasion: Occasion, asked: Sequence[str], now: datetime) -> list[Row]:
    """A row for each mail; its address is known of readers, and of who was asked for by it."""
    settings = services.settings
    known = [*mail_to_readers(settings).values(), *subscribers(services.storage)]
    addresses = {reader_key(reader): reader for reader in asked if "@" in reader}
    addresses |= {reader_key(reader.address): reader.address for reader in known}

    def state_of(entry: Entry) -> State:
        return entry.state_at(now, is_over)

    return rows_of(look_up(services.storage, occasion), addresses, settings.timezone, state_of)


def _is_asked_for(row: Row, states: tuple[str, ...], readers: tuple[str, ...]) -> bool:
    wanted = {hash_of(reader) for reader in readers}
    return (not states or row.state in states) and (not wanted or hash_of(row.reader) in wanted)


def _resolve(services: Services, occasions: Mapping[str, Occasion], word: Word, now: datetime) -> int:
    witness = Witness(f"{pwd.getpwuid(os.getuid()).pw_name} on {this_run().host}", now)
    storage, settings, said = services.storage, services.settings, list[Settled]()
    readers = readers_of(storage, settings, moves=moves_before(last_beat(storage), settings))
    for reader, occasion in occasions.items():
        sends = what_sends(settings, readers, occasion, reader, now)
        said.append(settle(storage, occasion, hash_of(reader), word, witness, is_over, sends))
        click.echo(f"{occasion} to {reader}: {said[-1].says}")
    return 0 if all(one.is_kept for one in said) else 1
