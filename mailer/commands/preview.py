"""`python -m mailer preview`: look at the mail without sending it."""

import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import click

from mailer.commands.arguments import day_of, period_named
from mailer.letters import letter_writer
from mailer.preflight import problems_of
from mailer.press import attachments, heading
from mailer.preview import INDEX, preview_files, show, verdict, write_files
from report.catalogue import FIRST, titles
from report.composition import services_from_environ
from report.editions import Edition, newest_of
from report.errors import NotFound
from report.services import Services


@click.command()
@click.option(
    "--report", type=click.Choice([*titles()]), default=FIRST, show_default=True, help="Which report."
)
@click.option(
    "--date", "day", metavar="YYYY-MM-DD", help="The day to show; the last whole day or month by default."
)
@click.option(
    "--period",
    metavar="PERIOD",
    help="A period instead: a week, 2026-W47, a month, 2026-11, or a day so far, 2026-11-20T0730Z.",
)
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("preview"), show_default=True
)
@click.option("--open", "open_it", is_flag=True, help="Open it in the browser.")
def preview(report: str, day: str | None, period: str | None, folder: Path, open_it: bool) -> None:
    """Write the mail as files to look at, say whether it would be sent, and send nothing.

    index.html shows it wide, narrow, dark, with pictures blocked and as text. The report is built if it does
    not exist yet. The mail is addressed to the first reader of MAIL_TO. Exits with 1 if the preflight finds
    what keeps it from being sent.

    \b
    Examples:
      python -m mailer preview --open
      python -m mailer preview --date 2026-11-20 --folder /tmp/preview
      python -m mailer preview --period 2026-W47
      python -m mailer preview --report rates --period 2026-10
    """
    if day and period:
        raise click.UsageError("--date and --period both name what to show; give one of them")
    services, now = services_from_environ(), datetime.now(UTC)
    zone = services.settings.timezone
    asked = period or (day_of(day, zone, now).isoformat() if day else period_named(None, report, zone, now))
    letter = _letter(services, _edition(services, report, asked, now), now)
    problems = problems_of(letter, services.settings.public_url)
    for path in write_files(preview_files(letter, problems), folder):
        click.echo(path)
    for line in [*problems, verdict(letter, problems)]:
        click.echo(line)
    if open_it and not show(folder / INDEX):
        click.echo(f"There is no browser here: open {(folder / INDEX).resolve()} in one.")
    sys.exit(1 if problems else 0)


def _edition(services: Services, report: str, period: str, now: datetime) -> Edition:
    """The period's newest edition, built only where there is none."""
    try:
        return newest_of(services.storage, report, period)
    except NotFound:
        from report.building import build_edition  # pandas and charts: only where something is to be built

        return build_edition(services, report, period, now).edition


def _letter(services: Services, edition: Edition, now: datetime) -> EmailMessage:
    """The first reader's letter as a mail program gets it."""
    settings = services.settings
    reader = next(iter(settings.mail_to), settings.mail_from)
    files = partial(attachments, services, edition)
    write = letter_writer(services.storage, edition, heading(settings, edition, now), settings, files)
    return write(reader).parsed()
