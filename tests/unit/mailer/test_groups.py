"""Rules for who gets the same edition."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailer.groups import Turn, gathered
from mailer.slots import Clock, Slot
from report.readers import Reader, parse_rhythm

LONDON, PARIS = ZoneInfo("Europe/London"), ZoneInfo("Europe/Paris")
FIVE = datetime(2026, 11, 21, 5, tzinfo=UTC)
SIX = FIVE.replace(hour=6)


def a_reader(address: str, zone: ZoneInfo = LONDON, since: datetime | None = None, *reports: str) -> Reader:
    return Reader(address, reports or ("trends",), parse_rhythm("daily 06:00"), zone, since)


def by_zone(clock: Clock) -> Sequence[Slot]:
    return [Slot(FIVE if clock.zone is PARIS else SIX, "2026-11-20")]


def test_readers_of_one_period_are_one_group_whatever_their_zones() -> None:
    """An edition is built and read once; within the group the earliest due come first."""
    readers = [a_reader("london@x.com"), a_reader("paris@x.com", PARIS), a_reader("bath@x.com")]

    group, *others = gathered(readers, LONDON, by_zone)

    assert (str(group), others) == ("trends 2026-11-20", [])
    assert group.turns[0] == Turn("paris@x.com", FIVE, PARIS)
    assert group.addresses == ("paris@x.com", "bath@x.com", "london@x.com")


def test_a_reader_of_two_reports_is_in_two_groups() -> None:
    """Each report is an edition of its own."""
    groups = gathered([a_reader("ann@x.com", LONDON, None, "trends", "places")], LONDON, by_zone)

    assert [str(group) for group in groups] == ["places 2026-11-20", "trends 2026-11-20"]


def test_nobody_gets_what_was_due_before_joining() -> None:
    """Joining at six, one gets what is due at six, and not what was due at five."""
    readers = [a_reader("early@x.com", LONDON, SIX), a_reader("late@x.com", PARIS, SIX)]

    assert [group.addresses for group in gathered(readers, LONDON, by_zone)] == [("early@x.com",)]


def test_a_thousand_readers_of_one_zone_are_looked_up_once() -> None:
    """Readers share few zones and hours; what is due is asked once for each."""
    asked: list[Clock] = []

    def slots_of(clock: Clock) -> Sequence[Slot]:
        asked.append(clock)
        return by_zone(clock)

    (group,) = gathered([a_reader(f"{number}@x.com") for number in range(1000)], LONDON, slots_of)

    assert (len(group.turns), len(asked)) == (1000, 1)
