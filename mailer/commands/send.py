"""`python -m mailer send`: mail what is due to who has not had it."""

import logging
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

import click

from mailer.commands.arguments import moment_of, period_named, real_time
from mailer.desk import Desk
from mailer.figures import figures_of
from mailer.forecast import BROKEN, DUE, HELD, TOO_LATE, UNBUILT, forecast
from mailer.groups import Group, Turn
from mailer.heartbeats import last_beat, moves_before
from mailer.pacing import stoppable
from mailer.planning import Fate
from mailer.rounds import CHECKED, close_round, go_round, missed_groups, next_turn, open_groups
from mailer.sending import PROBLEMS
from mailer.serving import Served, serve
from mailer.signals import give_signs, put_off, tally
from mailer.watching import check_collector
from report.alerting import tell
from report.alerts import Alarm, Finding
from report.catalogue import FIRST, titles
from report.composition import services_from_environ
from report.errors import MailError, StorageError
from report.readers import Reader
from report.runs import this_run
from report.services import Services
from report.subscribers import readers_of
from report.suppressions import is_suppressed

_FAILURES = frozenset({Alarm.BUILD_FAILED, Alarm.MAIL_BROKEN, Alarm.NOT_HANDED_OVER})
_COLLECTOR = frozenset({Alarm.COLLECTOR_STOPPED, Alarm.SOURCE_STALE})
_RUN = "the run of the mailer"
_WOULD_BE = {DUE: "would send"} | {state: f"{state}:" for state in (HELD, BROKEN, UNBUILT, TOO_LATE)}
_LOST = (
    "its reader gets no mail: restore the record, or add the reader anew by `python -m mailer readers add`"
)

_NO_LINKS = (
    "SECRET_KEY is not set, so nobody can unsubscribe by a link in the mail or their mail program's button: "
    "set it in .env, the same for the web server and all hosts"
)

log = logging.getLogger("mailer")


@click.command()
@click.option(
    "--at",
    metavar="ISO-TIME",
    help="Do what is due at this time instead of now; in TIMEZONE if it names none.",
)
@click.option(
    "--to", multiple=True, metavar="ADDRESS", help="Send to this reader, whatever the clock says; repeatable."
)
@click.option(
    "--report", type=click.Choice([*titles()]), help=f"With --to: which report; {FIRST} by default."
)
@click.option(
    "--period",
    metavar="ID",
    help="With --to: a day, 2026-W47, 2026-11 or 2026-11-20T0730Z; the last whole day or month by default.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Say what would be done, by the reports that stand; build, send and write nothing.",
)
def send(at: str | None, to: tuple[str, ...], report: str | None, period: str | None, dry_run: bool) -> None:
    """Send what is due to who has not had it.

    Each reader's mail is due by the reader's own clock, those of MAIL_TO at MAIL_AT in TIMEZONE; `python -m
    mailer plan` shows it. After MAIL_LATE_HOURS a report is still published, but no longer mailed, and
    MAIL_OWNER is told. Running it again sends nothing twice: the ledger in storage knows each reader's mail.

    With --to nothing is held for want of data, and the owner is told of nothing: you see it here.

    Exits with 1 if a report could not be built, mailed or handed over to others, or a mail was refused,
    deferred or is of unknown fate.

    \b
    Examples:
      python -m mailer send
      python -m mailer send --dry-run --at 2026-11-21T05:00
      python -m mailer send --to boss@example.com --to "Ann <ann@example.com>"
      python -m mailer send --to boss@example.com --period 2026-W47
      python -m mailer send --to boss@example.com --report rates --period 2026-10
    """
    if (report or period) and not to:
        raise click.UsageError("--report and --period say what is sent to whom --to names; name somebody")
    services = services_from_environ()
    settings = services.settings
    begun_at = real_time()
    now = moment_of(at, settings.timezone) if at else begun_at
    with stoppable() as stop:
        if to:
            name = report or FIRST
            group = _asked_for(services, to, name, period_named(period, name, settings.timezone, now), now)
            desk = Desk(services, now, this_run(), stop, hold_below=0)
            status = _show(desk, [group]) if dry_run else _status(services, serve(desk, group))
        else:
            desk = Desk(services, now, this_run(), stop, settings.mail_hold_below, begun_at)
            status = _rehearse(desk) if dry_run else _go_round(desk)
    if stop.is_asked():
        log.warning("stopped by signal %d: who is left is mailed by the next run", stop.signal)
        status = stop.status
    sys.exit(status)


def _asked_for(services: Services, to: Sequence[str], report: str, period: str, now: datetime) -> Group:
    """The group of those named by hand, without those who asked for no more mail."""
    wanted = []
    for address in to:
        if _is_suppressed(services, address, report):
            log.warning("%s asked for no more mail of %s: nothing is sent there", address, report)
        else:
            wanted.append(Turn(address, now, services.settings.timezone))
    return Group(report, period, tuple(wanted))


def _is_suppressed(services: Services, address: str, report: str) -> bool:
    try:
        return is_suppressed(services.storage, address, report)
    except MailError:
        return False  # no address: the plan says so


def _rehearse(desk: Desk) -> int:
    last = last_beat(desk.services.storage)
    moves = moves_before(last, desk.services.settings)
    readers = readers_of(desk.services.storage, desk.services.settings, moves=moves)
    return _show(desk, [*missed_groups(desk, readers, last), *_announced(desk, readers)])


def _show(desk: Desk, groups: Sequence[Group]) -> int:
    """Tell what would be done; return the exit status the real run would begin with."""
    states, notes = set(), dict[str, None]()
    for mail in forecast(desk, groups):
        what = _WOULD_BE.get(mail.state, f"{mail.state}, nothing to do:")
        why = f" ({mail.why})" if mail.why else ""
        click.echo(f"{what} {mail.occasion} to {mail.reader}{why}")
        states.add(mail.state)
        notes[mail.note] = None
    for note in filter(None, notes):
        click.echo(note, err=True)
    _warn_of_links(desk.services, are_mailed=DUE in states)
    return 1 if states & {BROKEN, UNBUILT, *PROBLEMS} else 0


def _go_round(desk: Desk) -> int:
    """Do all that is due and tell the owner of what went wrong; return the exit status."""
    services = desk.services
    try:
        unreadable: list[str] = []
        last = last_beat(services.storage)
        moves = moves_before(last, services.settings)
        readers = readers_of(services.storage, services.settings, unreadable.append, moves)
        _announced(desk, readers)
        served = go_round(desk, readers, last)
        lost = [Finding(Alarm.READER_UNREADABLE, f"subscribers/{key}.json", _LOST) for key in unreadable]
        findings = [*served.findings, *lost, *put_off(served.fates)]
    except Exception as error:
        alarm = Alarm.STORAGE_FAILED if isinstance(error, StorageError) else Alarm.MAIL_BROKEN
        says = str(error) or type(error).__name__
        tell(services, [Finding(alarm, _RUN, says)], {(alarm, _RUN)}, desk.real_now)
        raise
    collector, looked = _look_at_collector(services, desk.real_now)
    checked: set[Alarm | tuple[Alarm, str]] = {*CHECKED, *looked, *served.checked}
    checked |= {Alarm.NO_MAIL, Alarm.READER_UNREADABLE, (Alarm.MAIL_BROKEN, _RUN)}
    tell(services, [*findings, *collector], checked, desk.real_now)
    close_round(desk, last)
    signs = figures_of(services, desk.real_now)
    give_signs(services, tally(served.fates), desk.real_now, signs)
    return _status(services, served)


def _announced(desk: Desk, readers: Sequence[Reader]) -> list[Group]:
    """Return who is due now; where nobody is, say who is next."""
    groups = open_groups(desk.services.settings, readers, desk.now)
    if not groups:
        click.echo(_nothing_due(next_turn(desk.services.settings, readers, desk.now), desk.now))
    return groups


def _nothing_due(turn: Turn | None, now: datetime) -> str:
    if turn is None:
        return "nobody is to be mailed: MAIL_TO is nobody, and nobody subscribed"
    here = turn.due_at.astimezone(turn.zone)
    form = "%H:%M" if here.date() == now.astimezone(turn.zone).date() else "%Y-%m-%d %H:%M"
    aside = f" ({turn.due_at:{form}} UTC)" if here.tzname() != "UTC" else ""
    return f"nothing is due until {here:{form}} {turn.zone}{aside}"


def _look_at_collector(services: Services, now: datetime) -> tuple[list[Finding], frozenset[Alarm]]:
    """Return what is wrong with the collector, and what was looked for; one that fails hides no other."""
    quiet = timedelta(minutes=services.settings.alert_quiet_minutes)
    try:
        return check_collector(services.storage, now, quiet) if quiet else [], _COLLECTOR
    except StorageError as error:
        return [Finding(Alarm.STORAGE_FAILED, "the look at the collector", str(error))], frozenset()


def _warn_of_links(services: Services, *, are_mailed: bool) -> None:
    if are_mailed and not services.settings.secret_key:
        log.warning("%s", _NO_LINKS)


def _status(services: Services, served: Served) -> int:
    _warn_of_links(services, are_mailed=Fate.ACCEPTED in served.fates)
    has_failed = PROBLEMS & served.fates.keys() or _FAILURES & {found.alarm for found in served.findings}
    return 1 if has_failed else 0
