"""Who gets the same edition: the readers of a report whose slots cover the same period."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.slots import OF_DAYS, Clock, Slot, clock_of
from report.catalogue import recipes
from report.readers import Reader
from report.values import Span


@dataclass(frozen=True)
class Turn:
    """One reader's mail: due at `due_at` (UTC), by the clocks of `zone`.

    Who `has_record` gets it by that alone; those of MAIL_TO, and who is named by hand, have or need none.
    """

    address: str
    due_at: datetime
    zone: ZoneInfo
    has_record: bool = False


@dataclass(frozen=True)
class Group:
    """The readers of one edition, by when their mail is due; `period` is the period's id."""

    report: str
    period: str
    turns: tuple[Turn, ...]

    def __str__(self) -> str:
        return f"{self.report} {self.period}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """The readers, by when their mail is due."""
        return tuple(turn.address for turn in self.turns)


def gathered(
    readers: Iterable[Reader], report_zone: ZoneInfo, slots_of: Callable[[Clock], Sequence[Slot]]
) -> list[Group]:
    """Return the groups of what `slots_of` finds for each reader, the earliest due first.

    Nobody gets what was due before joining. Readers of one rhythm, zone and report are looked up once.
    """
    known: dict[Clock, Sequence[Slot]] = {}
    groups: dict[tuple[str, str], list[Turn]] = {}
    for reader in readers:
        for report in reader.reports:
            clock = clock_of(reader, report_zone, spans_of(report))
            if clock not in known:
                known[clock] = slots_of(clock)
            for slot in known[clock]:
                if reader.since is None or slot.due_at >= reader.since:
                    turn = Turn(reader.address, slot.due_at, reader.zone, reader.since is not None)
                    groups.setdefault((report, slot.period), []).append(turn)
    return sorted(
        (Group(*name, tuple(sorted(turns, key=_order))) for name, turns in groups.items()),
        key=lambda group: (group.turns[0].due_at, group.report, group.period),
    )


def spans_of(report: str) -> frozenset[Span]:
    """Return which periods a report has; one that is gone has those of which the build then says so."""
    known = recipes().get(report)
    return known.spans if known else OF_DAYS


def _order(turn: Turn) -> tuple[datetime, str]:
    return turn.due_at, turn.address
