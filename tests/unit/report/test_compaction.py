"""Rules for deciding what is to be compacted."""

from datetime import UTC, date, datetime, timedelta

import pytest

from report.compaction import (
    Listed,
    Record,
    closed_hours,
    days_to_look_at,
    digests,
    is_settled,
    joined,
    replaced,
    unread,
)
from report.places import raw_hour, whole_day
from report.storage import ObjectInfo

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def an_object(key: str, modified_at: datetime = NOON, etag: str = '"1"') -> ObjectInfo:
    return ObjectInfo(key, 1, etag, modified_at)


def raw(name: str, modified_at: datetime = NOON, etag: str = '"1"') -> ObjectInfo:
    return an_object(f"{raw_hour(NOON)}{name}.json", modified_at, etag)


def a_record(*infos: ObjectInfo, seen: int = 1) -> Record:
    return joined([], infos, {("2026-11-20T12:00", "tweet", ""): seen})


def test_a_record_is_read_as_it_was_written() -> None:
    """What a compacted object says of itself is understood, to the last id."""
    seen = {("2026-11-20T12:00", "notice", "delete"): 2, ("2026-11-20T12:01", "tweet", ""): 1}
    record = joined([], [raw("a"), raw("b")], seen, {"7", "5"}, "earlier")

    assert Record.from_metadata(record.to_metadata()) == record


def test_records_are_joined_whatever_the_order() -> None:
    """Counts add up, and the words written are the same."""
    one, two = a_record(raw("a")), a_record(raw("b"), seen=2)

    both = joined([one, two], [], {})
    assert both.to_metadata() == joined([two, one], [], {}).to_metadata()
    assert list(both.seen.values()) == [3]


def test_what_is_recorded_is_not_read_again() -> None:
    """A raw object is known by its key; one that changed is told apart, not read."""
    record = a_record(raw("a"), raw("b"))
    changed = raw("b", etag='"2"')

    assert unread([raw("a"), changed, raw("c")], [record]) == [raw("c")]
    assert replaced([raw("a"), changed, raw("c")], [record]) == [changed]
    assert digests(raw("a")) == digests(raw("a", NOON + timedelta(days=1)))


@pytest.mark.parametrize(
    ("until", "hours"),
    [
        pytest.param(NOON + timedelta(minutes=59), [], id="within the hour"),
        pytest.param(NOON + timedelta(hours=1), [NOON], id="at its end"),
    ],
)
def test_an_hour_is_closed_at_its_end(until: datetime, hours: list[datetime]) -> None:
    """Only hours that are over are compacted."""
    assert closed_hours(Listed(DAY, (raw("a"),), (), None), until) == hours


@pytest.mark.parametrize(
    ("raw_at", "before_at", "is_so"),
    [
        pytest.param(NOON, NOON, True, id="all is older"),
        pytest.param(NOON + timedelta(hours=23, minutes=30), NOON, False, id="perhaps during the run"),
        pytest.param(NOON, NOON + timedelta(days=2), False, id="the day before was written later"),
    ],
)
def test_a_day_at_rest_is_not_fetched(raw_at: datetime, before_at: datetime, is_so: bool) -> None:
    """A day is left alone if its object is clearly younger than all it comes from."""
    whole = an_object(whole_day(DAY), NOON + timedelta(days=1))

    listed = Listed(DAY, (raw("a", raw_at),), (), whole)
    assert is_settled(listed, an_object(whole_day(DAY - timedelta(days=1)), before_at)) is is_so


def test_old_days_are_looked_at_only_if_they_are_behind() -> None:
    """Before `since`, only days without an object, or younger neighbours; folders of other names never."""
    wholes = [
        an_object(whole_day(date(2026, 1, 2)), NOON + timedelta(hours=1)),
        an_object(whole_day(date(2026, 1, 3)), NOON),
        an_object(whole_day(date(2026, 1, 4)), NOON + timedelta(hours=2)),
    ]
    folders = ["dt=2026-01-02", "dt=2026-01-03", "dt=2026-01-04", "dt=2026-01-06", "dt=2026-11-20", "dt=x"]

    found = days_to_look_at([*folders, "dt=2026-11-21"], wholes, DAY, NOON)
    assert found == [date(2026, 1, 3), date(2026, 1, 6), DAY]
