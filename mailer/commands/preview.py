"""`python -m mailer preview`: look at the mail without sending it."""

from datetime import UTC, datetime
from pathlib import Path

import click

from mailer.commands.arguments import REPORT, day_of
from mailer.letters import mail_of
from mailer.press import heading, standing
from mailer.preview import write_preview
from report.composition import services_from_environ


@click.command()
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
    settings, now = services.settings, datetime.now(UTC)
    edition = standing(services, REPORT, day_of(day, settings.timezone, now))
    mail = mail_of(services.storage, edition, heading(settings, now), settings.mail_to[0])
    for path in write_preview(mail, folder):
        click.echo(path)
