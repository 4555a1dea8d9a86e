"""`python -m mailer`: send the morning mail, look at it beforehand, see what became of it."""

import logging

import click

from mailer.commands.alerts import alerts
from mailer.commands.confirm import confirm
from mailer.commands.doctor import doctor
from mailer.commands.ledger import ledger
from mailer.commands.plan import plan
from mailer.commands.preview import preview
from mailer.commands.readers import readers
from mailer.commands.send import send
from report.commands import Door


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Mail reports to their readers, each once, by the reader's own clock.

    Settings (MAIL_AT, MAIL_TO, SMTP_URL, TIMEZONE, …) come from the environment and from .env in the
    current folder.
    """
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("mailer").setLevel(logging.INFO)


cli.add_command(alerts)
cli.add_command(confirm)
cli.add_command(doctor)
cli.add_command(ledger)
cli.add_command(plan)
cli.add_command(preview)
cli.add_command(readers)
cli.add_command(send)

if __name__ == "__main__":
    cli(prog_name="python -m mailer")
