"""`python -m mailer doctor`: what is right, what is wrong, and what to do."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from mailer.doctor.examination import Surroundings, examine
from mailer.doctor.verdicts import Verdict, is_healthy
from report.composition import cron_of_host, domain_records, services_from_environ, signer_of, topics_of
from report.settings import Settings
from report.topics import Subscription


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--dns",
    "server",
    metavar="ADDRESS[:PORT]",
    default="",
    help="Ask this name server, by its IP address, instead of the system's.",
)
def doctor(form: str, server: str) -> None:
    """Say what is right and what is wrong with the mailer and all it needs, and what to do.

    Logs in to the mail server without sending, writes and removes an object in storage, asks DNS about the
    sender's domain, and looks at cron, the last reports and the last mails. Each line is ok, warning, wrong,
    or skipped where it could not be looked at. Exits with 1 if anything is wrong. Secrets are never shown.

    What a trial can do without, such as cron or an owner, is a warning while mail is written into a folder,
    and wrong once it leaves. No cron here is a warning too where another host ran the mailer lately.

    \b
    Examples:
      python -m mailer doctor
      python -m mailer doctor --format json
      python -m mailer doctor --dns 1.1.1.1
    """
    services = services_from_environ()
    settings = services.settings
    signer = signer_of(settings)
    around = Surroundings(
        cron=cron_of_host(),
        folder=Path.cwd(),
        records=domain_records(server),
        problem_of=signer.problem_of if signer else None,
        subscriptions=partial(_subscriptions, settings) if settings.alert_topic else None,
    )
    verdicts = []
    for verdict in examine(services, around, lambda: datetime.now(UTC)):
        verdicts.append(verdict)
        if form == "table":
            click.echo(str(verdict))
    if form == "json":
        click.echo(_json(verdicts))
    sys.exit(0 if is_healthy(verdicts) else 1)


def _subscriptions(settings: Settings) -> list[Subscription]:
    return topics_of(settings).subscriptions(settings.alert_topic)


def _json(verdicts: list[Verdict]) -> str:
    return json.dumps([asdict(verdict) for verdict in verdicts], ensure_ascii=False, indent=1)
