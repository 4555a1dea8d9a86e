"""`python -m mailer`: send the morning mail, look at it beforehand, or have one sent anew."""

import logging
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import click

from mailer.ledger import forget
from mailer.letters import Heading, edition_of, letter_writer, mail_of
from mailer.preview import write_preview
from mailer.schedule import Due, NotYet, due, on_request
from mailer.sending import (
    PROBLEMS,
    Fate,
    Intent,
    Occasion,
    Outcome,
    Post,
    carry_out,
    plan,
    summary,
    too_late,
)
from report.commands import Door
from report.composition import services_from_environ
from report.editions import Edition
from report.errors import BuildRunning
from report.runs import is_over, this_run
from report.services import Services
from report.window import last_whole_day

REPORT = "trends"
_QUIET = frozenset({Fate.ACCEPTED, Fate.ALREADY_SENT, Fate.TOO_LATE})

log = logging.getLogger("mailer")


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Mail the report of the last whole day, once to each reader.

    Settings (MAIL_AT, MAIL_TO, SMTP_URL, TIMEZONE, …) come from the environment and from .env in the
    current folder.
    """
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    log.setLevel(logging.INFO)


@cli.command()
@click.option(
    "--at",
    metavar="ISO-TIME",
    help="Do what is due at this time instead of now; in TIMEZONE if it names none.",
)
@click.option(
    "--to", multiple=True, metavar="ADDRESS", help="Send to this reader, whatever the clock says; repeatable."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done; send nothing, write nothing.")
def send(at: str | None, to: tuple[str, ...], dry_run: bool) -> None:
    """Send what is due to who has not had it.

    From MAIL_AT on, by the wall clock of TIMEZONE, the last whole day is due. More than four hours later
    the report is still published but no longer mailed. Running it again sends nothing twice: the ledger in
    storage knows each reader's mail. Exits with 1 if a mail was refused, deferred or is of unknown fate.

    \b
    Examples:
      python -m mailer send
      python -m mailer send --dry-run --at 2026-11-21T05:00
      python -m mailer send --to boss@example.com --to "Ann <ann@example.com>"
    """
    services = services_from_environ()
    settings = services.settings
    now = _moment(at, services)
    asked = on_request(now, settings.timezone) if to else due(now, settings.timezone, settings.mail_at)
    if isinstance(asked, NotYet):
        click.echo(str(asked))
    elif dry_run:
        sys.exit(_show(asked, _intents(services, asked, to or settings.mail_to, now)))
    else:
        sys.exit(_send(services, asked, to or settings.mail_to, now))


def _show(asked: Due, intents: list[Intent]) -> int:
    """Tell what would be done; return the exit status the real run would begin with."""
    for intent in intents:
        what = "would send" if intent.fate is None else f"{intent.fate}, nothing to do:"
        why = f" ({intent.why})" if intent.why else ""
        click.echo(f"{what} {Occasion(REPORT, asked.day)} to {intent.reader}{why}")
    return 1 if PROBLEMS & {intent.fate for intent in intents} else 0


def _send(services: Services, asked: Due, readers: Iterable[str], now: datetime) -> int:
    """Publish, then mail; return the exit status."""
    intents = _intents(services, asked, readers, now)
    fresh = any(intent.fate is None for intent in intents)  # who waits gets all that was collected
    try:
        edition = _build(services, asked.day) if fresh else _edition(services, asked.day)
    except BuildRunning as error:
        log.warning("%s; the next run mails it", error)
        return 0
    fates: list[Fate] = []
    try:
        for outcome in _outcomes(services, edition, intents, now):
            fates.append(outcome.fate)
            if outcome.fate not in _QUIET:
                log.warning("%s: %s: %s", outcome.reader, outcome.fate, outcome.why)
    finally:
        log.info("%s: %s", Occasion(REPORT, asked.day), summary(fates))
    if Fate.TOO_LATE in fates:
        log.warning("%s", _lateness(asked))
    return 1 if PROBLEMS & set(fates) else 0


def _intents(services: Services, asked: Due, readers: Iterable[str], now: datetime) -> list[Intent]:
    intents = plan(services.storage, Occasion(REPORT, asked.day), readers, now, is_over)
    return too_late(intents) if asked.late else intents


def _outcomes(
    services: Services, edition: Edition, intents: list[Intent], now: datetime
) -> Iterable[Outcome]:
    letter = letter_writer(services.storage, edition, _heading(services, now))
    post = Post(services.storage, services.sender(), this_run(), now)
    return carry_out(intents, letter, edition.revision, post)


def _lateness(asked: Due) -> str:
    return (
        f"the mail was due at {asked.due_at:%H:%M} {asked.due_at.tzinfo}, more than four hours ago: "
        "the report is published, not mailed; send it by hand with --to"
    )


@cli.command()
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The day to show; the last whole day by default.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("preview"), show_default=True
)
def preview(day: str | None, folder: Path) -> None:
    """Write the mail as mail.html, mail.txt, mail.eml and its pictures, and send nothing.

    The report is built if it does not exist yet. The mail is addressed to the first reader of MAIL_TO.

    \b
    Examples:
      python -m mailer preview
      python -m mailer preview --date 2026-11-20 --folder /tmp/preview
    """
    services = services_from_environ()
    now = datetime.now(UTC)
    edition = _edition(services, _day(day, services, now))
    mail = mail_of(services.storage, edition, _heading(services, now), services.settings.mail_to[0])
    for path in write_preview(mail, folder):
        click.echo(path)


@cli.command("forget")
@click.option(
    "--date", "day", metavar="YYYY-MM-DD", help="The day of the report; the last whole day by default."
)
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
def forget_command(day: str | None, addresses: tuple[str, ...]) -> None:
    """Let a report be sent to a reader once more, after you made sure that it did not arrive.

    For a mail whose fate is unknown, or that was refused for a reason that is gone.

    \b
    Examples:
      python -m mailer forget boss@example.com && python -m mailer send --to boss@example.com
      python -m mailer forget --date 2026-11-20 boss@example.com
    """
    services = services_from_environ()
    occasion = Occasion(REPORT, _day(day, services, datetime.now(UTC)))
    for address in addresses:
        known = forget(services.storage, occasion.entry_key(address))
        click.echo(f"{occasion} to {address}: {'forgotten' if known else 'there is no ledger entry'}")


def _edition(services: Services, day: date) -> Edition:
    return edition_of(services.storage, REPORT, day, lambda: _build(services, day))


def _build(services: Services, day: date) -> Edition:
    """Build what stands too, where data came in; by the real clock: --at only says what is due."""
    from report.building import build_edition  # pandas and charts: only where something is to be built

    return build_edition(services, REPORT, day, datetime.now(UTC)).edition


def _heading(services: Services, now: datetime) -> Heading:
    settings = services.settings
    return Heading(settings.mail_from, settings.mail_subject, now.astimezone(settings.timezone))


def _moment(text: str | None, services: Services) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no time; write 2026-11-21T05:00+01:00", param_hint="--at"
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=services.settings.timezone)).astimezone(UTC)


def _day(text: str | None, services: Services, now: datetime) -> date:
    last = last_whole_day(now, services.settings.timezone)
    try:
        day = date.fromisoformat(text) if text else last
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day; write 2026-11-20", param_hint="--date") from error
    if day > last:
        zone = services.settings.timezone
        raise click.BadParameter(
            f"{day} is not over in {zone}; the last whole day is {last}", param_hint="--date"
        )
    return day


if __name__ == "__main__":
    cli(prog_name="python -m mailer")
