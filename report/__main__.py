"""The report's commands: `python -m report build|compact|query|publish|storage|artefacts|departments`."""

import logging
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from report.alerting import failure_told, tell
from report.alerts import Alarm
from report.athena_tables import SAMPLE_DAY, SAMPLE_LOCATION, athena_statements
from report.catalogue import FIRST, Recipe, find
from report.commands import Door
from report.commands.artefacts import artefacts
from report.commands.departments import departments
from report.commands.figures import timed
from report.commands.publish import publish
from report.commands.share import share
from report.commands.storage.group import storage
from report.compaction import LONGEST_RUN, Done
from report.composition import hashtags_of, history_of, lake_of, services_from_environ
from report.engine import question_names
from report.errors import BuildError, BuildRunning, NotBegun
from report.history import Settled, Sources
from report.leases import lease
from report.periods import day_period, month_period, newest_over, offered
from report.querying import answer, days_asked, print_rows
from report.runs import this_run
from report.services import Services
from report.terminal import printable
from report.values import Span
from report.window import last_whole_day

if TYPE_CHECKING:  # pandas and charts: only where something is to be built
    from report.building import Built
    from report.handing_over import Handed

_Made = TypeVar("_Made")
_DAY = click.DateTime(["%Y-%m-%d"])
_POLL_SECONDS = 1.0
_ALERT = click.option(
    "--alert", is_flag=True, help="Tell the owner of a failure, as what cron starts should."
)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build reports from what was collected, and look at what was counted.

    Settings come from the environment and from .env; the README lists them.
    """


@main.command()
@click.option("--report", "name", default=FIRST, show_default=True, help="Which report.")
@click.option(
    "--date", "day", type=_DAY, metavar="YYYY-MM-DD", help="The day to build. Default: the last whole day."
)
@click.option("--days", type=click.IntRange(1, 3660), help="The last so many whole days, oldest first.")
@click.option(
    "--today", is_flag=True, help="The day that is open, as far as it has come: a draft, for /today."
)
@click.option("--period", metavar="ID", help="A day, a week or a day so far, by its id; see below.")
@click.option("--force", is_flag=True, help="Render anew even where no data has changed.")
@click.option("--wait", default=300, show_default=True, metavar="SECONDS", help="Wait for a build elsewhere.")
@_ALERT
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
            telling = _told(services, Alarm.BUILD_FAILED, f"{name} {wanted}", now, alert)
            with telling, timed(services, now) as found:
                built = _build_period(services, name, wanted, force, wait)
                found.is_made = built.fresh
            problems += _not_handed(services, built.handed, f"{name} {wanted}", now, alert)
        except NotBegun as error:
            if days is None:
                raise NotBegun(f"{error}; this report is made from {find(name).needs}") from error
            click.echo(f"left out: {error}")
    _keep_histories(services, now)
    if problems:
        raise BuildError("; ".join(problems))


@main.command()
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
@_ALERT
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
    with _told(services, Alarm.COMPACT_FAILED, "report compact", now, alert):
        _compact(services, now, wanted, back, rebuild)


@main.command(epilog=f"Questions: {', '.join(question_names())}.")
@click.argument("name")
@click.option("--date", "day", type=_DAY, metavar="YYYY-MM-DD", help="The day. Default: the last whole day.")
@click.option("--from", "first", type=_DAY, metavar="YYYY-MM-DD", help="The first of several days.")
@click.option(
    "--to", "last", type=_DAY, metavar="YYYY-MM-DD", help="The last of them. Default: the last whole day."
)
@click.option("--limit", type=click.IntRange(1), help="How many rows at most.")
@click.option(
    "--hashtag", default="", help="Which hashtag, in any spelling, where the question asks for one."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def query(
    name: str,
    day: datetime | None,
    first: datetime | None,
    last: datetime | None,
    limit: int | None,
    hashtag: str,
    form: str,
) -> None:
    """Ask a question about the tweets of a day, or of several.

    `hashtags` counts as the report does, spellings taken together; `top_hashtags` and `spellings` count
    each spelling by itself. Days are days of TIMEZONE; COUNT_RETWEETS holds here too.

    \b
    python -m report query hashtags --date 2026-11-20 --limit 20
    python -m report query top_hashtags --from 2026-11-14 --to 2026-11-20
    python -m report query samples --hashtag budget
    python -m report query languages --format csv
    """
    logging.basicConfig(format="%(message)s")
    logging.getLogger("report").setLevel(logging.INFO)  # what a query of Athena cost
    services = services_from_environ()
    days = days_asked(day, first, last, last_whole_day(datetime.now(UTC), services.settings.timezone))
    print_rows(answer(services, name, days, hashtag, limit), form)


@main.command("athena-tables")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("athena"),
    show_default=True,
    help="Where to write them.",
)
@click.option(
    "--date",
    "day",
    type=_DAY,
    metavar="YYYY-MM-DD",
    default=SAMPLE_DAY.isoformat(),
    show_default=True,
    help="The day, in UTC, that compact_day.sql adds to the table of tweets.",
)
def athena_tables(folder: Path, day: datetime) -> None:
    """Write the SQL that makes Athena's tables over STORAGE_URL, and closes a day there.

    Each file is one statement, for the database ATHENA_DATABASE. Where STORAGE_URL is a folder, the
    bucket has an invented name.
    """
    settings = services_from_environ().settings
    where, zone = settings.storage_url, settings.timezone.key
    location = f"s3://{where.bucket}/{where.prefix}" if where.bucket else SAMPLE_LOCATION
    folder.mkdir(parents=True, exist_ok=True)
    for name, statement in athena_statements(settings.athena_database, location, zone, day.date()).items():
        (folder / name).write_text(statement, encoding="utf-8")
        click.echo(folder / name)


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
    _keep_histories(services, now, rebuild=rebuild)


def _told(
    services: Services, alarm: Alarm, about: str, now: datetime, alert: bool
) -> AbstractContextManager[None]:
    return failure_told(services, alarm, about, now) if alert else nullcontext()


def _count_days(services: Services, last: date, back: int, rebuild: bool) -> Settled:
    history = history_of(services.storage, services.settings)
    settled, sources = Settled(), Sources(services.storage)
    days = history.days(last, None if rebuild else back)
    with click.progressbar(days, label="counting", file=sys.stderr) as bar:
        for one in bar:
            history.settle_day(one, settled, sources)
    return settled


def _keep_histories(services: Services, now: datetime, *, rebuild: bool = False) -> None:
    """Bring the hashtags' pages up to the counted days; what another run is at is left to it."""
    try:
        with lease(services.storage, "hashtags", this_run(), now, LONGEST_RUN):
            taken = hashtags_of(services).keep_up(rebuild=rebuild)
    except BuildRunning as error:
        click.echo(f"the hashtags' histories are left to another run: {error}")
        return
    if taken:
        click.echo(f"took {len(taken)} days into the hashtags' histories, up to {taken[-1]}")


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


main.add_command(publish)
main.add_command(share)
main.add_command(storage)
main.add_command(artefacts)
main.add_command(departments)

if __name__ == "__main__":
    main(prog_name="python -m report")
