"""What the records of readers promise, on every store."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from report.addresses import reader_key
from report.readers import Every, Reader, Rhythm
from report.settings import Settings
from report.storage import Storage
from report.subscribers import forget, readers_of, store, subscriber, subscribers
from report.suppressions import ALL, is_suppressed, lift, suppress

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 9, tzinfo=UTC)
SETTINGS = Settings(mail_to=("Boss <boss@example.com>",), timezone=ZoneInfo("Europe/Paris"))
ANN = Reader("ann@example.com", ("trends",), Rhythm(Every.WEEK, time(7, 30)), ZoneInfo("Asia/Kolkata"), NOW)
ANN_KEY = reader_key(ANN.address)
BOSS_KEY = reader_key("boss@example.com")


def keep(storage: Storage, reader: Reader) -> None:
    """Store this reader, whatever stands there."""
    store(storage, lambda _: reader, reader_key(reader.address))


def test_a_reader_is_read_as_written(storage: Storage) -> None:
    """Reports, rhythm, zone and since when come back as they were; forgotten, nothing does."""
    keep(storage, ANN)
    assert subscriber(storage, ANN_KEY) == ANN

    forget(storage, ANN_KEY)
    assert subscriber(storage, ANN_KEY) is None


def test_readers_are_subscribers_and_those_of_the_settings(storage: Storage) -> None:
    """Who stands in MAIL_TO gets mail daily at MAIL_AT, unless a record of the address says otherwise."""
    keep(storage, ANN)
    boss = Reader("Boss <boss@example.com>", ("trends",), Rhythm(Every.DAY, time(5)), SETTINGS.timezone)
    assert {it.address: it for it in readers_of(storage, SETTINGS)} == {ANN.address: ANN, boss.address: boss}

    changed = replace(ANN, address="BOSS@example.com")
    keep(storage, changed)
    assert {it.address: it for it in readers_of(storage, SETTINGS)} == {
        ANN.address: ANN,
        changed.address: changed,
    }


@pytest.mark.parametrize("report", ["trends", ALL])
def test_who_asked_for_no_more_mail_is_no_reader(storage: Storage, report: str) -> None:
    """A refusal of a report, or of all, counts for subscribers and for those of MAIL_TO alike."""
    keep(storage, ANN)
    for key in (ANN_KEY, BOSS_KEY, reader_key("stranger@example.com")):
        suppress(storage, key, report, "page", NOW)

    assert readers_of(storage, SETTINGS) == []
    assert is_suppressed(storage, "Ann <ANN@example.com>", "trends")
    assert is_suppressed(storage, ANN.address, "other") == (report == ALL)
    assert not is_suppressed(storage, "bob@example.com", "trends")


def test_one_refused_report_leaves_the_others(storage: Storage) -> None:
    """Leaving one list is leaving one list."""
    keep(storage, replace(ANN, reports=("trends", "other")))
    suppress(storage, ANN_KEY, "trends", "one-click", NOW)

    [ann] = readers_of(storage, replace(SETTINGS, mail_to=()))

    assert ann.reports == ("other",)


def test_a_refusal_keeps_no_address(storage: Storage) -> None:
    """Only the hash, when, how and which report are kept; of several the newest, whichever came first."""
    suppress(storage, ANN_KEY, "trends", "one-click", NOW)
    suppress(storage, ANN_KEY, "trends", "page", LATER)
    suppress(storage, ANN_KEY, "trends", "command", NOW)

    kept = json.loads(storage.get(f"suppressed/{ANN_KEY}.json"))
    assert kept == {"reports": {"trends": {"at": LATER.isoformat(), "how": "page"}}}


def test_a_later_wish_lifts_an_earlier_refusal(storage: Storage) -> None:
    """What was refused before somebody asked for mail is forgotten; what was refused after stays."""
    suppress(storage, ANN_KEY, ALL, "page", NOW)
    lift(storage, ANN_KEY, ["trends"], before=NOW)
    assert is_suppressed(storage, ANN.address, "trends")

    lift(storage, ANN_KEY, ["trends"], before=LATER)
    assert not is_suppressed(storage, ANN.address, "trends")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"address": "x", "reports": [], "rhythm": "hourly", "zone": "UTC", "since": "2026-11-21T09:00Z"}',
        b'{"address": "a@b.org", "reports": 1, "rhythm": "hourly", "zone": "UTC", "since": "2026-11-21"}',
        b'{"address": "a@b.org", "reports": [], "rhythm": "x", "zone": "UTC", "since": "2026-11-21"}',
        b'{"address": "a@b.org", "reports": [], "rhythm": "hourly", "zone": "../etc", "since": "2026-11-21"}',
        b'{"address": "a@b.org", "reports": [], "rhythm": "hourly", "zone": 5, "since": "2026-11-21"}',
        b'{"address": "a@b.org", "reports": [], "rhythm": "hourly", "zone": "UTC", "since": "2026-11-21"}',
        b'{"address": 5, "reports": [], "rhythm": "hourly", "zone": "UTC", "since": "2026-11-21"}',
    ],
)
def test_a_broken_record_takes_nobody_else_down(
    storage: Storage, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named in the log and passed over; who stands in MAIL_TO as well gets mail as the settings say."""
    keep(storage, ANN)
    storage.put(f"subscribers/{BOSS_KEY}.json", body)

    with caplog.at_level(logging.WARNING):
        unreadable: list[str] = []
        addresses = {reader.address for reader in readers_of(storage, SETTINGS, unreadable.append)}

    assert addresses == {ANN.address, "Boss <boss@example.com>"}
    assert f"subscribers/{BOSS_KEY}.json" in caplog.text
    assert unreadable == [BOSS_KEY]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"reports": {"trends": 5}}', b'{"reports": {"a": {"at": "x"}}}']
)
def test_a_broken_refusal_is_a_refusal(storage: Storage, body: bytes) -> None:
    """Mail against somebody's will is worse than a mail that is missed, until a new wish mends it."""
    storage.put(f"suppressed/{BOSS_KEY}.json", body)
    assert readers_of(storage, SETTINGS) == []

    lift(storage, BOSS_KEY, ["trends"], before=NOW)
    assert [reader.address for reader in readers_of(storage, SETTINGS)] == ["Boss <boss@example.com>"]


def test_of_many_who_change_a_record_none_is_lost(storage: Storage) -> None:
    """Eight at once each add a report, and all eight stand: whoever loses a race reads anew."""
    keep(storage, replace(ANN, reports=()))

    def add(name: str) -> None:
        def with_name(reader: Reader | None) -> Reader:
            assert reader is not None
            return replace(reader, reports=(*reader.reports, name))

        store(storage, with_name, ANN_KEY)

    names = [f"report-{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, names))

    [ann] = subscribers(storage)
    assert sorted(ann.reports) == names


def test_refusals_at_once_are_all_kept(storage: Storage) -> None:
    """Leaving two lists in the same moment leaves both."""
    names = [f"report-{number}" for number in range(8)]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: suppress(storage, ANN_KEY, name, "page", NOW), names))

    assert all(is_suppressed(storage, ANN.address, name) for name in names)
