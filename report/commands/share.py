"""`python -m report share`: a link that opens one report without the password of the pages."""

from datetime import UTC, datetime, timedelta

import click

from report.catalogue import FIRST, find
from report.commands.storage.options import Lifetime
from report.composition import services_from_environ
from report.editions import newest_of
from report.errors import SettingsError
from report.links import EDITIONS, LONGEST, LinkSigner
from report.periods import period_of
from report.terminal import shown_time
from report.web_paths import period_path


@click.command()
@click.argument("period")
@click.option("--report", "name", default=FIRST, show_default=True, help="Which report.")
@click.option("--expires", type=Lifetime(), default="24h", show_default=True, help="Such as 30m, 24h or 7d.")
def share(period: str, name: str, expires: timedelta) -> None:
    """Print a link to one report, for who has not the password of the pages (PAGE_PASSWORD).

    It opens the newest edition of PERIOD with its charts and files, and nothing else, until it is over; seven
    days are the most. It is signed with SECRET_KEY: who changes that ends all links. A later edition of the
    same period is not opened.

    \b
    python -m report share 2026-11-20
    python -m report share 2026-W47 --expires 7d
    """
    services = services_from_environ()
    settings = services.settings
    if not settings.secret_key:
        raise SettingsError("no link can be signed: set SECRET_KEY")
    if not timedelta(0) < expires <= LONGEST:
        raise click.BadParameter("a link opens for seven days at most", param_hint="--expires")
    period_id = period_of(period, settings.timezone).id
    edition = newest_of(services.storage, find(name).name, period_id)
    path = f"{period_path(name, period_id)}r{edition.revision}/"
    until = datetime.now(UTC) + expires
    query = LinkSigner(settings.secret_key, EDITIONS).query(path, until)
    click.echo(f"{settings.public_url}{path}?{query}")
    zone = settings.timezone
    click.echo(f"opens until {shown_time(until, zone)} ({zone.key})", err=True)
    if not settings.page_password:
        click.echo("anybody can open it, and every other page: PAGE_PASSWORD is not set", err=True)
