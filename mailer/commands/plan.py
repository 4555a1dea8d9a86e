"""`python -m mailer plan`: who gets what, covering which period, and when."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from mailer.commands.arguments import moment_of, real_time
from mailer.desk import Desk
from mailer.forecast import Mail, Mails, forecast, summed_up
from mailer.groups import Group
from mailer.heartbeats import last_beat, moves_before
from mailer.ledger import Occasion
from mailer.pacing import Stop
from mailer.rounds import coming_groups, missed_groups, next_turn, open_groups
from mailer.week_notes import week_notes
from report.composition import services_from_environ
from report.readers import Reader
from report.runs import this_run
from report.settings import Settings
from report.subscribers import readers_of
from report.words import clock_hour, plain_day

_HEADINGS = ("due (UTC)", "there", "zone", "report", "period")


@click.command()
@click.option(
    "--at", metavar="ISO-TIME", help="Plan from this time on instead of now; in TIMEZONE if it names none."
)
@click.option(
    "--days", type=click.IntRange(1, 31), default=1, show_default=True, help="For so many days of 24 hours."
)
@click.option("--readers", "by_reader", is_flag=True, help="A line for each reader.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="json has every reader.",
)
def plan(at: str | None, days: int, by_reader: bool, form: str) -> None:
    """Show who would get what, covering which period, and when; write nothing, send nothing.

    What nobody sent in time stands first, then what is due now, with what the ledger says of it, then what is
    to come, by the reader's clock and in UTC; last, when a report comes next that nobody gets so soon. It is
    decided as `send` decides it, by the reports that stand: none is built for it. Readers of an edition who
    are due at one hour of one zone share a line.

    \b
    Examples:
      python -m mailer plan
      python -m mailer plan --days 7 --readers
      python -m mailer plan --at 2026-03-29T00:00 --days 2 --format json
    """
    services = services_from_environ()
    settings = services.settings
    now = moment_of(at, settings.timezone)
    desk = Desk(services, now, this_run(), Stop(), settings.mail_hold_below)
    last = last_beat(services.storage)
    readers = readers_of(services.storage, settings, moves=moves_before(last, settings))
    groups = [
        *(missed_groups(desk, readers, last) if now <= real_time() else []),  # others run before what comes
        *open_groups(settings, readers, now),
        *coming_groups(settings, readers, now, now + timedelta(days=days)),
    ]
    notes = dict[str, None]()
    mails = _noted(forecast(desk, groups), notes)
    for line in _json(mails) if form == "json" else _table(groups, mails, by_reader):
        click.echo(line)
    later = _due_later(settings, readers, {group.report for group in groups}, now)
    for note in (*notes, *later, *week_notes(readers, settings.timezone, now)):
        click.echo(note, err=True)


def _due_later(
    settings: Settings, readers: Sequence[Reader], planned: Collection[str], now: datetime
) -> Iterator[str]:
    """Say of each report that has readers, and nothing in the plan, when it comes next."""
    for report in dict.fromkeys(name for reader in readers for name in reader.reports):
        if report not in planned:
            theirs = [replace(reader, reports=(report,)) for reader in readers if report in reader.reports]
            if turn := next_turn(settings, theirs, now):
                yield f"{report}: next due {plain_day(turn.due_at)}, {clock_hour(turn.due_at)} UTC"


def _noted(mails: Iterable[Mail], notes: dict[str, None]) -> Iterator[Mail]:
    """Pass the mails on, and keep what is said of many at once, each sentence one time."""
    for mail in mails:
        if mail.note:
            notes[mail.note] = None
        yield mail


def _json(mails: Iterable[Mail]) -> Iterator[str]:
    """A list of objects, one a line, without holding them all."""
    before = "["
    for mail in mails:
        values = {
            "due_at": mail.due_at.isoformat(),
            "there": mail.due_at.astimezone(mail.zone).isoformat(),
            "zone": mail.zone.key,
            "report": mail.occasion.report,
            "period": mail.occasion.period,
            "correction": mail.occasion.correction,
            "reader": mail.reader,
            "state": mail.state,
            "why": mail.why or mail.note,
        }
        yield before + json.dumps(values, ensure_ascii=False)
        before = ","
    yield "]" if before == "," else "[]"


def _table(groups: Iterable[Group], mails: Iterable[Mail], by_reader: bool) -> Iterator[str]:
    widths = _widths(groups)
    last = "reader: state" if by_reader else "readers: state"
    yield _row([*_HEADINGS, last], widths)
    rows = map(_of_one, _by_time(mails)) if by_reader else map(_of_many, sorted(summed_up(mails), key=_order))
    for row in rows:
        yield _row(row, widths)


def _by_time(mails: Iterable[Mail]) -> list[Mail]:
    """Those due at one moment stay by edition, a correction after what it corrects."""
    return sorted(mails, key=lambda mail: mail.due_at)


def _of_one(mail: Mail) -> list[str]:
    why = f" ({mail.why})" if mail.why else ""
    said = f"{mail.reader}: {_what(mail.occasion)}{mail.state}{why}"
    return [*_when(mail.due_at, mail.zone), mail.occasion.report, mail.occasion.period, said]


def _of_many(mails: Mails) -> list[str]:
    states = ", ".join(f"{count:,} {state}" for state, count in mails.states)
    name = [mails.occasion.report, mails.occasion.period]
    return [*_when(mails.due_at, mails.zone), *name, f"{_what(mails.occasion)}{states}"]


def _what(occasion: Occasion) -> str:
    return "correction: " if occasion.correction else ""


def _order(mails: Mails) -> tuple[datetime, str, str]:
    return mails.due_at, mails.occasion.report, mails.zone.key


def _when(due_at: datetime, zone: ZoneInfo) -> list[str]:
    return [f"{due_at:%Y-%m-%d %H:%M}", f"{due_at.astimezone(zone):%a %H:%M}", zone.key]


def _widths(groups: Iterable[Group]) -> list[int]:
    """How wide each column is; the last needs no end."""
    zones, reports, periods = {""}, {""}, {""}
    for group in groups:
        zones |= {turn.zone.key for turn in group.turns}
        reports.add(group.report)
        periods.add(group.period)
    said = [{f"{0:16}"}, {f"{0:9}"}, zones, reports, periods]
    return [max(map(len, {heading, *cells})) for heading, cells in zip(_HEADINGS, said, strict=True)]


def _row(cells: Iterable[str], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, [*widths, 0], strict=True))
