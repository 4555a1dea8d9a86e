"""What came too late to be mailed: published all the same, and told to the owner once."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from mailer.desk import Desk, intents_of
from mailer.groups import Group, Turn, gathered, spans_of
from mailer.ledger import Occasion
from mailer.planning import Fate
from mailer.serving import Served
from mailer.slots import passed_slots
from report.alerts import Alarm, Finding
from report.readers import Every, Reader
from report.values import Span
from report.words import count_of

_LONGEST_LOOK_BACK = timedelta(days=8)
_FIRST_LOOK_BACK = timedelta(days=1)
_SHOWN = 20

log = logging.getLogger("mailer")


def passed_groups(desk: Desk, readers: Sequence[Reader], before: datetime | None) -> list[Group]:
    """Return what can no longer be mailed and could at the last run, `before`; of a week and a day at most.

    Without a last run, or with one whose clock was ahead, of a day.
    """
    known = before is not None and before < desk.now
    since = max(before, desk.now - _LONGEST_LOOK_BACK) if before and known else desk.now - _FIRST_LOOK_BACK
    lateness = timedelta(hours=desk.services.settings.mail_late_hours)
    passed = partial(passed_slots, before=since, now=desk.now, lateness=lateness)
    return gathered(readers, desk.services.settings.timezone, passed)


def told_late(desk: Desk, group: Group) -> Served:
    """Tell who went without the group's mail; nothing where everybody had it. Raise `StorageError`."""
    occasion = Occasion(group.report, group.period)
    waiting = {intent.reader for intent in intents_of(desk, occasion, group.addresses) if intent.fate is None}
    turns = [turn for turn in group.turns if turn.address in waiting]
    if not turns:
        return Served()
    says = _words(group, turns, desk.services.settings.mail_late_hours)
    log.warning("%s", says)
    about = f"{group}, due {turns[0].due_at:%Y-%m-%d %H:%M} UTC"
    return Served(Counter({Fate.TOO_LATE: len(turns)}), (Finding(Alarm.LATE, about, says),))


def told_skipped(groups: Sequence[Group], before: datetime | None, now: datetime) -> Served:
    """Tell of hourly mails that nobody sent since nothing ran: each gave way to the next."""
    turns = [turn for group in groups for turn in group.turns]
    if not turns or before is None:
        return Served()
    says = (
        f"{count_of(len(turns), 'hourly mail')} left out: nothing ran from {_utc(before)} to {_utc(now)}; "
        "look whether cron did"
    )
    log.warning("%s", says)
    about = f"hourly mails since {_utc(before)}"
    return Served(Counter({Fate.TOO_LATE: len(turns)}), (Finding(Alarm.LATE, about, says),))


def by_the_hour(readers: Sequence[Reader]) -> tuple[list[Reader], list[Reader]]:
    """Return the readers with the reports they get hourly, and those with the others."""
    hourly = [_with(reader, lambda report: Span.SO_FAR in spans_of(report)) for reader in _hourly(readers)]
    rest = [_with(reader, lambda report: Span.SO_FAR not in spans_of(report)) for reader in _hourly(readers)]
    return hourly, [*(reader for reader in readers if reader.rhythm.every is not Every.HOUR), *rest]


def _hourly(readers: Sequence[Reader]) -> Iterator[Reader]:
    return (reader for reader in readers if reader.rhythm.every is Every.HOUR)


def _with(reader: Reader, is_among: Callable[[str], bool]) -> Reader:
    return replace(reader, reports=tuple(filter(is_among, reader.reports)))


def _words(group: Group, turns: Sequence[Turn], hours: int) -> str:
    first = turns[0]
    shown = ", ".join(turn.address for turn in turns[:_SHOWN])
    more = f" and {len(turns) - _SHOWN:,} more" if len(turns) > _SHOWN else ""
    return (
        f"{group} was due at {first.due_at.astimezone(first.zone):%H:%M} {first.zone}, more than {hours} "
        f"hours ago: the report is published, not mailed; without it: {shown}{more}; by hand: "
        f"`python -m mailer send --report {group.report} --period {group.period} --to ADDRESS`"
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
