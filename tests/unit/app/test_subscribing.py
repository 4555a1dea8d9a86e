"""Rules for the pages where people subscribe."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.visitors import WISHES_IN_ALL, WISHES_PER_VISITOR
from report.addresses import reader_key
from report.readers import Every, Reader, Rhythm
from report.services import Services
from report.settings import Settings
from report.storage import Storage
from report.subscribers import store, subscriber
from report.subscribing import WAITING, leave, wish_of
from report.tokens import CONFIRM_WITHIN, Tokens, Wish
from tests.some_editions import SECRET, FragileStorage, publish

SETTINGS = Settings(secret_key=SECRET, timezone=ZoneInfo("Europe/Paris"), mail_to=("boss@example.com",))
ANN = Reader("ann@example.com", ("trends",), Rhythm(Every.WEEK, time(7, 30), 4), ZoneInfo("Asia/Kolkata"))
FORM = {
    "address": "Ann <ann@example.com>",
    "often": "weekly",
    "weekday": "fri",
    "at": "07:30",
    "zone": "Asia/Kolkata",
}
NOW = datetime.now(UTC)


@pytest.fixture
def asked() -> list[None]:
    """Return one entry for each time the mailer was started."""
    return []


@pytest.fixture
def client(storage: FragileStorage, asked: list[None]) -> FlaskClient:
    return client_of(storage, SETTINGS, asked)


def client_of(storage: Storage, settings: Settings, asked: list[None]) -> FlaskClient:
    """Return a visitor of pages with these settings."""

    def never() -> NoReturn:
        raise AssertionError("the web needs no engine, no history and no sender")

    services = Services(settings, storage, engine=never, history=never, sender=never)
    return create_app(
        services=services, start_build=lambda _: None, start_asking=lambda: asked.append(None)
    ).test_client()


def wishes(storage: Storage) -> list[Wish]:
    """Return what waits to be asked about."""
    return [wish_of(storage.get(info.key)) for info in storage.list(WAITING)]


def text_of(answer: TestResponse) -> str:
    """Return a page's words."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text.partition("<main")[2]).split())


def link_of(wish: Wish) -> str:
    """Return the path of the link that confirms a wish."""
    return f"/subscribe/{Tokens(SECRET).confirm(wish)}"


def test_the_form_asks_for_address_rhythm_and_zone(client: FlaskClient) -> None:
    """All zones are there to choose from, with the report's own chosen; it works without scripts."""
    page = client.get("/subscribe").text

    for name in ("address", "often", "weekday", "at", "zone"):
        assert f'name="{name}"' in page
    assert "<option selected>Europe/Paris</option>" in page
    assert page.count("<option") > 400
    assert '<form method="post" action="/subscribe">' in page


def test_a_report_is_chosen_where_it_was_read(client: FlaskClient, storage: FragileStorage) -> None:
    """The form a report's pages lead to has it ticked, and says of a report of months when it comes."""
    publish(storage)
    publish(storage, day=date(2026, 10, 31), period="2026-10", report="rates")
    page = client.get("/subscribe?report=rates").text

    assert "Get reports by mail" in page
    assert re.findall(r'value="(\w+)"\s+checked', page)[:1] == ["rates"]
    assert re.findall(r'id="report-(\w+)".*?</label>', page, re.DOTALL) == ["trends", "rates"]
    assert page.count("once a month") == 1


def test_a_report_without_an_edition_is_not_offered(client: FlaskClient) -> None:
    """Nobody is asked to choose where there is one thing to choose; what is not offered is not kept."""
    page = client.get("/subscribe?report=%22%3E%3Cscript%3E").text

    assert 'name="report"' not in page
    assert client.post("/subscribe", data={**FORM, "choose": "yes", "report": "made up"}).status_code == 400


def test_a_wish_is_kept_and_the_mailer_started(
    client: FlaskClient, storage: FragileStorage, asked: list[None]
) -> None:
    """What was chosen waits, the name beside the address is dropped, and the mailer asks about it."""
    answer = client.post("/subscribe", data=FORM)

    assert answer.status_code == 200
    [wish] = wishes(storage)
    assert wish.reader == ANN
    assert asked == [None]


def test_nobody_learns_whether_an_address_is_known(client: FlaskClient, storage: FragileStorage) -> None:
    """Known, new, from the settings or gone: the same bytes, and storage is not asked before the answer."""
    store(storage, lambda _: replace(ANN, since=NOW), reader_key(ANN.address))
    leave(storage, reader_key("gone@example.com"), "trends", "page", NOW)
    storage.is_cut_off = True  # nothing can be read
    before = storage.reads

    addresses = ("ann@example.com", "new@example.com", "boss@example.com", "gone@example.com")
    named = {"X-Request-ID": "one-for-all"}
    answers = [
        client.post("/subscribe", data={**FORM, "address": address}, headers=named) for address in addresses
    ]

    assert len({(answer.status_code, answer.data, str(answer.headers)) for answer in answers}) == 1
    assert storage.reads == before
    assert not any(address.encode() in answers[0].data for address in addresses)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"address": "ann"}, "no mail address", id="no address"),
        pytest.param({"address": ""}, "no mail address", id="nothing"),
        pytest.param({"address": "a@b.org\r\nBcc: c@d.org"}, "no mail address", id="line break"),
        pytest.param({"address": "x" * 9999}, "no mail address", id="long"),
        pytest.param({"often": "never"}, "how often", id="no rhythm"),
        pytest.param({"often": "daily", "at": "25:00"}, "Choose a time", id="no time"),
        pytest.param({"weekday": "someday"}, "day of the week", id="no weekday"),
        pytest.param({"zone": "../etc/passwd"}, "time zone", id="no zone"),
        pytest.param({"zone": "<script>"}, "time zone", id="markup"),
    ],
)
def test_a_wrong_field_is_named_beside_it(
    client: FlaskClient, storage: FragileStorage, asked: list[None], change: dict[str, str], words: str
) -> None:
    """The form comes back as it was filled in, with what is wrong, and nothing is kept."""
    answer = client.post("/subscribe", data={**FORM, **change})

    assert answer.status_code == 400
    assert words in text_of(answer)
    assert '-problem"' in answer.text.partition('aria-describedby="')[2][:30]
    assert "<script>" not in answer.text.partition("<main")[2].partition("</main>")[0]
    assert (wishes(storage), asked) == ([], [])


def test_an_empty_form_is_no_failure(client: FlaskClient) -> None:
    """Whatever somebody sends, a page says what is missing."""
    for data in ({}, {"often": "hourly"}, {"zone": "UTC"}):
        assert client.post("/subscribe", data=data).status_code == 400
    assert client.post("/subscribe", data=b"\xff\0", content_type="multipart/form-data").status_code == 400


def test_too_much_is_not_read(client: FlaskClient) -> None:
    """A form has a size."""
    answer = client.post("/subscribe", data={**FORM, "address": "x" * 20_000})

    assert answer.status_code == 413
    assert "too much" in text_of(answer)


def test_opening_the_link_changes_nothing(client: FlaskClient, storage: FragileStorage) -> None:
    """A scanner opens it, and HEADs it, as often as it likes: only the button subscribes."""
    link = link_of(Wish(ANN, NOW))

    for method in ("get", "head", "get"):
        assert getattr(client, method)(link).status_code == 200
    assert "a…@example.com, every Friday at 07:30, Asia/Kolkata time" in text_of(client.get(link))
    assert list(storage.list()) == []


def test_the_button_subscribes_once(client: FlaskClient, storage: FragileStorage) -> None:
    """Pressed again, nothing changes, and the page says so."""
    link = link_of(Wish(ANN, NOW - timedelta(hours=1)))
    assert "You will get Twitter Trends" in text_of(client.post(link))

    reader = subscriber(storage, reader_key(ANN.address))
    assert reader
    assert replace(reader, since=None) == ANN
    assert "already" in text_of(client.post(link))
    assert subscriber(storage, reader_key(ANN.address)) == reader


def test_a_report_of_months_is_promised_once_a_month(client: FlaskClient) -> None:
    """Before and after the button, however often the reader asked for mail."""
    link = link_of(Wish(replace(ANN, reports=("rates",), rhythm=Rhythm(Every.HOUR)), NOW))

    assert "To a…@example.com, once a month." in text_of(client.get(link))
    assert "A mail comes once a month, from the next time on." in text_of(client.post(link))


def test_a_link_from_before_leaving_is_void(client: FlaskClient, storage: FragileStorage) -> None:
    """An old link brings nobody back."""
    leave(storage, reader_key(ANN.address), "trends", "page", NOW)

    answer = client.post(link_of(Wish(ANN, NOW - timedelta(hours=1))))

    assert (answer.status_code, subscriber(storage, reader_key(ANN.address))) == (410, None)


def test_links_that_do_not_open_say_why(client: FlaskClient) -> None:
    """Run out, or not ours: a page with the way on, and nothing kept."""
    late = link_of(Wish(ANN, NOW - CONFIRM_WITHIN - timedelta(minutes=1)))
    for method in (client.get, client.post):
        assert method(late).status_code == 410
        assert method(f"{link_of(Wish(ANN, NOW))}x").status_code == 403
        assert method(f"/subscribe/{Tokens(SECRET).manage('0' * 32)}").status_code == 403


@pytest.mark.parametrize("path", ["/subscribe", "/subscribe/x", "/manage/x", "/unsubscribe/x"])
def test_without_a_secret_each_page_says_what_is_missing(
    path: str, storage: FragileStorage, asked: list[None]
) -> None:
    """The owner learns what to set; nothing is kept that could not be signed."""
    client = client_of(storage, replace(SETTINGS, secret_key=""), asked)

    for answer in (client.get(path), client.post(path, data=FORM)):
        assert (answer.status_code, "SECRET_KEY" in text_of(answer)) == (503, True)
    assert list(storage.list()) == []


@pytest.mark.parametrize("path", ["/subscribe", "/subscribe/x", "/manage/x", "/unsubscribe/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_every_answer_stays_private(client: FlaskClient, path: str, method: str) -> None:
    """No cache keeps it, no other site hears of its address, no search engine shows it, no cookie is set."""
    headers = client.open(path, method=method).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in headers
    assert "form-action 'self'" in headers["Content-Security-Policy"]


def test_a_visitor_may_ask_so_often(client: FlaskClient, storage: FragileStorage) -> None:
    """Then a page says to wait, nothing is kept, and others still may; wrong forms do not count."""
    client.post("/subscribe", data={})
    for _ in range(WISHES_PER_VISITOR):
        assert client.post("/subscribe", data=FORM).status_code == 200

    refused = client.post("/subscribe", data=FORM)
    assert refused.status_code == 429
    assert "too often" in text_of(refused)
    assert 3590 <= int(refused.headers["Retry-After"]) <= 3601
    assert len(wishes(storage)) == WISHES_PER_VISITOR
    assert client.post("/subscribe", data=FORM, environ_base={"REMOTE_ADDR": "9.9.9.9"}).status_code == 200


def test_a_flood_from_everywhere_ends(client: FlaskClient) -> None:
    """However many machines ask, so many mails an hour leave at most."""
    statuses = [
        client.post("/subscribe", data=FORM, environ_base={"REMOTE_ADDR": f"10.0.{n}.1"}).status_code
        for n in range(WISHES_IN_ALL + 1)
    ]

    assert statuses == [200] * WISHES_IN_ALL + [429]


@pytest.mark.parametrize(
    ("proxies", "is_believed"), [(0, False), (1, True), (2, False)], ids=["none", "one", "two"]
)
def test_only_trusted_proxies_say_who_asks(
    storage: FragileStorage, asked: list[None], proxies: int, is_believed: bool
) -> None:
    """With one proxy before us its word counts; without, a visitor could be somebody else each time."""
    client = client_of(storage, replace(SETTINGS, trusted_proxies=proxies), asked)

    statuses = [
        client.post("/subscribe", data=FORM, headers={"X-Forwarded-For": f"{n}.1.1.1"}).status_code
        for n in range(1, WISHES_PER_VISITOR + 2)
    ]

    assert (statuses[-1] == 200) == is_believed


def test_storage_that_fails_is_said(client: FlaskClient, storage: FragileStorage) -> None:
    """Nobody is told to look for a mail that cannot come."""
    storage.is_cut_off = True

    assert client.post(link_of(Wish(ANN, NOW))).status_code == 503


def test_every_page_leads_to_the_form(client: FlaskClient) -> None:
    """A quiet link stands at the foot of each page, the frozen ones included: all stand in one frame."""
    assert '<a href="/subscribe">' in client.get("/editions/").text.partition("<footer>")[2]
