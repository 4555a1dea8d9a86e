"""`python -m mailer ledger`: what became of each mail, and what a person found out about it."""

import os
import pwd
import sys
from datetime import UTC, datetime

import click

from mailer.commands.arguments import REPORT
from mailer.ledger import Entry, Occasion, State, look_up
from mailer.ledger_rows import Row, as_csv, as_json, as_table, counts_of, rows_of
from mailer.settling import Settled, Witness, Word, settle
from report.addresses import reader_key
from report.composition import services_from_environ
from report.places import ledger_periods
from report.runs import is_over, this_run
from report.services import Services
from report.subscribers import mail_to_readers, subscribers

_HASH_SIGNS = 32


@click.command()
@click.option("--report", default=REPORT, show_default=True, metavar="NAME", help="The report.")
@click.option(
    "--edition",
    "period",
    metavar="PERIOD",
    help="The period: 2026-11-20, 2026-W47 or 2026-11-20T0730Z; by default the last that was mailed.",
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
    closes it, `--resolve again` lets the next run send it. Exits with 1 where a word could not be kept.

    \b
    Examples:
      python -m mailer ledger
      python -m mailer ledger --edition 2026-11-20 --state unknown --state refused
      python -m mailer ledger --resolve again boss@example.com
      python -m mailer ledger --format csv > ledger.csv
    """
    services = services_from_environ()
    occasion = Occasion(report, period or _newest(services, report), correction or 0)
    now = datetime.now(UTC)
    if word and readers:
        sys.exit(_resolve(services, occasion, readers, Word(word), now))
    if word:
        raise click.UsageError("--resolve needs the READERs it is about")
    rows = [row for row in _rows(services, occasion, now) if _is_asked_for(row, states, readers)]
    if form == "table":
        click.echo(f"{report} {occasion.period}: {counts_of(rows) or 'no entries'}")
    if rows:
        click.echo({"table": _table, "csv": as_csv, "json": as_json}[form](rows))


def _table(rows: list[Row]) -> str:
    return "\n".join(as_table(rows))


def _newest(services: Services, report: str) -> str:
    """The last day, or minute of one, that somebody was mailed; a week only where there is nothing else."""
    periods = services.storage.list_folders(ledger_periods(report))
    if not periods:
        raise click.ClickException(f"no mail of {report} stands in the ledger")
    return max(periods, key=lambda name: ("-W" not in name, name))


def _rows(services: Services, occasion: Occasion, now: datetime) -> list[Row]:
    settings = services.settings
    known = [*mail_to_readers(settings).values(), *subscribers(services.storage)]
    addresses = {reader_key(reader.address): reader.address for reader in known}

    def state_of(entry: Entry) -> State:
        return entry.state_at(now, is_over)

    return rows_of(look_up(services.storage, occasion), addresses, settings.timezone, state_of)


def _is_asked_for(row: Row, states: tuple[str, ...], readers: tuple[str, ...]) -> bool:
    wanted = {_hash_of(reader) for reader in readers}
    return (not states or row.state in states) and (not wanted or _hash_of(row.reader) in wanted)


def _resolve(
    services: Services, occasion: Occasion, readers: tuple[str, ...], word: Word, now: datetime
) -> int:
    witness = Witness(f"{pwd.getpwuid(os.getuid()).pw_name} on {this_run().host}", now)
    said: list[Settled] = []
    for reader in readers:
        said.append(settle(services.storage, occasion, _hash_of(reader), word, witness, is_over))
        click.echo(f"{occasion} to {reader}: {said[-1].says}")
    return 0 if all(one.is_kept for one in said) else 1


def _hash_of(reader: str) -> str:
    """The hash of an address, or the hash itself."""
    is_hash = len(reader) == _HASH_SIGNS and set(reader) <= set("0123456789abcdef")
    return reader if is_hash else reader_key(reader)
