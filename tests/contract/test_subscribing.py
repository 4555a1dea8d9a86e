"""What joining, changing and leaving promise, on every store."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from report.addresses import reader_key
from report.readers import Every, Move, Reader, Rhythm
from report.settings import Settings
from report.storage import Storage
from report.subscribers import mail_to_readers, readers_of, store, subscriber
from report.subscribing import (
    WAITING,
    Confirmed,
    ask,
    choose,
    confirm,
    current,
    enrol,
    leave,
    rearrange,
    wish_of,
)
from report.suppressions import ALL, is_suppressed
from report.tokens import Wish

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAILY, HOURLY = Rhythm(Every.DAY, time(5)), Rhythm(Every.HOUR)
UTC_ZONE, DELHI = ZoneInfo("UTC"), ZoneInfo("Asia/Kolkata")
SETTINGS = Settings(mail_to=("Boss <boss@example.com>",))
ANN = Reader("ann@example.com", ("trends",), DAILY, DELHI)
ANN_KEY, BOSS_KEY = reader_key(ANN.address), reader_key("boss@example.com")


def a_wish(minutes: int, rhythm: Rhythm = DAILY) -> Wish:
    """Return Ann's wish, made so many minutes after nine."""
    return Wish(replace(ANN, rhythm=rhythm), NOW + minutes * MINUTE)


def test_a_wish_waits_as_it_was_made(storage: Storage) -> None:
    """What was asked for is kept, each time under a name that tells nothing of the address."""
    ask(storage, a_wish(0))
    ask(storage, a_wish(0))

    kept = [info.key for info in storage.list(WAITING)]
    assert len(kept) == 2
    assert ANN_KEY not in "".join(kept)
    assert [wish_of(storage.get(key)) for key in kept] == [a_wish(0)] * 2


def test_a_confirmed_wish_counts_from_then_on(storage: Storage) -> None:
    """Nothing that was due before is mailed."""
    assert confirm(storage, a_wish(0), NOW + MINUTE) is Confirmed.NOW

    assert current(storage, SETTINGS, ANN_KEY) == replace(ANN, since=NOW + MINUTE)


def test_confirming_again_changes_nothing(storage: Storage) -> None:
    """Not even what the reader changed in between."""
    confirm(storage, a_wish(0), NOW + MINUTE)
    rearrange(storage, SETTINGS, ANN_KEY, HOURLY, UTC_ZONE, NOW)
    before = subscriber(storage, ANN_KEY)

    assert confirm(storage, a_wish(0), NOW + 3 * MINUTE) is Confirmed.BEFORE
    assert subscriber(storage, ANN_KEY) == before


def test_a_later_wish_replaces_what_was(storage: Storage) -> None:
    """Who subscribes anew gets what was asked for last."""
    confirm(storage, a_wish(0), NOW + MINUTE)
    assert confirm(storage, a_wish(2, HOURLY), NOW + 3 * MINUTE) is Confirmed.NOW

    [ann] = [reader for reader in readers_of(storage, SETTINGS) if reader.address == ANN.address]
    assert ann.rhythm == HOURLY


def test_what_was_owed_before_a_change_is_remembered(storage: Storage) -> None:
    """Whoever changes it, the reader, a new wish or the owner, what counted until then stays known."""
    confirm(storage, a_wish(0), NOW)
    rearrange(storage, SETTINGS, ANN_KEY, DAILY, UTC_ZONE, NOW + MINUTE)
    confirm(storage, a_wish(2, HOURLY), NOW + 3 * MINUTE)
    enrol(storage, ANN, NOW + 4 * MINUTE)

    ann = subscriber(storage, ANN_KEY)
    assert ann is not None
    assert (ann.since, ann.moves) == (
        NOW,
        (
            Move(DAILY, DELHI, NOW + MINUTE),
            Move(DAILY, UTC_ZONE, NOW + 3 * MINUTE),
            Move(HOURLY, DELHI, NOW + 4 * MINUTE),
        ),
    )


def test_who_is_named_by_the_settings_was_a_reader_before(storage: Storage) -> None:
    """Subscribing, the boss still gets what MAIL_AT owed until then."""
    confirm(storage, Wish(replace(ANN, address="boss@example.com"), NOW), NOW)

    (boss,) = readers_of(storage, SETTINGS)
    assert (boss.since, boss.moves) == (None, (Move(DAILY, UTC_ZONE, NOW),))


def test_a_link_from_before_leaving_brings_nobody_back(storage: Storage) -> None:
    """A wish is worth nothing once the reader left after making it, used before or not; a new one is."""
    confirm(storage, a_wish(0), NOW + MINUTE)
    leave(storage, ANN_KEY, "trends", "one-click", NOW + 3 * MINUTE)

    for made in (0, 2, 3):
        assert confirm(storage, a_wish(made), NOW + 4 * MINUTE) is Confirmed.TOO_LATE
        assert current(storage, SETTINGS, ANN_KEY) is None
    assert confirm(storage, a_wish(5), NOW + 6 * MINUTE) is Confirmed.NOW
    assert not is_suppressed(storage, ANN.address, "trends")


def test_a_second_goodbye_voids_what_was_asked_for_between(storage: Storage) -> None:
    """Who left, asked for a link, and left again by an old mail has left, whatever becomes of the link."""
    leave(storage, ANN_KEY, "trends", "one-click", NOW)
    leave(storage, ANN_KEY, "trends", "one-click", NOW + 2 * MINUTE)

    assert confirm(storage, a_wish(1), NOW + 3 * MINUTE) is Confirmed.TOO_LATE
    assert is_suppressed(storage, ANN.address, "trends")


class LeavingMeanwhile:
    """A store in which Ann leaves, by another link, right before her record is first written."""

    def __init__(self, storage: Storage, at: datetime) -> None:
        self._storage, self._at = storage, at

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._storage, verb)

    def put_if_absent(self, key: str, body: bytes, content_type: str) -> None:
        if key.startswith("subscribers/"):
            leave(self._storage, ANN_KEY, "trends", "one-click", self._at)
        self._storage.put_if_absent(key, body, content_type)


def test_leaving_in_the_same_moment_wins(storage: Storage) -> None:
    """Two links opened at once: no mail, and no address is left behind."""
    meanwhile = cast(Storage, LeavingMeanwhile(storage, NOW + MINUTE))

    assert confirm(meanwhile, a_wish(0), NOW + MINUTE) is Confirmed.TOO_LATE
    assert subscriber(storage, ANN_KEY) is None
    assert is_suppressed(storage, ANN.address, "trends")


def test_leaving_forgets_the_address(storage: Storage) -> None:
    """Once no report is left the record goes; leaving twice is leaving once."""
    confirm(storage, a_wish(0), NOW)
    for _ in range(2):
        leave(storage, ANN_KEY, "trends", "page", NOW + MINUTE)

    everything = b"".join(storage.get(info.key) for info in storage.list())
    assert b"ann" not in everything
    assert is_suppressed(storage, ANN.address, "trends")


def test_leaving_one_report_keeps_the_others(storage: Storage) -> None:
    """What is left of a record stays as it is."""
    several = replace(ANN, reports=("trends", "other"), since=NOW)
    store(storage, lambda _: several, ANN_KEY)
    leave(storage, ANN_KEY, "trends", "page", NOW)
    assert current(storage, SETTINGS, ANN_KEY) == replace(several, reports=("other",))

    leave(storage, ANN_KEY, ALL, "page", NOW)
    assert current(storage, SETTINGS, ANN_KEY) is None


def test_who_stands_in_the_settings_can_change_and_leave(storage: Storage) -> None:
    """A reader of MAIL_TO gets a record by changing something, and no mail after leaving."""
    changed = rearrange(storage, SETTINGS, BOSS_KEY, HOURLY, DELHI, NOW)
    assert changed == Reader("Boss <boss@example.com>", ("trends",), HOURLY, DELHI)
    assert readers_of(storage, SETTINGS) == [changed]

    leave(storage, BOSS_KEY, "trends", "one-click", NOW)
    assert readers_of(storage, SETTINGS) == []
    assert rearrange(storage, SETTINGS, BOSS_KEY, DAILY, DELHI, NOW) is None


def test_saving_what_is_so_changes_nothing(storage: Storage) -> None:
    """No record for a reader of MAIL_TO, and none written anew: the mail that is due stays due."""
    boss = mail_to_readers(SETTINGS)[BOSS_KEY]
    assert rearrange(storage, SETTINGS, BOSS_KEY, boss.rhythm, boss.zone, NOW) == boss
    assert list(storage.list()) == []


def test_a_reader_of_the_settings_keeps_the_mail_that_is_due(storage: Storage) -> None:
    """The record has no beginning, whoever changes it: the mail of before it is not lost."""
    rearrange(storage, SETTINGS, BOSS_KEY, HOURLY, DELHI, NOW)
    enrol(storage, replace(mail_to_readers(SETTINGS)[BOSS_KEY], rhythm=DAILY), NOW)

    assert subscriber(storage, BOSS_KEY) == Reader("Boss <boss@example.com>", ("trends",), DAILY, UTC_ZONE)


def test_a_stranger_changes_nothing(storage: Storage) -> None:
    """A key without a reader makes none."""
    assert rearrange(storage, SETTINGS, ANN_KEY, HOURLY, DELHI, NOW) is None
    assert list(storage.list()) == []


def test_a_reader_gets_just_the_reports_chosen(storage: Storage) -> None:
    """Dropped ones count as refused, and come back only when chosen again; the rest stays as it was."""
    confirm(storage, a_wish(0), NOW + MINUTE)

    choose(storage, SETTINGS, ANN_KEY, ("bills", "rates"), NOW + 2 * MINUTE)
    assert current(storage, SETTINGS, ANN_KEY) == replace(ANN, reports=("bills", "rates"), since=NOW + MINUTE)
    assert is_suppressed(storage, ANN.address, "trends")

    choose(storage, SETTINGS, ANN_KEY, ("trends",), NOW + 3 * MINUTE)
    assert current(storage, SETTINGS, ANN_KEY) == replace(ANN, since=NOW + MINUTE)
    assert not is_suppressed(storage, ANN.address, "trends")


def test_who_is_named_by_the_settings_may_choose_too(storage: Storage) -> None:
    """And who has left gets nothing by choosing: only a new wish brings anybody back."""
    choose(storage, SETTINGS, BOSS_KEY, ("rates",), NOW)
    boss = current(storage, SETTINGS, BOSS_KEY)
    assert boss is not None
    assert boss.reports == ("rates",)

    leave(storage, BOSS_KEY, ALL, "page", NOW + MINUTE)
    choose(storage, SETTINGS, BOSS_KEY, ("trends",), NOW + 2 * MINUTE)
    assert current(storage, SETTINGS, BOSS_KEY) is None
