"""Rules for what the demo makes the reports beside the trends from."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.demo.sources import SOURCES, World, bar_to, fill
from collector.demo.topics import PLACES, demo_topics
from collector.demo.writing import demo_window
from report.catalogue import Ingredients, find
from report.catalogue.rates.study import read_study
from report.catalogue.requests.files import prefix_of
from report.catalogue.requests.monthly import count_month
from report.catalogue.topics.payloads import payload_of
from report.contacts import CONTACTS, Contact, contacts_of
from report.made_up import MARK, labelled, labelled_message
from report.periods import newest_over, period_of
from report.settings import Settings
from report.telling import Message
from report.window import last_whole_day
from tests.fakes import MemoryStorage

UTC_ZONE = ZoneInfo("UTC")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def a_world(now: datetime = NOON, zone: ZoneInfo = UTC_ZONE, days: int = 1) -> World:
    return World(1, demo_window(days, now), zone)


def filled(name: str, world: World | None = None) -> MemoryStorage:
    source = MemoryStorage()
    fill(source, SOURCES[name](world or a_world()))
    return source


def bodies(source: MemoryStorage) -> dict[str, bytes]:
    return {info.key: source.get(info.key) for info in source.list()}


def notice_of(name: str, source: MemoryStorage, period_id: str) -> tuple[str, str]:
    """Return what a report of the source says first, and its notice."""
    recipe, period = find(name), period_of(period_id, UTC_ZONE)
    ingredients = Ingredients(MemoryStorage(), None, source)  # type: ignore[arg-type]
    report = recipe.build(ingredients, period)
    said = labelled(report, source, recipe.prepare(ingredients, period))
    return said.headline, said.notice


def test_a_seed_gives_the_same_bytes_everywhere() -> None:
    """The demo is the same on every machine and every version of Python."""
    made = {name: bodies(filled(name)) for name in SOURCES}
    made["requests"] = {key: body for key, body in made["requests"].items() if key.endswith(".csv")}
    del made["rates"][MARK], made["topics"][MARK]  # it has the hash of these
    digest = {name: hashlib.sha256(repr(files).encode()).hexdigest()[:8] for name, files in made.items()}

    assert digest == {"rates": "39ad4ce0", "requests": "43f9124d", "topics": "5569010b"}


def test_the_study_has_rates_and_two_rows_that_cannot_be_right() -> None:
    """Most counties lie about the usual rate; what is left out is named."""
    study = read_study(filled("rates"))
    rates = sorted(county.rate for county in study.counties)

    assert (len(rates), len(study.left_out)) == (278, 2)
    assert 0 <= rates[0] < 0.003 < rates[139] < 0.004 < rates[-1] < 0.02


@pytest.mark.parametrize(
    ("now", "zone", "month"),
    [
        pytest.param(NOON, "UTC", "2026-10", id="in mid-month"),
        pytest.param(datetime(2026, 11, 1, tzinfo=UTC), "UTC", "2026-10", id="as the month begins"),
        pytest.param(datetime(2026, 11, 1, 3, tzinfo=UTC), "America/Lima", "2026-09", id="west of UTC"),
        pytest.param(datetime(2026, 10, 31, 20, tzinfo=UTC), "Asia/Tokyo", "2026-10", id="east of UTC"),
        pytest.param(datetime(2027, 1, 15, tzinfo=UTC), "UTC", "2026-12", id="over the year's end"),
    ],
)
def test_requests_are_of_the_last_whole_month_and_the_one_before(
    now: datetime, zone: str, month: str
) -> None:
    """The month the report takes for its newest has files, and one to compare with, by the report's zone."""
    world = a_world(now, ZoneInfo(zone))
    newest = newest_over(find("requests").spans, last_whole_day(now, world.zone), world.zone)
    names = SOURCES["requests"](world)

    assert newest.id == month
    assert sum(name.startswith(prefix_of(newest)) for name in names) == 3
    assert sum("_demo_" in name for name in names) == 6


def test_each_file_of_requests_counts() -> None:
    """Packed, with other headings, in another encoding: only what is wrong on purpose is left out."""
    month = count_month(filled("requests"), period_of("2026-10", UTC_ZONE))
    remarks = [remark for file in month.files for remark in file.remarks]

    assert (len(month.files), month.days, month.outside, month.undated) == (3, 31, 0, 0)
    assert [file.refused for file in month.files] == ["", "", ""]
    assert 3_000 < month.total < 5_000
    assert len(month.services) == 15
    assert len(remarks) == 3  # a row that broke off, an empty one, Windows-1252
    assert all(isinstance(one, Contact) for one in contacts_of(filled("requests")))


def test_some_thresholds_are_reached_and_some_are_not() -> None:
    """Whoever looks at the demo sees what a department is told, and every department has a contact."""
    source = filled("requests")
    ingredients = Ingredients(MemoryStorage(), None, source)  # type: ignore[arg-type]
    recipe = find("requests")
    assert recipe.alerts
    report = recipe.build(ingredients, period_of("2026-10", UTC_ZONE))
    told = list(recipe.alerts({**report.data, "period": {"id": "2026-10"}}))

    assert 2 <= len(told) < 6
    assert {message.department for message in told} <= {
        contact.department for contact in contacts_of(source) if isinstance(contact, Contact)
    }
    assert CONTACTS in bodies(source)


def test_answers_about_topics_are_of_the_genuine_shape() -> None:
    """Fifty topics, of which many have no number, not in the order of the numbers, phrases among them."""
    found = [payload_of(demo_topics(1, place, NOON + timedelta(minutes=3))) for place in PLACES]

    assert [(one.place, one.woeid) for one in found] == [(one.name, one.woeid) for one in PLACES]
    for payload in found:
        volumes = [one.volume for one in payload.topics if one.volume is not None]
        assert payload.as_of == NOON + timedelta(minutes=3)
        assert len({one.name for one in payload.topics}) == 50
        assert 12 <= len(volumes) <= 38
        assert volumes != sorted(volumes, reverse=True)
        assert {one.name.startswith("#") for one in payload.topics} == {True, False}


def test_topics_stay_for_five_minutes_and_change_in_a_day() -> None:
    """As at the genuine feed, asking more often gives nothing new."""
    at = [demo_topics(1, PLACES[0], NOON + timedelta(minutes=minutes)) for minutes in (0, 4, 24 * 60)]
    names = [[one.name for one in payload_of(body).topics] for body in at]

    assert names[0] == names[1] != names[2]


def test_a_later_run_adds_what_went_by() -> None:
    """What lies there is left as it is; a new month and new hours come besides."""
    source = filled("topics", a_world(NOON))
    before = bodies(source)
    again = fill(source, SOURCES["topics"](a_world(NOON)))
    later = fill(source, SOURCES["topics"](a_world(NOON + timedelta(hours=3))))

    assert (again.written, again.kept, later.written) == (0, len(before) - 1, 3)
    assert {key: body for key, body in bodies(source).items() if key in before and key != MARK} == {
        key: body for key, body in before.items() if key != MARK
    }


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_with_something_of_ones_own_is_left_alone(name: str) -> None:
    """Beside a file nobody made up, nothing is made up, be it the demo's source or not."""
    for source in (MemoryStorage(), filled(name)):
        source.put("2026_oct.csv", b"mine")
        before = bodies(source)

        done = fill(source, SOURCES[name](a_world(NOON + timedelta(days=40))))

        assert (done.written, done.others) == (0, "2026_oct.csv")
        assert bodies(source) == before


def test_a_run_that_was_cut_off_is_gone_on_with() -> None:
    """Files of a run that was killed are not taken for somebody's own."""
    source, files = filled("requests"), SOURCES["requests"](a_world())
    whole = bodies(source)
    for key in list(files)[2:]:
        source.delete(key)

    assert fill(source, files).written == 6
    assert bodies(source) == whole


@pytest.mark.parametrize(
    ("name", "environ", "says"),
    [
        ("rates", {"REPORT_SOURCES": "rates=s3://bucket"}, "REPORT_SOURCES"),
        ("topics", {"REPORT_RESULTS": "topics=s3://bucket"}, "REPORT_RESULTS"),
        ("requests", {"DEPARTMENT_TOPICS": "arn:aws:sns:eu-west-1:123456789012:city"}, "DEPARTMENT_TOPICS"),
    ],
)
def test_settings_that_mean_it_keep_the_demo_away(name: str, environ: dict[str, str], says: str) -> None:
    """Nothing made up lies where others look, or is told to anybody; of the others nothing is said."""
    settings = Settings.from_environ(environ)

    assert says in bar_to(name, settings)
    assert [bar_to(other, settings) for other in SOURCES if other != name] == ["", ""]
    assert [bar_to(one, Settings()) for one in SOURCES] == ["", "", ""]


@pytest.mark.parametrize(
    ("name", "period_id"), [("rates", "2026-10"), ("requests", "2026-10"), ("topics", "2026-11-19")]
)
def test_a_report_made_from_it_says_so(name: str, period_id: str) -> None:
    """First of all, and wherever its headline stands."""
    headline, notice = notice_of(name, filled(name), period_id)

    assert headline.startswith("Demo: ")
    assert notice.startswith("This is a demo")


def test_departments_are_told_that_it_is_a_demo() -> None:
    """By the subject, however long that is, and before all else in the text."""
    long = Message("Streets", "holes", "x" * 99, "600 holes")
    demo = labelled_message(long, {"demo": True})

    assert (demo.subject, demo.text.endswith("\n\n600 holes")) == (f"Demo: {'x' * 93}", True)
    assert demo.text.startswith("This is a demo: ")
    assert labelled_message(long, {}) == long


def test_a_report_made_from_ones_own_does_not() -> None:
    """A file put in the place of the demo's is no demo; neither is a day without any answer of the demo."""
    study, topics = filled("rates"), filled("topics")
    study.put("cancer.csv", b"cancer,population\n1,445\n")
    later = demo_topics(2, PLACES[0], NOON + timedelta(days=3))
    topics.put(f"dt={date(2026, 11, 23)}/120000Z-1-3f2a9c01.json", later)

    assert notice_of("rates", study, "2026-10")[1] == ""
    assert notice_of("topics", topics, "2026-11-23")[1] == ""
    assert notice_of("topics", topics, "2026-11-19")[1] != ""


@pytest.mark.parametrize("mark", [b"", b"[]", b'{"files": 1}', b"\xff"])
def test_a_mark_that_cannot_be_read_marks_nothing(mark: bytes) -> None:
    """What is not known to be made up is somebody's own."""
    source = filled("rates")
    source.put(MARK, mark)

    assert notice_of("rates", source, "2026-10")[1] == ""
    assert fill(source, SOURCES["rates"](a_world())).others == "cancer.csv"
