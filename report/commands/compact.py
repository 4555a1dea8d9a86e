"""`python -m report compact`: what was collected becomes Parquet, and is counted."""

import sys
from datetime import UTC, date, datetime, timedelta

import click

from report.alerts import Alarm
from report.commands.jobs import ALERT, keep_histories, owner_told
from report.compaction import LONGEST_RUN, Done
from report.composition import history_of, lake_of, services_from_environ
from report.history import Settled, Sources
from report.leases import lease
from report.runs import this_run
from report.services import Services
from report.window import last_whole_day


@click.command()
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    metavar="ISO",
    help="Compact the hours and days that were over at this time, UTC. Default: now.",
)
@click.option(
    "--back",
    default=14,
    show_default=True,
    type=click.IntRange(0, 3660),
    help="Days to search for late tweets.",
)
@click.option("--rebuild", is_flag=True, help="Count every day there ever was: after TIMEZONE changed.")
@ALERT
def compact(until: datetime | None, back: int, rebuild: bool, alert: bool) -> None:
    """Compact what was collected, and count it: all that a report reads later.

    A closed UTC hour, then a closed UTC day, becomes one Parquet object; each closed day of TIMEZONE is
    counted, and what is known of each hashtag is carried forward by it. Nothing under raw/ is changed or
    removed, and any run may be repeated, stopped, or made on two machines at once.

    \b
    python -m report compact
    python -m report compact --until 2026-11-20T13:00
    python -m report compact --rebuild
    """
    services, now = services_from_environ(), datetime.now(UTC)
    wanted = min(until.replace(tzinfo=UTC), now) if until else now
    with owner_told(services, Alarm.COMPACT_FAILED, "report compact", now, alert):
        _compact(services, now, wanted, back, rebuild)


def _compact(services: Services, now: datetime, wanted: datetime, back: int, rebuild: bool) -> None:
    lake, done = lake_of(services), Done()
    with lease(services.storage, "compact", this_run(), now, LONGEST_RUN):
        days = lake.days(wanted.date() - timedelta(days=back), wanted)
        with click.progressbar(days, label="compacting", file=sys.stderr) as bar:
            for one in bar:
                lake.compact_day(one, wanted, done)
        settled = _count_days(services, last_whole_day(wanted, services.settings.timezone), back, rebuild)
    click.echo(done.said())
    click.echo(settled.said())
    keep_histories(services, now, rebuild=rebuild)


def _count_days(services: Services, last: date, back: int, rebuild: bool) -> Settled:
    history = history_of(services.storage, services.settings)
    settled, sources = Settled(), Sources(services.storage)
    days = history.days(last, None if rebuild else back)
    with click.progressbar(days, label="counting", file=sys.stderr) as bar:
        for one in bar:
            history.settle_day(one, settled, sources)
    return settled
