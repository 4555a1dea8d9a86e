"""One run: all that is due at a moment is mailed, what is too late is published, and told."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from mailer.desk import Desk
from mailer.groups import Group, Turn, gathered
from mailer.heartbeats import Beat, beat, moves_before, moves_until
from mailer.lateness import by_the_hour, passed_groups, told_late, told_skipped
from mailer.serving import Served, publish, serve
from mailer.slots import INSTANT, newest_slot, next_slot, open_slots, slots
from report.alerts import Alarm, Finding
from report.catalogue import FIRST, titles
from report.errors import TrendsError
from report.readers import Every, Reader, Rhythm
from report.settings import Settings
from report.window import Window

log = logging.getLogger("mailer")

CHECKED = frozenset({Alarm.LATE, Alarm.READER_REFUSED, Alarm.STORAGE_FAILED, Alarm.UNKNOWN_OUTCOME})
"""The alarms a round looks for, whatever they are about; `Served.checked` has those of its editions."""


def open_groups(settings: Settings, readers: Iterable[Reader], now: datetime) -> list[Group]:
    """Return who is to be mailed at `now` (aware), by edition; the ledger knows who has had it already."""
    lateness = timedelta(hours=settings.mail_late_hours)
    return gathered(readers, settings.timezone, partial(open_slots, now=now, lateness=lateness))


def coming_groups(
    settings: Settings, readers: Iterable[Reader], now: datetime, until: datetime
) -> list[Group]:
    """Return who is to be mailed after `now` and before `until`, which are aware, by edition."""
    window = Window(now.astimezone(UTC) + INSTANT, until.astimezone(UTC))
    return gathered(readers, settings.timezone, partial(slots, window=window))


def missed_groups(desk: Desk, readers: Sequence[Reader], last: Beat | None) -> list[Group]:
    """Return what was open at the last run and is too late by now, but for hourly mails.

    A first run ever, or one whose clock is behind, has nothing to compare with.
    """
    if last is None or last.at >= desk.now:
        return []
    return passed_groups(desk, by_the_hour(readers)[1], last.at)


def next_turn(settings: Settings, readers: Iterable[Reader], now: datetime) -> Turn | None:
    """Return whose mail is the next one due after `now`; None where nobody is to get any."""
    groups = gathered(readers, settings.timezone, partial(next_slot, now=now))
    return groups[0].turns[0] if groups else None


def go_round(desk: Desk, readers: Sequence[Reader], last: Beat | None) -> Served:
    """Do all that is due, and tell what passed since the `last` round; raise `StorageError`.

    What was stopped is left to the next round.
    """
    settings, before = desk.services.settings, last.at if last else None
    groups = open_groups(settings, readers, desk.now)
    hourly, others = by_the_hour(readers)
    passed = passed_groups(desk, others, before)
    served = sum((serve(desk, group) for group in groups if not desk.stop.is_asked()), Served())
    supplied, looked = _supplied(desk)  # after the mail: a source that is slow to fail keeps nobody from it
    newest = _newest(desk, others, supplied)
    served = sum(_published(desk, [*passed, *newest], {str(group) for group in groups}), served + looked)
    if before and before < desk.now:
        late = [told_late(desk, group) for group in missed_groups(desk, readers, last)]
        served = sum(late, served)
        served += told_skipped(passed_groups(desk, hourly, before), before, desk.now)
    return served


def close_round(desk: Desk, last: Beat | None) -> None:
    """Write down that all was done, once the owner was told: what is lost before that is found again.

    A time to come that the run was told has not been looked at by the next one.
    """
    if desk.stop.is_asked():
        return
    at, settings = min(desk.now, desk.real_now), desk.services.settings
    moves = moves_until(moves_before(last, settings), settings, at)
    ended_at = desk.real_now + (desk.clock() - desk.now)
    beat(desk.services.storage, desk.run.host, at, ended_at, moves)


def _published(desk: Desk, groups: Iterable[Group], known: set[str]) -> Iterator[Served]:
    """Publish what is not mailed now, as those that are `known` are, each edition once."""
    for group in groups:
        if str(group) not in known and not desk.stop.is_asked():
            known.add(str(group))
            yield publish(desk, group)


def _supplied(desk: Desk) -> tuple[list[str], Served]:
    """The reports that something lies in the source of, and those whose source could not be looked at."""
    supplied, findings, looked_at = [FIRST], [], set()
    for name in titles():
        if name == FIRST or desk.stop.is_asked():
            continue
        looked_at.add((Alarm.BUILD_FAILED, name))
        try:
            if any(desk.services.source(name).list("")):
                supplied.append(name)
        except TrendsError as error:  # one report's place keeps nobody from another
            says = f"{name} could not be built, since its source cannot be listed: {error}"
            log.warning("%s", says)
            findings.append(Finding(Alarm.BUILD_FAILED, name, says))
    return supplied, Served(findings=tuple(findings), checked=frozenset(looked_at))


def _newest(desk: Desk, readers: Iterable[Reader], supplied: Iterable[str]) -> list[Group]:
    """What was due last, however long ago, and at MAIL_AT, whoever reads it: pages wait for it too."""
    settings = desk.services.settings
    house = Reader("", tuple(supplied), Rhythm(Every.DAY, settings.mail_at), settings.timezone)
    return gathered([*readers, house], settings.timezone, partial(newest_slot, now=desk.now))
