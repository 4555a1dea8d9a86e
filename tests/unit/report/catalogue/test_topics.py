"""Rules for the topics Twitter called trending."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from report.catalogue import Ingredients
from report.catalogue.topics import build, prepare
from report.catalogue.topics.payloads import key_of, keys_within, last_of_each_place, payload_of
from report.errors import NotBegun
from report.periods import period_of
from report.rendering.files import render_files
from report.values import Report
from report.window import Window
from tests.fakes import MemoryStorage

FILES = {
    "get_trends_current.json": ("2015-12-10", "Worldwide", 50, 20, "#Gala14GH16"),
    "get_trends_current_unicode.json": ("2016-04-12", "Worldwide", 50, 19, "#LiberdadeLiberdade"),
    "get_trends_woeid.json": ("2016-01-16", "New York", 50, 38, "#ChangeAConsonantSpoilAMovie"),
    "get_trends_woeid_exclude.json": ("2016-01-17", "New York", 15, 4, "Duette"),
}
HOSTILE = ('<img src=x onerror="alert(1)">', "=1+1", "\u202eلا\nتنس", "x" * 900)


def an_answer(*names: str, place: str = "Worldwide", woeid: float = 1, volume: int | None = None) -> bytes:
    topics = [{"name": name, "tweet_volume": volume} for name in names]
    located = {"as_of": "2026-11-20T13:04:00Z", "locations": [{"name": place, "woeid": woeid}]}
    return json.dumps([{"trends": topics, **located}]).encode()


def a_report(source: MemoryStorage, period_id: str = "2026-11-20", zone: str = "UTC") -> Report:
    made, period = Ingredients(MemoryStorage(), None, source), period_of(period_id, ZoneInfo(zone))  # type: ignore[arg-type]
    assert list(prepare(made, period)) is not None
    return build(made, period)


@pytest.fixture
def source() -> MemoryStorage:
    """Return what was collected in a day: two answers of the world, one of New York."""
    storage = MemoryStorage()
    storage.put("dt=2026-11-20/080000Z-1-a.json", an_answer("early"))
    storage.put("dt=2026-11-20/130500Z-1-a.json", an_answer("#late", "a phrase", volume=9))
    storage.put("dt=2026-11-20/120000Z-2459115-b.json", an_answer("Duette", place="New York", woeid=2459115))
    return storage


@pytest.mark.real_data
@pytest.mark.parametrize("name", FILES)
def test_a_genuine_answer_keeps_its_order_and_its_gaps(real_data: Path, name: str) -> None:
    """Each topic stands where the API put it; where it gave no number, none is made up."""
    day, place, count, gaps, leader = FILES[name]
    body = (real_data / "trends-v11" / name).read_bytes()
    (answer,) = json.loads(body)
    moment = datetime.fromisoformat(answer["as_of"])
    source = MemoryStorage()
    source.put(f"dt={day}/{moment:%H%M%S}Z-{answer['locations'][0]['woeid']}-x.json", body)

    report = a_report(source, day)

    table, _ = report.tables()
    assert [row[1] for row in table.rows] == [one["name"] for one in answer["trends"]]
    assert [row[2] for row in table.rows] == [one["tweet_volume"] for one in answer["trends"]]
    assert (len(table.rows), sum(row[2] is None for row in table.rows)) == (count, gaps)
    assert (report.sections[0].title, report.ranking[0]) == (place, leader)
    assert f"{moment:%H:%M}, UTC" in table.title


def test_the_last_answer_of_each_place_is_shown_by_the_reports_clock(source: MemoryStorage) -> None:
    """Several places are several sections; the hour is that of the report's zone."""
    report = a_report(source, zone="Asia/Tokyo")

    assert [section.title for section in report.sections][:2] == ["Worldwide", "New York"]
    assert report.tables()[0].title == "As of 20 November 2026, 22:04, Asia/Tokyo"
    assert report.headline == "#late is first worldwide; 1 other place below."


def test_a_day_so_far_ends_at_its_minute(source: MemoryStorage) -> None:
    """What came later is not in it."""
    assert a_report(source, "2026-11-20T0900Z").ranking == ("early",)


@pytest.mark.parametrize("woeid", [0, 1, 2459115, 10**12 - 1])
def test_what_is_taken_has_a_key_that_is_found(woeid: int) -> None:
    """Whoever stores an answer asks here for its key, so the report reads it again."""
    source, body = MemoryStorage(), an_answer("Duette", woeid=woeid)
    moment = datetime(2026, 11, 20, 13, 4, tzinfo=UTC)
    source.put(key_of(payload_of(body), moment, "b0"), body)

    window = Window(moment, moment + timedelta(hours=1))
    found = last_of_each_place(source, keys_within(source, window))

    assert ([payload.woeid for payload in found.payloads], list(found.passed_over)) == ([woeid], [])


@pytest.mark.parametrize("woeid", [-7, 10**12, True, 1.5])
def test_a_place_no_key_can_name_is_refused(woeid: float) -> None:
    """Stored, it would never be read again, and be a stranger to each day's report."""
    with pytest.raises(ValueError, match="woeid is"):
        payload_of(an_answer("Duette", woeid=woeid))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"{}",
        b"[]",
        b'[{"trends": []}]',
        b"[" * 100_000,
        an_answer(""),
        an_answer("x", volume=-1),
        an_answer("x", woeid=2),
        an_answer("x", woeid=-1),
        an_answer("x").replace(b"04:00Z", b"04:00"),
        an_answer("x").replace(b"2026", b"9999"),
    ],
)
def test_an_answer_that_is_none_gives_way_to_the_one_before(source: MemoryStorage, body: bytes) -> None:
    """It is counted and named, and nothing else is lost."""
    source.put("dt=2026-11-20/140000Z-1-a.json", body)
    source.put("dt=2026-11-20/notes.txt", b"not ours")

    report = a_report(source)

    assert report.ranking == ("#late", "a phrase")
    assert [row[0] for row in report.tables()[-1].rows] == [
        "dt=2026-11-20/notes.txt",
        "dt=2026-11-20/140000Z-1-a.json",
    ]


def test_a_day_without_answers_says_so_and_one_before_the_first_has_no_report(source: MemoryStorage) -> None:
    """Silence is news; a day before anything was collected is a mistake in the date."""
    silent = a_report(source, "2026-11-21")
    assert (silent.headline, silent.is_empty) == ("No topics were collected on 21 November 2026.", True)
    for empty in (source, MemoryStorage()):
        with pytest.raises(NotBegun):
            a_report(empty, "2026-11-19")


def test_hostile_names_sit_in_their_rows() -> None:
    """Markup is text, long names are cut, a line break breaks no table, and a formula is none."""
    source = MemoryStorage()
    source.put("dt=2026-11-20/130500Z-1-a.json", an_answer(*HOSTILE, place=HOSTILE[0]))

    files = render_files(a_report(source), "/reports/topics/", "https://t.example/", "https://t.example")

    page, text = files["page.html"].body.decode(), files["mail.txt"].body.decode()
    assert "<img src=x" not in page + files["mail.html"].body.decode()
    assert "x" * 41 not in page + text
    assert "'=1+1" in files["topics-1.csv"].body.decode()
    assert "—" in text
    assert "\u202e" not in page + text
    assert 'class="name"' not in files["page.html"].body.decode().partition("<h1")[2]  # that of the masthead
