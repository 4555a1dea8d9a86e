"""`python -m mailer send`: mail what is due to who has not had it."""

import logging
import sys
from collections.abc import Iterable
from datetime import datetime
from functools import partial

import click

from mailer.commands.arguments import REPORT, moment_of
from mailer.letters import letter_writer
from mailer.pacing import Stop, clock_from, stoppable
from mailer.press import attachments, built, heading, standing
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
from report.composition import services_from_environ
from report.editions import Edition
from report.errors import BuildRunning
from report.runs import is_over, this_run
from report.services import Services

_QUIET = frozenset({Fate.ACCEPTED, Fate.ALREADY_SENT, Fate.TOO_LATE})

log = logging.getLogger("mailer")


@click.command()
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
    now = moment_of(at, settings.timezone)
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
        click.echo(f"{what} {_occasion(asked)} to {intent.reader}{why}")
    return 1 if PROBLEMS & {intent.fate for intent in intents} else 0


def _send(services: Services, asked: Due, readers: Iterable[str], now: datetime) -> int:
    """Publish, then mail; return the exit status."""
    intents = _intents(services, asked, readers, now)
    fresh = any(intent.fate is None for intent in intents)  # who waits gets all that was collected
    try:
        edition = (built if fresh else standing)(services, REPORT, asked.day)
    except BuildRunning as error:
        log.warning("%s; the next run mails it", error)
        return 0
    fates: list[Fate] = []
    with stoppable() as stop:
        try:
            for outcome in _outcomes(services, edition, intents, now, stop):
                fates.append(outcome.fate)
                if outcome.fate not in _QUIET:
                    log.warning("%s: %s: %s", outcome.reader, outcome.fate, outcome.why)
        finally:
            log.info("%s: %s", _occasion(asked), summary(fates))
    if Fate.TOO_LATE in fates:
        log.warning("%s", _lateness(asked))
    if stop.is_asked():
        log.warning("stopped by signal %d: who is left is mailed by the next run", stop.signal)
        return stop.status
    return 1 if PROBLEMS & set(fates) else 0


def _occasion(asked: Due) -> Occasion:
    return Occasion(REPORT, asked.day.isoformat())


def _intents(services: Services, asked: Due, readers: Iterable[str], now: datetime) -> list[Intent]:
    intents = plan(services.storage, _occasion(asked), readers, now, is_over)
    return too_late(intents) if asked.late else intents


def _outcomes(
    services: Services, edition: Edition, intents: list[Intent], now: datetime, stop: Stop
) -> Iterable[Outcome]:
    settings = services.settings
    files = partial(attachments, services, edition)
    letter = letter_writer(services.storage, edition, heading(settings, now), settings, files)
    post = Post(
        services.storage,
        services.sender(),
        this_run(),
        clock_from(now),
        stop.wait,
        stop.is_asked,
        settings.mail_per_second,
    )
    return carry_out(intents, letter, edition.revision, post)


def _lateness(asked: Due) -> str:
    return (
        f"the mail was due at {asked.due_at:%H:%M} {asked.due_at.tzinfo}, more than four hours ago: "
        "the report is published, not mailed; send it by hand with --to"
    )
