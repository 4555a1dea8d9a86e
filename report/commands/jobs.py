"""What the commands that cron starts share: who is told of a failure, and what follows from days counted."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

import click

from report.alerting import failure_told
from report.alerts import Alarm
from report.compaction import LONGEST_RUN
from report.composition import hashtags_of
from report.errors import BuildRunning
from report.leases import lease
from report.runs import this_run
from report.services import Services
from report.words import count_of

ALERT = click.option("--alert", is_flag=True, help="Tell the owner of a failure, as what cron starts should.")
DAY = click.DateTime(["%Y-%m-%d"])


def owner_told(
    services: Services, alarm: Alarm, about: str, now: datetime, alert: bool
) -> AbstractContextManager[None]:
    """Tell the owner of what fails within, if `alert`; raise it anyway."""
    return failure_told(services, alarm, about, now) if alert else nullcontext()


def keep_histories(services: Services, now: datetime, *, rebuild: bool = False) -> None:
    """Bring the hashtags' pages up to the counted days; what another run is at is left to it."""
    try:
        with lease(services.storage, "hashtags", this_run(), now, LONGEST_RUN):
            taken = hashtags_of(services).keep_up(rebuild=rebuild)
    except BuildRunning as error:
        click.echo(f"the hashtags' histories are left to another run: {error}")
        return
    if taken:
        click.echo(f"took {count_of(len(taken), 'day')} into the hashtags' histories, up to {taken[-1]}")
