"""Rules for reports beside the server's own: the same pages, in a folder of their name."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.addresses import know_addresses
from app.builds import Build, Hope, Prospect
from app.editions import edition_pages
from app.failures import explain_failures
from app.libraries import Libraries
from app.report_list import report_list
from report.catalogue import FIRST, Ingredients, Recipe, recipes
from report.errors import NotFound
from report.periods import newest_over
from report.values import Period, Span
from report.window import last_whole_day
from tests.some_editions import FragileStorage, publish, save_draft, some_files

UTC_ZONE = ZoneInfo("UTC")
OCTOBER: Any = {"day": date(2026, 10, 31), "period": "2026-10", "report": "bills"}


def a_recipe(name: str, *spans: Span) -> Recipe:
    """Return a report that nobody builds."""

    def never(_: Ingredients, __: Period) -> NoReturn:
        raise AssertionError("the web builds nothing")

    def nothing(_: Ingredients, __: Period) -> Iterable[str]:
        return ()

    needs = f"bills in sources/{name}/ of the storage"
    return Recipe(name, name.title(), frozenset(spans), never, nothing, lambda _: {}, needs)


@pytest.fixture
def prospects() -> list[Prospect]:
    """Return what the last build of anything came to: the test says."""
    return [Prospect(Hope.COMING)]


@pytest.fixture
def client(storage: FragileStorage, builds: list[Build], prospects: list[Prospect]) -> FlaskClient:
    """Return a reader of a server with three reports."""
    known = {
        FIRST: recipes()[FIRST],
        "bills": a_recipe("bills", Span.MONTH),
        "weather": a_recipe("weather", Span.SO_FAR, Span.DAY),
    }
    app = Flask("three", static_folder=None)
    libraries = Libraries(storage, known)
    know_addresses(app)

    def start(build: Build) -> Prospect:
        builds.append(build)
        return prospects[-1]

    for recipe, library in libraries:
        app.register_blueprint(edition_pages(library, recipe, start))
    app.register_blueprint(report_list(libraries))
    explain_failures(app)
    return app.test_client()


@pytest.mark.parametrize(
    ("address", "page"),
    [
        pytest.param("/reports/bills/", "october", id="the newest"),
        pytest.param("/reports/bills/editions/2026-09/", "corrected", id="a month"),
        pytest.param("/reports/bills/editions/2026-09/r2/", "corrected", id="a revision"),
        pytest.param("/reports/bills/editions/2026-09/r2/page.html", "corrected", id="its page by name"),
        pytest.param("/", "trends", id="the server's own"),
    ],
)
def test_each_report_has_its_addresses(
    storage: FragileStorage, client: FlaskClient, address: str, page: str
) -> None:
    """The bytes are those that were frozen, whatever report they are of; validators are there."""
    publish(storage, "trends")
    publish(storage, "first", date(2026, 9, 30), 1, "2026-09", "bills")
    publish(storage, "corrected", date(2026, 9, 30), 2, "2026-09", "bills")
    publish(storage, "october", **OCTOBER)

    answer = client.get(address)

    assert answer.data == some_files(page)["page.html"].body
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.head(address).headers["ETag"] == answer.headers["ETag"]


def test_an_old_revision_leads_to_its_own_reports_newest(
    storage: FragileStorage, client: FlaskClient
) -> None:
    """The banner names the address below the report's folder."""
    publish(storage, "first", **OCTOBER)
    publish(storage, "corrected", revision=2, **OCTOBER)

    page = client.get("/reports/bills/editions/2026-10/r1/").text

    assert '<a href="/reports/bills/editions/2026-10/">' in page


def test_a_file_is_saved_under_its_report_and_period(storage: FragileStorage, client: FlaskClient) -> None:
    """Tables of several reports do not get in each other's way among somebody's downloads."""
    publish(storage, **OCTOBER)
    table = client.get("/reports/bills/editions/2026-10/r1/top-hashtags.csv")

    assert table.headers["Content-Disposition"] == "attachment; filename=bills-2026-10-top-hashtags.csv"
    assert client.get("/reports/bills/latest.json").data == some_files()["data.json"].body


def test_only_a_report_of_days_so_far_has_today(storage: FragileStorage, client: FlaskClient) -> None:
    """Of a month there is nothing so far; the others' drafts lie in folders of their own."""
    now = datetime.now(UTC)
    save_draft(storage, f"{now:%Y%m%dT%H%M}Z", day=now.date(), report="weather")

    assert client.get("/reports/weather/today").data == some_files("so far")["page.html"].body
    assert client.get(f"/reports/weather/drafts/{now:%Y%m%dT%H%M}Z/data.json").status_code == 200
    assert client.get("/reports/bills/today").status_code == 404
    assert client.get("/reports/bills/drafts/20261120T1305Z/").status_code == 404


def test_an_old_newest_is_asked_for_by_its_own_periods(
    storage: FragileStorage, client: FlaskClient, builds: list[Build]
) -> None:
    """A month is old once the next one is over, and a day once the next day is; each by its report's name."""
    newest = newest_over([Span.MONTH], last_whole_day(datetime.now(UTC), UTC_ZONE), UTC_ZONE)
    publish(storage, day=newest.day, period=newest.id, report="bills")
    publish(storage, day=newest.day.replace(year=2020, day=1), report="weather")

    client.get("/reports/bills/")
    client.get("/reports/weather/")

    assert builds == [Build("weather")]


def test_a_first_edition_is_asked_for_by_name(client: FlaskClient, builds: list[Build]) -> None:
    """The page says which report is being built, and looks again by itself."""
    answer = client.get("/reports/weather/")

    assert builds == [Build("weather")]
    assert (answer.status_code, "The first report of Weather is being built" in answer.text) == (503, True)
    assert 'http-equiv="refresh"' in answer.text


@pytest.mark.parametrize("address", ["/reports/bills/", "/reports/weather/today"])
def test_a_report_that_lacks_its_source_says_so(
    client: FlaskClient, prospects: list[Prospect], address: str
) -> None:
    """Whoever runs the server learns what to put where; the page does not wait for it for ever."""
    prospects.append(Prospect(Hope.LACKING))
    answer = client.get(address)

    assert answer.status_code == 404
    assert f"It is made from bills in sources/{address.split('/')[2]}/ of the storage" in answer.text
    assert 'http-equiv="refresh"' not in answer.text


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("/reports/bills/", "The first report of Bills"),
        ("/reports/weather/today", "Today&#39;s report"),
        ("/", "The first report"),
    ],
)
def test_a_report_whose_build_fails_says_so(
    client: FlaskClient, prospects: list[Prospect], address: str, what: str
) -> None:
    """Since when, that it is tried again, and who finds out why; asked again by itself, by the pause."""
    prospects.append(Prospect(Hope.FAILING, datetime(2026, 11, 20, 15, 4, tzinfo=UTC), 90))
    answer = client.get(address)

    assert f"{what} cannot be built just now</h1>" in answer.text
    assert "none has worked since 15:04 UTC on 20 November 2026" in answer.text
    assert "tried again by itself within 2 minutes" in answer.text
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "90")
    assert '<meta http-equiv="refresh" content="90">' in answer.text
    prospects.append(replace(prospects[-1], again_seconds=0))
    assert "being tried again just now" in client.get(address, headers={"Accept": "text/plain"}).text


def test_the_archive_names_what_there_is(storage: FragileStorage, client: FlaskClient) -> None:
    """Months stand below their years, and days and weeks are spoken of only where there are some."""
    assert '<h1 class="headline">All reports</h1>' in client.get("/editions/").text
    publish(storage)
    publish(storage, **OCTOBER)

    bills = client.get("/reports/bills/editions/").text
    assert '<h1 class="headline">Bills, all reports, by month</h1><section><h2>2026</h2>' in bills
    assert '<li><a href="/reports/bills/editions/2026-10/">October 2026</a></li>' in bills


def test_all_reports_stand_on_one_page(storage: FragileStorage, client: FlaskClient) -> None:
    """Each with its newest headline and date, or that there is none; HEAD and 304 as on any page."""
    publish(storage)
    publish(storage, **OCTOBER)
    answer = client.get("/reports/")

    assert "Friday, 20 November 2026" in answer.text
    assert "October 2026" in answer.text
    assert '<h2><a href="/reports/weather/">Weather</a></h2>' in answer.text
    assert answer.text.count("There is none yet.") == 1
    again = client.get("/reports/", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, client.head("/reports/").status_code) == (304, 200)


def test_all_reports_are_listed_while_storage_fails(storage: FragileStorage, client: FlaskClient) -> None:
    """What was known stays, the rest is said not to be known just now, and no cache keeps that."""
    publish(storage)
    client.get("/")
    storage.is_cut_off = True
    page = client.get("/reports/")

    assert page.status_code == 200
    assert page.text.count("It cannot be looked up just now.") == 2
    assert page.headers["Cache-Control"] == "no-store"


class HangingUntilAllAsk(FragileStorage):
    """Answers nobody before each of three reports was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._all_ask = Barrier(3)

    def get(self, key: str) -> bytes:
        self._all_ask.wait()
        return super().get(key)


def test_reports_are_looked_up_side_by_side() -> None:
    """Storage that hangs costs the page of all reports no more patience than that of one."""
    storage = HangingUntilAllAsk()
    libraries = Libraries(storage, {name: a_recipe(name, Span.DAY) for name in (FIRST, "bills", "weather")})

    found = [newest for _, newest in libraries.newest()]

    assert [type(one) for one in found] == [NotFound] * 3
    assert storage.reads == 3


@pytest.mark.parametrize("address", ["/reports/wheather/", "/reports/%3Cscript%3E/"])
def test_an_unknown_report_is_answered_with_those_there_are(client: FlaskClient, address: str) -> None:
    """A slip in the name leads on."""
    answer = client.get(address)

    assert answer.status_code == 404
    assert "There are: Twitter Trends, Bills, Weather." in answer.text
    assert "<script>" not in answer.text.partition("<main")[2].partition("</main>")[0]


def test_the_servers_own_has_one_address(client: FlaskClient) -> None:
    """Whoever looks for it among the others is led to the root."""
    answer = client.get("/reports/trends/")

    assert (answer.status_code, answer.headers["Location"]) == (308, "/")
