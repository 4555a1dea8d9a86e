"""Rules for building editions, with the real engine, on the folder and on S3."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from collector.importing import import_files
from report import editions
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.duckdb_engine import DuckDBEngine
from report.adapters.duckdb_history import DuckDBHistory
from report.adapters.folder_sender import FolderSender
from report.adapters.s3_storage import S3Storage
from report.building import build_draft, build_edition
from report.counts import CountingRules
from report.drafts import latest_draft
from report.engine import Engine
from report.errors import BuildError, BuildRunning
from report.leases import lease
from report.places import raw_slot
from report.runs import Run
from report.services import Services
from report.settings import Settings
from report.storage import Storage
from report.trends import Parameters
from tests.builders import NOON, a_notice, a_v1_document, lines

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DAY = date(2026, 11, 20)
NEXT_MORNING = datetime(2026, 11, 21, 5, tzinfo=UTC)

MakeStorage = Callable[[str], Storage]


@pytest.fixture
def make_storage(tmp_path: Path, s3: "S3Client", bucket: str) -> MakeStorage:
    """Return a function that gives an empty storage: "folder" or "s3"."""
    return lambda kind: (
        DirectoryStorage(tmp_path / "data", None, "http://localhost")
        if kind == "folder"
        else S3Storage(s3, bucket, "team/")
    )


def services_on(storage: Storage, **settings: object) -> Services:
    chosen = Settings(**settings)  # type: ignore[arg-type]
    rules = CountingRules(chosen.count_retweets)

    def engine() -> Engine:
        return DuckDBEngine(storage)

    return Services(
        settings=chosen,
        storage=storage,
        engine=engine,
        history=lambda: DuckDBHistory(storage, engine, chosen.timezone, rules, Parameters()),
        sender=lambda: FolderSender(Path("nowhere")),
        source=lambda _: storage,
    )


def collect(
    storage: Storage,
    name: str = "import",
    day: date = DAY,
    tag: str = "budget",
    first: int = 1,
) -> None:
    """Put twenty tweets, a notice and a cut line where an import would."""
    seen = datetime.combine(day, NOON.timetz())
    tweets = [
        a_v1_document(id=first + at, created_at=seen + timedelta(minutes=at), hashtags=[tag, f"t{at % 3}"])
        for at in range(20)
    ]
    storage.put(f"raw/dt={day}/hour=12/{name}.jsonl", lines(*tweets, a_notice()) + b'{"cut": \n')


def all_bytes(storage: Storage, prefix: str) -> dict[str, bytes]:
    return {info.key: storage.get(info.key) for info in storage.list(prefix)}


@pytest.mark.parametrize("period_id", [str(DAY), "2026-11-20T1215Z", "2026-W47"])
def test_folder_and_s3_give_the_same_bytes(make_storage: MakeStorage, period_id: str) -> None:
    """Same data, same edition, to the byte, wherever it is kept: of a day, of a part of one, of a week."""
    found = []
    for kind in ("folder", "s3"):
        storage = make_storage(kind)
        collect(storage)
        collect(storage, day=DAY - timedelta(days=1), tag="food", first=100)
        built = build_edition(services_on(storage), "trends", period_id, NEXT_MORNING + timedelta(days=2))
        found.append(all_bytes(storage, built.edition.folder))

    assert len(found[0]) > 10
    assert found[0] == found[1]


def test_data_says_what_was_collected(make_storage: MakeStorage) -> None:
    """Tweets, notices and refused documents are all accounted for."""
    storage = make_storage("folder")
    collect(storage)
    edition = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition
    data = json.loads(storage.get(f"{edition.folder}data.json"))

    assert data["counts"] == data["counts"] | {
        "tweets": 20,
        "retweets": 0,
        "duplicates": 0,
        "notices": 1,
        "refused": 1,
        "observed_minutes": 20,
        "expected_minutes": 1440,
    }
    assert data["tags"][0] == data["tags"][0] | {"rank": 1, "tag": "budget", "tweets": 20, "authors": 1}
    assert [hour["tweets"] for hour in data["hours"]][11:14] == [0, 20, 0]
    assert data["languages"] == [{"language": "en", "tweets": 20}]


def test_building_twice_changes_nothing(make_storage: MakeStorage) -> None:
    """The second run finds the edition standing, without counting."""
    storage = make_storage("folder")
    collect(storage)
    first = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING)
    before = all_bytes(storage, "")
    second = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING + timedelta(hours=1))

    assert (first.fresh, second.fresh) == (True, False)
    assert all_bytes(storage, "") == before


def test_forcing_the_same_data_makes_no_new_revision(make_storage: MakeStorage) -> None:
    """A revision says something else, or it is none."""
    storage = make_storage("folder")
    collect(storage)
    build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING)

    assert not build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING, force=True).fresh


def test_another_address_is_no_correction(make_storage: MakeStorage) -> None:
    """Two hosts that are reached by other names agree, even counting anew; forced, only links differ."""
    storage = make_storage("folder")
    collect(storage)
    hosts = [services_on(storage, public_url=f"https://{name}.example") for name in ("a", "long-name")]
    first = build_edition(hosts[0], "trends", str(DAY), NEXT_MORNING).edition
    for services in (*hosts, *hosts):
        again = build_edition(services, "trends", str(DAY), NEXT_MORNING)
        assert (again.fresh, again.edition) == (False, first)
        storage.delete(f"editions/trends/{DAY}/checked.json")  # as if what it was counted from lay otherwise

    forced = build_edition(hosts[1], "trends", str(DAY), NEXT_MORNING, force=True).edition
    letter, page = (storage.get(f"{forced.folder}{name}").decode() for name in ("mail.txt", "page.html"))
    assert (forced.revision, "https://long-name.example/" in letter, "What changed" in page) == (
        2,
        True,
        False,
    )


def test_a_correction_made_anew_corrects_the_same(make_storage: MakeStorage) -> None:
    """With other links it tells what changed since the version it corrected, not that nothing did."""
    storage = make_storage("folder")
    for name, first in (("a", 1), ("b", 100)):
        collect(storage, name=name, first=first)
        build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING)
    moved = services_on(storage, public_url="https://moved.example")
    for is_new in (True, False):
        made = build_edition(moved, "trends", str(DAY), NEXT_MORNING, force=True)
        assert (made.edition.revision, made.fresh) == (3, is_new)
    data = json.loads(storage.get(f"{made.edition.folder}data.json"))

    assert (data["corrects"]["revision"], data["corrects"]["totals"]["tweets"]) == (1, 20)


def test_late_data_makes_a_second_revision_and_keeps_the_first(make_storage: MakeStorage) -> None:
    """What went out stays as it was."""
    storage = make_storage("folder")
    collect(storage)
    first = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition
    frozen = all_bytes(storage, first.folder)
    collect(storage, name="late", tag="weather", first=500)
    second = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition

    assert second.revision == 2
    assert all_bytes(storage, first.folder) == frozen
    assert editions.latest(storage, "trends") == second


def test_a_correction_says_what_changed_and_makes_no_third(make_storage: MakeStorage) -> None:
    """Page, mail and text of the second revision begin with it; built or rendered anew, it is the same."""
    storage = make_storage("folder")
    collect(storage)
    build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING)
    collect(storage, name="late", tag="weather", first=500)
    collect(storage, name="later", tag="weather", first=600)
    second = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition
    said = "#weather 1st (not among them)", "tweets 60 (20)"

    for name in ("page.html", "mail.html", "mail.txt"):
        text = " ".join(storage.get(f"{second.folder}{name}").decode().split())
        assert all(words in text for words in said), name
    for force in (False, True):
        again = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING, force=force)
        assert (again.fresh, again.edition) == (False, second)


def test_each_correction_is_of_the_revision_before(make_storage: MakeStorage) -> None:
    """The third says what changed since the second."""
    storage = make_storage("folder")
    for name, first in (("a", 1), ("b", 100), ("c", 200)):
        collect(storage, name=name, first=first)
        edition = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition
    data = json.loads(storage.get(f"{edition.folder}data.json"))

    assert (edition.revision, data["corrects"]["revision"]) == (3, 2)
    assert data["corrects"]["totals"] == {"tweets": 40, "authors": 1}


def test_late_data_for_the_day_before_reopens_the_day(make_storage: MakeStorage) -> None:
    """An edition says how the day compares with the one before: that is data it is made from."""
    storage = make_storage("folder")
    collect(storage)
    build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING)
    collect(storage, day=DAY - timedelta(days=1), first=900)

    assert build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition.revision == 2


def test_a_revision_spent_by_a_killed_build_is_passed_over(make_storage: MakeStorage) -> None:
    """Leftovers with other bytes are neither used nor overwritten."""
    storage = make_storage("folder")
    collect(storage)
    left_over = f"{editions.edition_folder('trends', str(DAY), 1)}page.html"
    storage.put(left_over, b"of an older build")
    edition = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition

    assert edition.revision == 2
    assert storage.get(left_over) == b"of an older build"


def test_a_minute_with_a_repeated_tweet_was_observed(make_storage: MakeStorage) -> None:
    """A feed that replays old tweets is still observed; only its tweets count once."""
    storage = make_storage("folder")
    for minute in range(6):
        key = f"raw/dt={DAY}/hour=12/20261120T120{minute}00Z-feed.json"
        storage.put(key, lines(a_v1_document(id=1 + minute % 2)))
    edition = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition
    counts = json.loads(storage.get(f"{edition.folder}data.json"))["counts"]

    assert (counts["tweets"], counts["duplicates"], counts["observed_minutes"]) == (2, 4, 6)


def test_an_edition_outlives_the_raw_documents(make_storage: MakeStorage) -> None:
    """When a lifecycle rule has taken them, the edition is not replaced by an empty one."""
    storage = make_storage("folder")
    collect(storage)
    edition = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition
    for info in list(storage.list("raw/")):
        storage.delete(info.key)

    assert build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition == edition


def test_a_day_that_never_was_is_said(make_storage: MakeStorage) -> None:
    """Samoa had no 30 December 2011."""
    storage = make_storage("folder")
    collect(storage, day=date(2011, 12, 29))
    samoa = services_on(storage, timezone=ZoneInfo("Pacific/Apia"))

    with pytest.raises(BuildError, match="2011-12-30 is no day in Pacific/Apia"):
        build_edition(samoa, "trends", "2011-12-30", NEXT_MORNING)
    assert build_edition(samoa, "trends", "2011-12-31", NEXT_MORNING).fresh


def test_a_day_that_is_not_over_is_refused(make_storage: MakeStorage) -> None:
    """Over is judged in the report's zone, not in UTC."""
    storage = make_storage("folder")
    los_angeles = services_on(storage, timezone=ZoneInfo("America/Los_Angeles"))

    with pytest.raises(BuildError, match="2026-11-20 is not over in America/Los_Angeles"):
        build_edition(los_angeles, "trends", str(DAY), NEXT_MORNING)


def test_a_build_runs_once(make_storage: MakeStorage) -> None:
    """Who asks while it runs is told so."""
    storage = make_storage("folder")
    held = lease(storage, f"build-trends-{DAY}", Run("other", 1, "x"), NEXT_MORNING, timedelta(minutes=1))

    with held, pytest.raises(BuildRunning, match="process 1 on other"):
        build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING)


def test_an_empty_day_is_an_edition(make_storage: MakeStorage) -> None:
    """A silent night is impossible: nothing collected is said, not skipped."""
    storage = make_storage("folder")
    collect(storage, day=DAY - timedelta(days=1))
    edition = build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING).edition

    assert edition.headline == "Nothing was collected on Friday, 20 November 2026."
    assert (edition.is_empty, edition.coverage, edition.ranking) == (True, 0.0, ())


def test_an_edition_says_how_complete_it_is_and_what_came_first(make_storage: MakeStorage) -> None:
    """What the mail is judged by, and a later revision compared with, is frozen with the edition."""
    storage = make_storage("folder")
    collect(storage)
    build_edition(services_on(storage), "trends", str(DAY), NEXT_MORNING)
    edition = editions.newest_of(storage, "trends", "2026-11-20")

    assert (edition.is_empty, edition.coverage) == (False, 20 / 1440)
    assert edition.ranking == ("#budget", "#t0", "#t1", "#t2")
    assert edition.totals == {"tweets": 20, "authors": 1}


def test_today_so_far_ends_with_the_last_whole_minute(make_storage: MakeStorage) -> None:
    """The draft counts what was seen up to now, and says so."""
    storage = make_storage("folder")
    collect(storage)
    now = datetime(2026, 11, 20, 12, 10, 30, tzinfo=UTC)
    draft = build_draft(services_on(storage), "trends", now)
    data = json.loads(storage.get(f"{draft.folder}data.json"))

    assert data["counts"]["tweets"] == 10
    assert data["period"] == data["period"] | {"end": "2026-11-20T12:10:00+00:00", "open": True}
    assert latest_draft(storage, "trends") == draft


def test_a_day_so_far_is_frozen_as_it_was_at_that_minute(make_storage: MakeStorage) -> None:
    """Built some minutes later, or the next morning: what was seen after the minute is not in it."""
    storage = make_storage("folder")
    collect(storage)
    late = datetime(2026, 11, 20, 12, 40, tzinfo=UTC)
    built = build_edition(services_on(storage), "trends", "2026-11-20T1210Z", late)
    data = json.loads(storage.get(f"{built.edition.folder}data.json"))

    assert built.edition.folder == "editions/trends/2026-11-20T1210Z/r1/"
    assert data["counts"]["tweets"] == 10
    assert data["period"] == data["period"] | {"end": "2026-11-20T12:10:00+00:00", "open": True}
    after = NOON + timedelta(minutes=20)
    storage.put(raw_slot(after, "feed"), lines(a_v1_document(id=500, created_at=after, hashtags=["late"])))
    for now in (late, NEXT_MORNING):
        again = build_edition(services_on(storage), "trends", "2026-11-20T1210Z", now)
        assert (again.fresh, again.edition) == (False, built.edition)


def test_a_day_so_far_is_corrected_by_what_came_late(make_storage: MakeStorage) -> None:
    """A tweet of before the minute that was stored after it makes a second revision."""
    storage = make_storage("folder")
    collect(storage)
    build_edition(services_on(storage), "trends", "2026-11-20T1300Z", NEXT_MORNING)
    collect(storage, name="late", first=500)

    assert (
        build_edition(services_on(storage), "trends", "2026-11-20T1300Z", NEXT_MORNING).edition.revision == 2
    )


def test_a_report_is_built_of_the_periods_it_has(make_storage: MakeStorage) -> None:
    """What it has not is refused by name, before anything is read."""
    with pytest.raises(
        BuildError, match=r"no reports of months, as 2026-10 is; it has days so far, days, weeks"
    ):
        build_edition(services_on(make_storage("folder")), "trends", "2026-10", NEXT_MORNING)


def test_midnight_so_far_is_the_day_itself(make_storage: MakeStorage) -> None:
    """The day's last hourly mail and its daily one are of one edition."""
    storage = make_storage("folder")
    collect(storage)
    edition = build_edition(services_on(storage), "trends", "2026-11-21T0000Z", NEXT_MORNING).edition

    assert edition.folder == "editions/trends/2026-11-20/r1/"


def test_only_a_day_becomes_the_newest(make_storage: MakeStorage) -> None:
    """Whoever opens the front page finds a whole day there, whatever else was built since."""
    storage = make_storage("folder")
    collect(storage)
    day = build_edition(services_on(storage), "trends", "2026-11-20", NEXT_MORNING).edition
    for period_id in ("2026-11-21T0300Z", "2026-11-20T1300Z"):
        build_edition(services_on(storage), "trends", period_id, NEXT_MORNING)

    assert editions.latest(storage, "trends") == day


@pytest.mark.parametrize("period_id", ["2026-11-21T0501Z", "2026-W47", "2026-11-22"])
def test_a_period_that_is_not_over_has_no_edition(make_storage: MakeStorage, period_id: str) -> None:
    """An edition is of what has been; of what is to come there is none."""
    with pytest.raises(BuildError, match=r"is not over|has not begun"):
        build_edition(services_on(make_storage("folder")), "trends", period_id, NEXT_MORNING)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("retweets", "top"),
    [
        pytest.param(True, [("EFyM", 12), ("Sit", 12), ("ProjectXATL", 7)], id="with retweets"),
        pytest.param(False, [("ProjectXATL", 7), ("Periscope", 3)], id="without retweets"),
    ],
)
def test_the_real_sample_of_2016(
    make_storage: MakeStorage, real_data: Path, retweets: bool, top: list[tuple[str, int]]
) -> None:
    """The published answers for a genuine stream, notices and a duplicate among them."""
    storage = make_storage("s3")
    import_files([real_data / "tweets-v11-sample-2016" / "output.txt"], storage)
    services = services_on(storage, count_retweets=retweets)
    edition = build_edition(services, "trends", "2016-04-27", NEXT_MORNING).edition
    data = json.loads(storage.get(f"{edition.folder}data.json"))

    assert [(tag["tag"], tag["tweets"]) for tag in data["tags"][: len(top)]] == top
    assert data["counts"] == data["counts"] | {
        "tweets": 869,
        "retweets": 354,
        "duplicates": 1,
        "notices": 129,
        "refused": 0,
    }
