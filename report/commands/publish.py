"""`python -m report publish`: the reports as a website of files, in a folder or in S3."""

import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import click

from report.catalogue import FIRST
from report.composition import services_from_environ, site_of, statics_of_pages
from report.editions import Edition
from report.errors import PublishError
from report.leases import lease
from report.publishing.access import Change
from report.publishing.checking import check as check_site
from report.publishing.hashtags import hashtag_pages
from report.publishing.memory import memory_key, recall
from report.publishing.plan import Surroundings
from report.publishing.private import LIFETIME, PRIVATE_INDEX, private_pages
from report.publishing.publishing import (
    Place,
    Publication,
    all_editions,
    editions_of,
    not_shown,
    publication,
)
from report.publishing.sending import carry_out
from report.publishing.shelf import Shelved
from report.publishing.site import INDEX, Access, SiteFile
from report.runs import this_run
from report.services import Services
from report.terminal import human_size, printable
from report.words import count_of

_DAY = click.DateTime(["%Y-%m-%d"])
_LONGEST_RUN = timedelta(hours=2)


@click.command()
@click.option(
    "--report", "name", metavar="NAME", help="Which report. Default: trends; with --all, every report."
)
@click.option(
    "--date", "day", type=_DAY, metavar="YYYY-MM-DD", help="The day. Default: the newest that was built."
)
@click.option("--period", metavar="ID", help="A day, week, month or day so far, by its id.")
@click.option("--all", "everything", is_flag=True, help="Every day, week and month that was built.")
@click.option(
    "--check", is_flag=True, help="Send nothing: fetch every file of the site, and name what fails."
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent and changed, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before who may read the bucket is changed.")
def publish(
    name: str | None,
    day: datetime | None,
    period: str | None,
    everything: bool,
    check: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Publish reports as a website: a folder, or a bucket of S3 (SITE_URL, SITE_ACCESS).

    What the site shows already it goes on showing. Only what differs is sent, the index last; a run that is
    stopped leaves a whole site, and the next one takes up the rest.

    \b
    python -m report publish                             the newest day
    python -m report publish --date 2026-11-20           that day
    python -m report publish --period 2026-W47           a week
    python -m report publish --report rates              the newest month of another report
    python -m report publish --all                       all there is
    python -m report publish --check                     whether every link works
    """
    if sum(map(bool, (day, period, everything, check))) > 1:
        raise click.UsageError("--date, --period, --all and --check exclude each other")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a stopped run gives its lease back
    services = services_from_environ()
    place = site_of(services.settings)
    if check:
        _check(services, place)
        return
    period = day.date().isoformat() if day else period or ""
    now = datetime.now(UTC)
    lease_name = memory_key(place.url).replace("/", "-").removesuffix(".json")
    with lease(services.storage, lease_name, this_run(), now, _LONGEST_RUN):
        planned = _planned(services, place, _wanted(services, name, period, everything), now)
        if dry_run:
            _say_all(planned)
            return
        _ask(planned, yes)
        _do(services, place, planned)
    if not everything:
        _say_what_is_not_there(services, planned)
    _say_where(place, now)


def _wanted(services: Services, name: str | None, period: str, everything: bool) -> list[Edition]:
    if everything:
        return all_editions(services.storage, name or "")
    return [editions_of(services.storage, name or FIRST, period)]


def _planned(services: Services, place: Place, wanted: Iterable[Edition], now: datetime) -> Publication:
    statics, settings = statics_of_pages(), services.settings
    live, zone = settings.public_url, settings.timezone.key
    around = Surroundings(place.manner, statics, place.address, live)

    def extra(shelf: Sequence[Shelved]) -> list[SiteFile]:
        files = hashtag_pages(services.storage, zone, shelf, place.manner.is_relative, live)
        if place.link and place.manner.access is Access.PRIVATE:
            files += private_pages(services.storage, shelf, statics, place.manner, live, place.link, now)
        return files

    return publication(services.storage, place, around, wanted, extra, now)


def _say_all(planned: Publication) -> None:
    for change in planned.changes:
        click.echo(f"would change {change.says}")
    for file in planned.difference.files:
        click.echo(f"would send {printable(file.key)} ({human_size(file.size)})")
    for key in planned.difference.gone:
        click.echo(f"would remove {printable(key)}")
    click.echo(f"{count_of(planned.difference.standing, 'file')} would stay as they are")


def _ask(planned: Publication, yes: bool) -> None:
    """Tell of each change in who may read the bucket before anything is done."""
    if not planned.changes:
        return
    for change in planned.changes:
        click.echo(change.says, err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise PublishError("who may read the bucket would change, as said above: say --yes to let it")
    click.confirm("Change that?", abort=True, err=True)


def _do(services: Services, place: Place, planned: Publication) -> None:
    difference = planned.difference
    for change in planned.changes_before:
        _change(place, change)
    doing = carry_out(services.storage, place.site, place.manner, difference, planned.memory, planned.shelf)
    _count(doing, len(difference.files) + len(difference.gone), "publishing")
    for change in planned.changes_after:
        _change(place, change)
    sent = sum(file.size for file in difference.files)
    click.echo(
        f"sent {count_of(len(difference.files), 'file')} ({human_size(sent)}), "
        f"removed {len(difference.gone)}, left {difference.standing} as they were"
    )


def _change(place: Place, change: Change) -> None:
    assert place.website, "a folder has no rights to change"
    place.website.apply(change)


def _count(doing: Iterator[str], length: int, label: str) -> None:
    """Show how far it is, on standard error, so that what is printed can be piped."""
    with click.progressbar(doing, length=length, label=label, file=sys.stderr) as bar:
        for _ in bar:
            pass


def _say_what_is_not_there(services: Services, planned: Publication) -> None:
    """Whoever published one day may take it for all there is."""
    others = not_shown(services.storage, planned.shelf)
    if others:
        names = ", ".join(sorted({name for name, _ in others}))
        count = count_of(len(others), "report")
        click.echo(f"not on the site yet: {count} ({names}); --all publishes every one")


def _say_where(place: Place, now: datetime) -> None:
    if place.link and place.manner.access is Access.PRIVATE:
        until = now + LIFETIME
        click.echo(f"the newest reports, until {until:%Y-%m-%d %H:%M} UTC or the end of a role's session:")
        click.echo(place.link(PRIVATE_INDEX, LIFETIME))
    elif place.address:
        click.echo(place.address)
    else:
        click.echo(f"{place.url.rstrip('/')}/{INDEX}")


def _check(services: Services, place: Place) -> None:
    memory = recall(services.storage, place.url)
    if not memory.files:
        raise PublishError(
            f"nothing has been published at {place.url} yet: `python -m report publish` does it"
        )
    if place.website and place.manner.access is not Access.PRIVATE and not place.address:
        raise PublishError("where readers reach this site is not known: set SITE_ADDRESS, then check again")
    problems = []
    found = check_site(place.site, place.manner, memory)
    with click.progressbar(found, length=len(memory.files), label="checking", file=sys.stderr) as bar:
        for _, one in bar:
            problems += one
    for problem in problems:
        click.echo(printable(problem))
    if problems:
        raise PublishError(
            f"{len(problems)} of {len(memory.files)} files fail; publish again sends what differs"
        )
    click.echo(f"{count_of(len(memory.files), 'file')}, all as they were sent, and every link leads to one")
