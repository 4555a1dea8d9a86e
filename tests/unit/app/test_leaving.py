"""Rules for the pages where readers change what they get, and leave."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.visitors import CHANGES_PER_READER
from report.addresses import reader_key
from report.readers import Every, Reader, Rhythm
from report.services import Services
from report.settings import Settings
from report.subscribers import readers_of, store, subscriber
from report.suppressions import is_suppressed, refusals_of
from report.tokens import Tokens
from tests.some_editions import SECRET, FragileStorage

SETTINGS = Settings(secret_key=SECRET, mail_to=("boss@example.com",))
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ANN = Reader("ann@example.com", ("trends",), Rhythm(Every.DAY, time(5)), ZoneInfo("Asia/Kolkata"), NOW)
KEY, BOSS = reader_key(ANN.address), reader_key("boss@example.com")
TOKENS = Tokens(SECRET)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
HOURLY = {"often": "hourly", "zone": "Europe/Paris"}


@pytest.fixture
def client(storage: FragileStorage) -> FlaskClient:
    def never() -> NoReturn:
        raise AssertionError("the web needs no engine, no history and no sender")

    store(storage, lambda _: ANN, KEY)
    services = Services(SETTINGS, storage, engine=never, history=never, sender=never)
    pages = create_app(services=services, start_build=lambda _: None, start_asking=lambda: None)
    return pages.test_client()


def text_of(answer: TestResponse) -> str:
    """Return a page's words."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text.partition("<main")[2]).split())


def everything(storage: FragileStorage) -> dict[str, bytes]:
    """Return all that is stored."""
    return {info.key: storage.get(info.key) for info in storage.list()}


def test_opening_a_link_to_unsubscribe_only_asks(client: FlaskClient, storage: FragileStorage) -> None:
    """Mail scanners open every link in a mail: GET and HEAD change nothing, however often."""
    before, link = everything(storage), f"/unsubscribe/{TOKENS.unsubscribe(KEY, 'trends')}"

    for method in (client.get, client.head, client.get):
        assert method(link).status_code == 200
    assert everything(storage) == before
    assert "No more of Twitter Trends?" in text_of(client.get(link))


@pytest.mark.parametrize(
    ("body", "content_type", "how"),
    [
        pytest.param(ONE_CLICK, "application/x-www-form-urlencoded", "one-click", id="one click"),
        pytest.param(ONE_CLICK, "multipart/form-data", "one-click", id="one click, multipart"),
        pytest.param({}, "application/x-www-form-urlencoded", "page", id="the button"),
        pytest.param(b"\xff\0", "multipart/form-data", "page", id="a broken body"),
        pytest.param(b"{}", "application/json", "page", id="another body"),
    ],
)
def test_posting_unsubscribes_at_once(
    client: FlaskClient, storage: FragileStorage, body: dict[str, str] | bytes, content_type: str, how: str
) -> None:
    """Whatever the body: 200, no redirect, no cookie; the address is forgotten."""
    link = f"/unsubscribe/{TOKENS.unsubscribe(KEY, 'trends')}"

    answer = client.post(link, data=body, content_type=content_type)

    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    assert is_suppressed(storage, ANN.address, "trends")
    assert refusals_of(storage, KEY)["trends"].how == how
    assert b"ann" not in b"".join(everything(storage).values())


def test_unsubscribing_again_is_answered_alike(client: FlaskClient, storage: FragileStorage) -> None:
    """Replayed, by a program or a person, from a mail however old; the last time counts."""
    link = f"/unsubscribe/{TOKENS.unsubscribe(KEY, 'trends')}"
    first = client.post(link, data=ONE_CLICK)
    before = refusals_of(storage, KEY)["trends"]

    assert client.post(link).data == first.data
    assert refusals_of(storage, KEY)["trends"].at > before.at


def test_who_stands_in_the_settings_may_leave_too(client: FlaskClient, storage: FragileStorage) -> None:
    """MAIL_TO is the owner's wish, leaving is the reader's."""
    client.post(f"/unsubscribe/{TOKENS.unsubscribe(BOSS, 'trends')}")

    assert [reader.address for reader in readers_of(storage, SETTINGS)] == [ANN.address]


@pytest.mark.parametrize("page", ["unsubscribe", "manage"])
def test_a_link_that_is_not_ours_changes_nothing(
    client: FlaskClient, storage: FragileStorage, page: str
) -> None:
    """Cut, of another purpose, of another secret: refused, with the way on."""
    before = everything(storage)
    other = {"unsubscribe": TOKENS.manage(KEY), "manage": TOKENS.unsubscribe(KEY, "trends")}[page]
    foreign = Tokens(f"{SECRET}!")
    forged = {"unsubscribe": foreign.unsubscribe(KEY, "trends"), "manage": foreign.manage(KEY)}[page]

    for token in (other, forged, forged[:-3], "x", "%00", "a" * 7000):
        assert client.get(f"/{page}/{token}").status_code == 403
        assert client.post(f"/{page}/{token}", data={"leave": "yes", **HOURLY}).status_code == 403
    assert everything(storage) == before


def test_managing_shows_what_is_got(client: FlaskClient, storage: FragileStorage) -> None:
    """Opening it changes nothing, and shows little of the address: the mail may have been forwarded."""
    before = everything(storage)
    page = client.get(f"/manage/{TOKENS.manage(KEY)}")

    assert "Twitter Trends goes to a…@example.com, every day at 05:00, Asia/Kolkata time." in text_of(page)
    assert "ann@example.com" not in page.text
    assert everything(storage) == before


def test_managing_changes_what_is_got(client: FlaskClient, storage: FragileStorage) -> None:
    """The page says that it did, and shows the new state."""
    answer = client.post(f"/manage/{TOKENS.manage(KEY)}", data=HOURLY)

    assert "This is changed." in text_of(answer)
    assert subscriber(storage, KEY) == Reader(
        ANN.address, ("trends",), Rhythm(Every.HOUR), ZoneInfo("Europe/Paris"), NOW
    )


def test_managing_drops_a_report(client: FlaskClient, storage: FragileStorage) -> None:
    """Only what stays ticked comes; what was dropped counts as refused, and the page names the rest."""
    store(storage, lambda _: replace(ANN, reports=("trends", "bills")), KEY)
    link = f"/manage/{TOKENS.manage(KEY)}"
    assert client.get(link).text.count("checked") >= 2

    page = client.post(link, data={**HOURLY, "choose": "yes", "report": "trends"})

    reader = subscriber(storage, KEY)
    assert (reader and reader.reports, list(refusals_of(storage, KEY))) == (("trends",), ["bills"])
    assert "Twitter Trends goes to" in text_of(page)


def test_no_report_at_all_is_no_choice(client: FlaskClient, storage: FragileStorage) -> None:
    """Whoever wants none is told of the field; leaving has its own button. A made-up report is none."""
    for report in ({}, {"report": "made up"}):
        answer = client.post(f"/manage/{TOKENS.manage(KEY)}", data={**HOURLY, "choose": "yes", **report})

        assert answer.status_code == 400
    assert subscriber(storage, KEY) == ANN


def test_a_wrong_field_changes_nothing(client: FlaskClient, storage: FragileStorage) -> None:
    """The form comes back with what is wrong."""
    answer = client.post(f"/manage/{TOKENS.manage(KEY)}", data={**HOURLY, "zone": "Mars"})

    assert (answer.status_code, "Choose a time zone" in text_of(answer)) == (400, True)
    assert subscriber(storage, KEY) == ANN


def test_managing_can_leave_all(client: FlaskClient, storage: FragileStorage) -> None:
    """Then the page of the same link says that no mail goes there, and changes nothing more."""
    link = f"/manage/{TOKENS.manage(KEY)}"
    assert "You are unsubscribed" in text_of(client.post(link, data={"leave": "yes"}))

    assert is_suppressed(storage, ANN.address, "any report to come")
    assert "No mail goes to this address" in text_of(client.get(link))
    assert "No mail goes to this address" in text_of(client.post(link, data=HOURLY))
    assert subscriber(storage, KEY) is None


def test_a_reader_may_change_so_often(client: FlaskClient) -> None:
    """Each change is a write; leaving is never too often."""
    link = f"/manage/{TOKENS.manage(KEY)}"
    statuses = [client.post(link, data=HOURLY).status_code for _ in range(CHANGES_PER_READER + 1)]

    assert statuses == [200] * CHANGES_PER_READER + [429]
    assert client.post(link, data={"leave": "yes"}).status_code == 200
