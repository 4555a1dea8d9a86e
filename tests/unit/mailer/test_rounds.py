"""Rules for what a round asks of storage, and what it leaves behind."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailer.desk import Desk
from mailer.heartbeats import Beat, beat, last_beat
from mailer.ledger import Entry, Occasion, State, claim
from mailer.pacing import Stop
from mailer.planning import Fate
from mailer.rounds import close_round, go_round, next_turn
from mailer.serving import Served
from report.alerts import Alarm
from report.catalogue import FIRST, titles
from report.errors import StorageUnavailable
from report.readers import Reader, parse_rhythm
from report.runs import Run
from report.services import Services
from report.settings import Settings
from report.storage import ObjectInfo, Storage
from tests.fakes import MemoryStorage
from tests.mail_builders import a_frozen_edition

UTC_ZONE = ZoneInfo("UTC")
FIVE = datetime(2026, 11, 21, 5, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
RUN = Run("host", 7, "this run")


class CountingStorage(MemoryStorage):
    """A memory that counts what S3 would be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    def get(self, key: str) -> bytes:
        self.asked["GET"] += 1
        return super().get(key)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        self.asked["LIST"] += 1
        return super().list(prefix)

    def put(self, key: str, body: bytes, content_type: str = "") -> None:
        self.asked["PUT"] += 1
        super().put(key, body, content_type)


def nothing() -> None:
    pytest.fail("nobody is to be mailed, and nothing built")


def a_desk(storage: MemoryStorage, now: datetime, stop: Stop | None = None) -> Desk:
    services = Services(Settings(), storage, nothing, nothing, nothing, source=lambda _: MemoryStorage())  # type: ignore[arg-type]
    return Desk(services, now, RUN, stop or Stop(), hold_below=50)


def a_round(desk: Desk, whom: list[Reader]) -> Served:
    """Do what a run does, the owner told in between."""
    last = last_beat(desk.services.storage)
    served = go_round(desk, whom, last)
    close_round(desk, last)
    return served


def readers(count: int, rhythm: str = "daily 05:00") -> list[Reader]:
    return [
        Reader(f"{number}@example.com", ("trends",), parse_rhythm(rhythm), UTC_ZONE)
        for number in range(count)
    ]


def mailed(storage: MemoryStorage, whom: Iterable[Reader]) -> None:
    """Let the ledger say that these had the mail of 20 November."""
    occasion = Occasion("trends", "2026-11-20")
    entry = Entry(State.ACCEPTED, FIVE, RUN, "<id@x>", 1)
    for reader in whom:
        assert claim(storage, occasion.entry_key(reader.address), entry, "")


@pytest.fixture
def storage() -> CountingStorage:
    """A storage with the edition of 20 November, and a run at five."""
    storage = CountingStorage()
    a_frozen_edition(storage)
    beat(storage, "host", FIVE, FIVE)
    storage.asked.clear()
    return storage


@pytest.mark.parametrize("count", [1, 3000])
def test_a_round_with_nothing_due_costs_six_requests(storage: CountingStorage, count: int) -> None:
    """The last run is found and this one noted, the standing edition seen: however many readers there are."""
    now = FIVE + timedelta(hours=12)
    beat(storage, "host", now - QUARTER, now - QUARTER)
    storage.asked.clear()

    served = a_round(a_desk(storage, now), readers(count))

    assert storage.asked == {"LIST": 2, "GET": 3, "PUT": 1}
    assert (served.fates, served.findings) == (Counter(), ())


def test_a_round_after_the_mail_costs_one_read_a_reader(storage: CountingStorage) -> None:
    """The ledger is listed once and its entries read; nothing is built, and only the heartbeat written."""
    mailed(storage, readers(30))

    served = a_round(a_desk(storage, FIVE + QUARTER), readers(30))

    assert served.fates == {Fate.ALREADY_SENT: 30}
    assert storage.asked == {"LIST": 2, "GET": 32, "PUT": 1}


def test_who_went_without_is_told_at_the_first_round_after_it_was_late(storage: CountingStorage) -> None:
    """Of two readers one had the mail; the other is in the finding, with the hour, once."""
    late = FIVE + timedelta(hours=4)
    mailed(storage, readers(1))

    rounds = [a_round(a_desk(storage, late + step), readers(2)) for step in (QUARTER, 2 * QUARTER)]

    (finding,) = rounds[0].findings
    assert finding.alarm is Alarm.LATE
    assert finding.about == "trends 2026-11-20, due 2026-11-21 05:00 UTC"
    assert "without it: 1@example.com; by hand:" in finding.says
    assert rounds[0].fates == {Fate.TOO_LATE: 1}
    assert (rounds[1].findings, rounds[1].fates) == ((), Counter())


def test_what_the_owner_was_not_told_is_found_again(storage: CountingStorage) -> None:
    """A round that ends before the telling is not noted down: the next one finds who went without."""
    late = FIVE + timedelta(hours=4)

    killed = go_round(a_desk(storage, late + QUARTER), readers(1), last_beat(storage))
    after = a_round(a_desk(storage, late + 2 * QUARTER), readers(1))

    assert killed.findings == after.findings != ()


def test_a_long_list_of_readers_is_cut(storage: CountingStorage) -> None:
    """The owner reads twenty addresses and how many more there are."""
    served = a_round(a_desk(storage, FIVE + timedelta(hours=5)), readers(1500))

    assert served.findings[0].says.count("@example.com") == 20
    assert "and 1,480 more" in served.findings[0].says


def test_an_outage_is_looked_back_upon_for_a_week(storage: CountingStorage) -> None:
    """After a month without a run nobody reads thirty findings; weekly mails are among those that count."""
    now = FIVE + timedelta(days=27, hours=12)

    served = a_round(a_desk(storage, now), [*readers(1), *readers(2, "weekly mon 05:00")[1:]])

    late = [finding.about for finding in served.findings if finding.alarm is Alarm.LATE]
    assert len([about for about in late if "-W" in about]) == 1
    assert len(late) == 9


def test_a_round_that_was_stopped_is_no_whole_one(storage: CountingStorage) -> None:
    """It serves nobody and leaves no heartbeat: the next round looks at all that passed."""
    stop = Stop()
    stop.signal = 15

    served = a_round(a_desk(storage, FIVE + QUARTER, stop), readers(3))

    assert served.fates == {}
    assert last_beat(storage) == Beat(FIVE)


def test_a_source_that_cannot_be_listed_ends_no_round(storage: CountingStorage) -> None:
    """Whoever gets another report gets it; the owner hears which source failed, and when it is over."""

    def closed(name: str) -> Storage:
        raise StorageUnavailable(f"{name}: the bucket is closed")

    mailed(storage, readers(1))
    desk = a_desk(storage, FIVE + QUARTER)
    served = a_round(replace(desk, services=replace(desk.services, source=closed)), readers(1))
    mended = a_round(a_desk(storage, FIVE + 2 * QUARTER), readers(1))

    assert served.fates == mended.fates == {Fate.ALREADY_SENT: 1}
    found = {(finding.alarm, finding.about) for finding in served.findings}
    assert found == {(Alarm.BUILD_FAILED, name) for name in titles() if name != FIRST}
    assert "requests: the bucket is closed" in " ".join(finding.says for finding in served.findings)
    assert (mended.findings, found <= mended.checked) == ((), True)


def test_the_next_mail_is_the_earliest_of_all_readers() -> None:
    """By whoever's clock; with nobody to mail there is none."""
    several = [*readers(1), *readers(1, "weekly sun 03:00")]

    turn = next_turn(Settings(), several, FIVE)

    assert turn
    assert turn.due_at == datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert next_turn(Settings(), [], FIVE) is None
