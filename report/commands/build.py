"""`python -m report build`: editions of days, weeks, months, and of a day so far."""

import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import click

from report.alerting import tell
from report.alerts import Alarm
from report.catalogue import FIRST, Recipe, find
from report.commands.figures import timed
from report.commands.jobs import ALERT, DAY, keep_histories, owner_told
from report.composition import services_from_environ
from report.errors import BuildError, BuildRunning, NotBegun
from report.periods import day_period, month_period, newest_over, offered
from report.report_places import shown
from report.services import Services
from report.terminal import printable
from report.values import Span
from report.window import last_whole_day

if TYPE_CHECKING:  # pandas and charts: only where something is to be built
    from report.building import Built
    from report.handing_over import Handed

_Made = TypeVar("_Made")
_POLL_SECONDS = 1.0


@click.command()
@click.option("--report", "name", default=FIRST, show_default=True, help="Which report.")
@click.option(
    "--date", "day", type=DAY, metavar="YYYY-MM-DD", help="The day to build. Default: the last whole day."
)
@click.option("--days", type=click.IntRange(1, 3660), help="The last so many whole days, oldest first.")
@click.option(
    "--today", is_flag=True, help="The day that is open, as far as it has come: a draft, for /today."
)
@click.option("--period", metavar="ID", help="A day, a week or a day so far, by its id; see below.")
@click.option("--force", is_flag=True, help="Render anew even where no data has changed.")
@click.option("--wait", default=300, show_default=True, metavar="SECONDS", help="Wait for a build elsewhere.")
@ALERT
def build(
    name: str,
    day: datetime | None,
    days: int | None,
    today: bool,
    period: str | None,
    force: bool,
    wait: int,
    alert: bool,
) -> None:
    """Build editions: page, mail, text, pictures, files.

    What stands already is left alone unless data came in for it; then it gets a new revision, which says
    what changed. Days, weeks and months are those of TIMEZONE, a week from Monday to Sunday. A report of
    months is built of each month that ended within the days that are asked for. A day so far is frozen
    as it was at a minute, in UTC: what is seen later is not in it.

    \b
    python -m report build                               the last whole day
    python -m report build --date 2026-11-20             that day
    python -m report build --days 14                     fourteen days
    python -m report build --today                       today so far
    python -m report build --period 2026-W47             a week
    python -m report build --report requests --date 2026-10-01   the month of that day
    python -m report build --period 2026-11-20T0730Z     a day so far, as the hourly mail has it
    """
    if sum(map(bool, (day, days, today, period))) > 1:
        raise click.UsageError("--date, --days, --today and --period exclude each other")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a stopped build gives its lease back
    services, now = services_from_environ(), datetime.now(UTC)
    if today:
        _build_today(services, name, wait)
        return
    problems: list[str] = []
    for wanted in [period] if period else _periods(services, find(name), (day, days), now):
        try:
            telling = owner_told(services, Alarm.BUILD_FAILED, f"{name} {wanted}", now, alert)
            with telling, timed(services, now) as found:
                built = _build_period(services, name, wanted, force, wait)
                found.is_made = built.fresh
            problems += _not_handed(services, built.handed, f"{name} {wanted}", now, alert)
        except NotBegun as error:
            if days is None:
                raise NotBegun(f"{error}; {_made_from(services, name)}") from error
            click.echo(f"left out: {error}")
    keep_histories(services, now)
    if problems:
        raise BuildError("; ".join(problems))


def _made_from(services: Services, name: str) -> str:
    """What a report is made from, and where storage is: a typing error there shows an empty one."""
    storage = shown(services.settings.storage_url, "")
    return f"this report is made from {find(name).needs}; STORAGE_URL names {printable(storage)}"


def _periods(
    services: Services, recipe: Recipe, asked: tuple[datetime | None, int | None], now: datetime
) -> list[str]:
    """The periods of the day that is named, of the last so many days, or the newest one that is over."""
    zone, (day, days) = services.settings.timezone, asked
    last = last_whole_day(now, zone)
    if day:
        return [(day_period if Span.DAY in recipe.spans else month_period)(day.date(), zone).id]
    if days is None:
        return [newest_over(recipe.spans, last, zone).id]
    past = (day_period(last - timedelta(days=back), zone) for back in reversed(range(days)))
    return [period.id for one in past if (period := offered(recipe.spans, one))]


def _build_period(services: Services, name: str, period_id: str, force: bool, wait: int) -> "Built":
    """Build what does not stand; say what was built, laid and told."""
    from report.building import build_edition

    begun = time.monotonic()
    built = _when_free(lambda now: build_edition(services, name, period_id, now, force=force), wait)
    standing = "is the same when rendered anew" if force else "stands already"
    what = f"built in {time.monotonic() - begun:.1f} s" if built.fresh else standing
    click.echo(f"{built.edition.period} r{built.edition.revision} {what}: {built.edition.headline}")
    for where in built.handed.laid:
        click.echo(f"  {printable(where)}")
    for told in built.handed.told:
        click.echo(f"  told {printable(told)}")
    return built


def _not_handed(services: Services, handed: "Handed", about: str, now: datetime, alert: bool) -> list[str]:
    """Return what was not handed over, as a sentence; tell the owner if that is wished."""
    if alert:
        tell(services, handed.findings(about), {(Alarm.NOT_HANDED_OVER, about)}, now)
    return [f"{about} stands, but " + "; ".join(handed.problems)] if handed.problems else []


def _build_today(services: Services, name: str, wait: int) -> None:
    from report.building import build_draft

    begun = time.monotonic()
    draft = _when_free(lambda now: build_draft(services, name, now), wait)
    click.echo(f"{draft.day} so far, built in {time.monotonic() - begun:.1f} s: {draft.headline}")


def _when_free(build: Callable[[datetime], _Made], wait: int) -> _Made:
    """Build, waiting for the same build elsewhere to end; it may have done the work."""
    deadline = time.monotonic() + wait
    while True:
        try:
            return build(datetime.now(UTC))
        except BuildRunning:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_POLL_SECONDS)
