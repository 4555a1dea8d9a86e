"""`python -m mailer forget`: let a mail be sent once more."""

from datetime import UTC, datetime

import click

from mailer.commands.arguments import REPORT, day_of
from mailer.ledger import forget as forget_entry
from mailer.sending import Occasion
from report.composition import services_from_environ


@click.command()
@click.option(
    "--date", "day", metavar="YYYY-MM-DD", help="The day of the report; the last whole day by default."
)
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
def forget(day: str | None, addresses: tuple[str, ...]) -> None:
    """Let a report be sent to a reader once more, after you made sure that it did not arrive.

    For a mail whose fate is unknown, or that was refused for a reason that is gone.

    \b
    Examples:
      python -m mailer forget boss@example.com && python -m mailer send --to boss@example.com
      python -m mailer forget --date 2026-11-20 boss@example.com
    """
    services = services_from_environ()
    occasion = Occasion(REPORT, day_of(day, services.settings.timezone, datetime.now(UTC)).isoformat())
    for address in addresses:
        known = forget_entry(services.storage, occasion.entry_key(address))
        click.echo(f"{occasion} to {address}: {'forgotten' if known else 'there is no ledger entry'}")
