"""Rules for files that a report lays where others look for them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from report import editions
from report.catalogue import Recipe
from report.editions import Edition, edition_folder
from report.errors import BuildError, StorageError
from report.handing_over import hand_over, is_handed_over
from report.periods import month_period
from report.publishing.statics import Statics
from report.rendering.files import render_files
from report.results import lay
from report.services import Services, not_given
from report.settings import Settings
from report.storage import OCTETS
from report.telling import Message
from report.values import ChartKind, ChartSpec, Column, Kind, Period, Series, Span, Table
from tests.fakes import MemoryStorage
from tests.report_builders import a_report

STATICS = Statics(b"", b"", b"var Bokeh = 1;", "3.9.2")
SITE = "https://trends.example"
MONTH = month_period(date(2019, 1, 31), ZoneInfo("UTC"))
WANTED = {"2019/jan/report.csv": "tags.csv", "2019/jan/report.html": "page.html", "c.html": "bars-chart.html"}


class OfOthers(MemoryStorage):
    """A storage that remembers what was written, and can be closed."""

    def __init__(self, is_closed: bool = False) -> None:
        super().__init__()
        self.is_closed = is_closed
        self.written: list[str] = []

    def put(self, key: str, body: bytes, content_type: str = OCTETS) -> None:
        if self.is_closed:
            raise StorageError(f"S3 denies {key!r} in bucket 'others': allow s3:PutObject")
        self.written.append(key)
        super().put(key, body, content_type)


def an_edition(storage: MemoryStorage, label: str = "</figure><script>alert(1)</script>") -> Edition:
    """Freeze an edition with a table and two charts."""
    charts = [
        ChartSpec(slug, f"T {slug}", ChartKind.BARS, "service", "requests", (label,), (Series("s", (3.0,)),))
        for slug in ("bars", "more")
    ]
    report = a_report(Table("tags", "Tags", (Column("Hashtag", Kind.TAG),), ((label,),)), *charts)
    folder = edition_folder("some", "2019-01", 1)
    files = render_files(report, f"/{folder}", f"{SITE}/some/", SITE)
    known = editions.describe(files)
    edition = Edition("some", "Some", "News.", MONTH.day, "UTC", 1, folder, known, "2019-01")
    editions.freeze(storage, edition, files)
    return edition


def laid(
    storage: MemoryStorage, others: MemoryStorage, edition: Edition, wanted: dict[str, str]
) -> list[str]:
    return list(lay(storage, others, edition, wanted, lambda: STATICS, SITE))


def test_results_lie_where_they_are_looked_for() -> None:
    """A table as it is, page and chart as files that need nothing else, each with its type; once."""
    storage, others = MemoryStorage(), OfOthers()
    edition = an_edition(storage)

    assert laid(storage, others, edition, WANTED) == laid(storage, others, edition, WANTED) == list(WANTED)

    assert others.written == list(WANTED)
    assert others.get("2019/jan/report.csv") == storage.get(f"{edition.folder}tags.csv")
    assert [others.content_type(key).partition(";")[0] for key in WANTED] == ["text/csv", *["text/html"] * 2]
    assert b"Content-Security-Policy" in others.get("2019/jan/report.html")


def test_what_was_changed_there_is_laid_anew() -> None:
    """A killed run heals, and so does what others spoilt, even with as many bytes."""
    storage, others = MemoryStorage(), OfOthers()
    edition = an_edition(storage)
    wanted = {"report.csv": "tags.csv"}
    laid(storage, others, edition, wanted)
    whole = others.get("report.csv")
    others.put("report.csv", b"x" * len(whole))

    laid(storage, others, edition, wanted)

    assert others.get("report.csv") == whole


def test_a_chart_by_itself_is_one_file() -> None:
    """The news and that chart, with its data in both palettes; nothing a label says ends it."""
    storage, others = MemoryStorage(), OfOthers()
    laid(storage, others, an_edition(storage), WANTED)

    page = others.get("c.html").decode()

    assert re.findall(r"<figure[^>]*data-chart=\"([^\"]*)", page) == ["bars-chart.json"]
    assert re.findall(r'<script type="application/json" id="([^"]*)', page) == [
        "bars-chart-dark.json",
        "bars-chart.json",
    ]
    assert "<h1" in page
    assert '<table class="numbers tags' not in page
    assert "<script>alert" not in page
    assert 'src="/' not in page


def test_a_result_that_no_edition_has_is_named() -> None:
    """A slip in a report's module is said with what there is."""
    storage = MemoryStorage()

    with pytest.raises(
        BuildError, match=r"some lays x\.csv as a result, but .* bars-chart\.json, .*tags\.csv"
    ):
        laid(storage, OfOthers(), an_edition(storage), {"x": "x.csv"})


class Topics:
    """Takes what departments are told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def publish(self, subject: str, text: str) -> None:
        self.said.append((subject, text))


def handing(storage: MemoryStorage, others: MemoryStorage, topics: Topics, **settings: Any) -> Services:
    return Services(
        settings=Settings(public_url=SITE, **settings),
        storage=storage,
        engine=not_given,
        history=not_given,
        sender=not_given,
        results=lambda _: others,
        statics=lambda: STATICS,
        departments=lambda: lambda _: topics,
    )


def a_recipe(alerts: Callable[[Any], list[Message]] | None = None) -> Recipe:
    """Return a recipe whose table is laid as t.csv."""
    nothing: Any = not_given
    laid = {"t.csv": "tags.csv"}
    return Recipe("some", "Some", frozenset({Span.MONTH}), nothing, nothing, lambda _: laid, "", alerts)


def test_a_closed_bucket_withholds_nothing_else() -> None:
    """What cannot be laid is said, with bucket and right; departments are told all the same, with a link."""
    storage, topics = MemoryStorage(), Topics()
    recipe = a_recipe(lambda _: [Message("Parks", "grass 3", "Grass count is now 3", "In January.")])
    edition = an_edition(storage)
    services = handing(storage, OfOthers(is_closed=True), topics)

    handed = hand_over(services, recipe, edition, MONTH, datetime(2019, 2, 1, tzinfo=UTC))

    assert handed.laid == ()
    assert handed.problems == ("S3 denies 't.csv' in bucket 'others': allow s3:PutObject",)
    assert handed.told == ("Parks: Grass count is now 3",)
    assert topics.said == [
        ("Grass count is now 3", f"In January.\n\n{SITE}/reports/some/editions/2019-01/\n")
    ]


def test_a_slip_in_a_report_is_a_problem_and_no_crash(caplog: pytest.LogCaptureFixture) -> None:
    """The edition stands whatever results() and alerts() do; the owner reads which failed."""
    storage, others, topics = MemoryStorage(), OfOthers(), Topics()

    def no_month(_: Period) -> dict[str, str]:
        raise KeyError("2019")

    long = a_recipe(lambda _: [Message("Parks", "grass 3", "Grass" * 20, "In January.")])
    lost = replace(a_recipe(lambda data: data["reached"]), results=no_month)
    edition, now = an_edition(storage), datetime(2019, 2, 1, tzinfo=UTC)

    handed = [hand_over(handing(storage, others, topics), one, edition, MONTH, now) for one in (long, lost)]

    assert [len(one.problems) for one in handed] == [1, 2]
    assert handed[0].laid == ("data/results/some/t.csv",)
    assert handed[0].problems[0].startswith("telling departments of some failed, see the log: ValueError: ")
    assert handed[1].problems == (
        "laying the results of some failed, see the log: KeyError: '2019'",
        "telling departments of some failed, see the log: KeyError: 'reached'",
    )
    assert "Traceback" in caplog.text
    assert not is_handed_over(handing(storage, others, topics), lost, edition, MONTH)


def test_it_is_noted_when_nothing_is_left_to_hand_over() -> None:
    """Of that revision alone; not where something failed or a build died; a spoilt note counts for none."""
    storage, recipe, now = MemoryStorage(), a_recipe(), datetime(2019, 2, 1, tzinfo=UTC)
    edition = an_edition(storage)
    services = handing(storage, OfOthers(), Topics())
    noted = [is_handed_over(services, recipe, edition, MONTH)]
    for is_closed in (True, False):
        services = handing(storage, OfOthers(is_closed), Topics())
        hand_over(services, recipe, edition, MONTH, now)
        noted.append(is_handed_over(services, recipe, edition, MONTH))

    assert noted == [False, False, True]
    assert not is_handed_over(services, recipe, replace(edition, revision=2), MONTH)
    storage.put("editions/some/2019-01/handed.json", b"[]")
    assert not is_handed_over(services, recipe, edition, MONTH)


def test_news_waits_until_there_are_topics_to_tell() -> None:
    """Without DEPARTMENT_TOPICS nobody is told, and no run tries; once it is set, the next run tells."""
    storage, topics, now = MemoryStorage(), Topics(), datetime(2019, 2, 1, tzinfo=UTC)
    recipe = a_recipe(lambda _: [Message("Parks", "grass 3", "Grass count is now 3", "In January.")])
    edition, told = an_edition(storage), handing(storage, OfOthers(), topics)
    untold = replace(told, departments=lambda: None)

    hand_over(untold, recipe, edition, MONTH, now)
    waiting = [is_handed_over(one, recipe, edition, MONTH) for one in (untold, told)]
    hand_over(told, recipe, edition, MONTH, now)
    after = [is_handed_over(one, recipe, edition, MONTH) for one in (untold, told)]

    assert (waiting, after) == ([True, False], [True, True])
    assert [subject for subject, _ in topics.said] == ["Grass count is now 3"]


def test_a_report_for_readers_alone_asks_nothing() -> None:
    """Without results and news no request is made."""
    nowhere: Any = None
    recipe = replace(a_recipe(), results=lambda _: {})

    assert is_handed_over(nowhere, recipe, an_edition(MemoryStorage()), MONTH)
