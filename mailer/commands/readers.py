"""`python -m mailer readers`: who gets mail, and who does not any more."""

import json
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote

import click

from mailer.reader_roll import LISTED, aligned, roll
from mailer.reader_table import BadLine, as_csv, cells_of, parse_reports, read_table, write_table
from mailer.week_notes import week_notes
from report.addresses import mailbox, reader_key
from report.catalogue import FIRST
from report.composition import services_from_environ
from report.errors import MailError
from report.readers import Every, Reader, Rhythm, parse_rhythm, parse_zone
from report.settings import Settings
from report.storage import Storage
from report.subscribers import forget, is_unreadable, mail_to_readers, subscribers
from report.subscribing import Enrolled, enrol, refuse_to_enrol
from report.suppressions import refusals_among


@click.group()
def readers() -> None:
    """List, add and remove readers, and exchange them with a spreadsheet.

    \b
    Examples:
      python -m mailer readers list
      python -m mailer readers add ann@example.com --rhythm "weekly mon 07:30" --zone Asia/Kolkata
      python -m mailer readers import readers.csv
    """


@readers.command("list")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def list_command(form: str) -> None:
    """Show who is to get what and when, those of MAIL_TO among them, and who asked for no more.

    \b
    Examples:
      python -m mailer readers list
      python -m mailer readers list --format json
    """
    services = services_from_environ()
    rows = roll(services.storage, services.settings)
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        click.echo(as_csv(rows, LISTED) if form == "csv" else "\n".join(aligned(rows)) + "\n", nl=False)


@readers.command()
@click.argument("address")
@click.option("--report", "reports", multiple=True, help="A report; repeatable. All there are by default.")
@click.option(
    "--rhythm", metavar="RHYTHM", help="hourly, daily 05:00 or weekly mon 05:00; daily at MAIL_AT by default."
)
@click.option(
    "--zone", metavar="ZONE", help="Whose clock that is, such as Asia/Kolkata; TIMEZONE by default."
)
def add(address: str, reports: tuple[str, ...], rhythm: str | None, zone: str | None) -> None:
    """Add a reader, or change one who is there; no mail asks whether they want it, so make sure they do.

    Who asked for no more mail is not added: they may subscribe again themselves.

    \b
    Examples:
      python -m mailer readers add ann@example.com
      python -m mailer readers add ann@example.com --rhythm "weekly mon 07:30" --zone Asia/Kolkata
    """
    services = services_from_environ()
    default = _default(services.settings)
    try:
        reader = Reader(
            mailbox(address).addr_spec,
            parse_reports(" ".join(reports)) or default.reports,
            parse_rhythm(rhythm) if rhythm else default.rhythm,
            parse_zone(zone) if zone else default.zone,
        )
    except (ValueError, MailError) as error:
        raise click.UsageError(str(error)) from error
    if is_unreadable(services.storage, reader_key(reader.address)):
        click.echo(f"{reader.address} has a record that cannot be read: it is replaced", err=True)
    outcome = enrol(services.storage, reader, datetime.now(UTC))
    click.echo(f"{reader.address} {outcome.value}: {reader.titles}, {reader.when}")
    for note in week_notes([reader], services.settings.timezone, datetime.now(UTC)):
        click.echo(note)


@readers.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
def remove(addresses: tuple[str, ...]) -> None:
    """Remove readers, address and all; they may be added or subscribe again.

    \b
    Example:
      python -m mailer readers remove ann@example.com
    """
    services = services_from_environ()
    known = {reader_key(reader.address) for reader in subscribers(services.storage)}
    by_settings = mail_to_readers(services.settings)
    for address in addresses:
        key = reader_key(address)
        forget(services.storage, key)
        still = "; MAIL_TO still mails it: take it out there too" if key in by_settings else ""
        click.echo(f"{address} {'removed' if key in known else 'has no record to remove'}{still}")


@readers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def import_command(file: Path, dry_run: bool) -> None:
    """Add or change the readers of a CSV file; what is wrong is named by line, and the rest is taken.

    The first line names the columns, in any order: address, and if you like reports, rhythm, zone, since.
    Commas, semicolons or tabs stand between. Importing again changes nothing. Exits with 1 if a line was
    not taken.

    \b
    Examples:
      python -m mailer readers import readers.csv --dry-run
      python -m mailer readers import readers.csv
    """
    services = services_from_environ()
    good, bad = _sorted(_text(file), services.settings)
    counts = {outcome: 0 for outcome in Enrolled}
    known = {reader_key(reader.address): reader for reader in subscribers(services.storage)}
    refusals = refusals_among(services.storage, [reader_key(reader.address) for _, reader in good])
    for number, reader in good:
        key = reader_key(reader.address)
        try:
            refuse_to_enrol(reader, refusals.get(key, {}))
            counts[_taken(services.storage, reader, known.get(key), dry_run)] += 1
        except MailError as error:
            bad.append(BadLine(number, str(error)))
    for line in sorted(bad, key=lambda line: line.number):
        click.echo(f"{file}, {line}", err=True)
    done = ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items())
    click.echo(f"{'would be: ' if dry_run else ''}{done}, {len(bad)} not taken")
    sys.exit(1 if bad else 0)


@readers.command()
def export() -> None:
    """Write the readers who have a record as CSV that `readers import` understands.

    \b
    Example:
      python -m mailer readers export > readers.csv
    """
    click.echo(write_table(subscribers(services_from_environ().storage)), nl=False)


def _default(settings: Settings) -> Reader:
    return Reader("", (FIRST,), Rhythm(Every.DAY, settings.mail_at), settings.timezone)


def _text(file: Path) -> str:
    body = file.read_bytes()
    is_utf_16 = body.startswith((BOM_UTF16_LE, BOM_UTF16_BE))  # as spreadsheets save "Unicode text"
    try:
        return body.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise MailError(
            f"{file}, line {line} is not UTF-8, so nothing is taken: save the file as CSV UTF-8, or type "
            f"`iconv -f WINDOWS-1252 -t UTF-8 {quote(str(file))} > utf8.csv` and import that"
        ) from error


def _sorted(text: str, settings: Settings) -> tuple[list[tuple[int, Reader]], list[BadLine]]:
    good, bad = [], []
    for line in read_table(text, _default(settings)):
        if isinstance(line, BadLine):
            bad.append(line)
        else:
            good.append((line.number, line.reader))
    return good, bad


def _taken(storage: Storage, reader: Reader, known: Reader | None, dry_run: bool) -> Enrolled:
    """Take a reader in, unless nothing is new; a thousand who are there already cost no request each."""
    if known and cells_of(known) | {"since": ""} == cells_of(reader) | {"since": ""}:
        return Enrolled.UNCHANGED
    if dry_run:
        return Enrolled.CHANGED if known else Enrolled.ADDED
    return enrol(storage, reader, datetime.now(UTC))
