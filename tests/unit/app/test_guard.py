"""Rules for pages with a password."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NoReturn

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from report.addresses import reader_key
from report.links import EDITIONS, FILES, LinkSigner
from report.services import Services
from report.settings import Settings
from report.tokens import Tokens
from tests.some_editions import SECRET, FragileStorage, publish

PASSWORD = "sesame, ouvre-toi ✓"
EDITION = "/editions/2026-11-20/r1/"
PROTECTED = (
    "/",
    "/today",
    "/latest.json",
    "/editions/",
    EDITION,
    EDITION + "hours.png",
    "/tags/",
    "/subscribe",
    "/no",
)


@pytest.fixture
def protected(storage: FragileStorage) -> FlaskClient:
    """Return a client of a server whose pages have a password, with one edition."""

    def never() -> NoReturn:
        raise AssertionError("the web needs no engine, no history and no sender")

    publish(storage)
    settings = Settings(secret_key=SECRET, page_password=PASSWORD, trusted_proxies=1)
    services = Services(settings, storage, engine=never, history=never, sender=never)
    return create_app(services=services, start_build=lambda _: None).test_client()


def said(password: str, name: str = "") -> dict[str, str]:
    """Return the header by which a browser says a password."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def link(path: str = EDITION, purpose: str = EDITIONS, lifetime: timedelta = timedelta(hours=1)) -> str:
    """Return the query of a signed link."""
    return LinkSigner(SECRET, purpose).query(path, datetime.now(UTC) + lifetime)


@pytest.mark.parametrize("address", PROTECTED)
def test_a_page_asks_for_the_password(protected: FlaskClient, address: str) -> None:
    """Also an address where there is nothing; the answer is a page, kept by nobody, and tells no news."""
    answer = protected.get(address)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ask for a password" in answer.text
    assert "news" not in answer.text


@pytest.mark.parametrize("address", PROTECTED[:-1])
def test_the_password_opens_every_page(protected: FlaskClient, address: str) -> None:
    """Whatever the name; no cache but the reader's own keeps what it opened."""
    for _ in range(2):
        answer = protected.get(address, headers=said(PASSWORD, "anybody"))
        assert answer.status_code in (200, 503)  # there is no draft of today
        assert "public" not in answer.headers["Cache-Control"]
    assert protected.get(address).status_code == 401


@pytest.mark.parametrize("address", ["/healthz", "/robots.txt", "/favicon.ico", "/static/charts.js"])
def test_what_says_nothing_of_reports_is_open(protected: FlaskClient, address: str) -> None:
    """Load balancers know no password, and what an opened edition loads is no secret."""
    assert protected.get(address).status_code == 200


def test_links_of_mails_open_without_it(protected: FlaskClient) -> None:
    """To leave, to change what comes, or to confirm, the link is enough."""
    tokens, key = Tokens(SECRET), reader_key("ann@example.com")

    assert protected.get(f"/unsubscribe/{tokens.unsubscribe(key, 'trends')}").status_code == 200
    assert protected.post(f"/unsubscribe/{tokens.unsubscribe(key, 'trends')}").status_code == 200
    assert protected.get(f"/manage/{tokens.manage(key)}").status_code == 200
    assert protected.get("/subscribe/made-up").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        said("sesame"),
        said(""),
        said(PASSWORD + " "),
        {"Authorization": "Basic ###"},
        {"Authorization": "Basic \xc3\xa9"},
        {"Authorization": "Bearer a"},
    ],
)
def test_another_password_opens_nothing(protected: FlaskClient, headers: dict[str, str]) -> None:
    """Nor does a header that makes no sense."""
    assert protected.get("/", headers=headers).status_code == 401


def guesses(client: FlaskClient, address: str) -> Iterator[TestResponse]:
    """Yield the answers to one wrong password after the other, from this address."""
    while True:
        yield client.get("/", headers={**said("sesame"), "X-Forwarded-For": address})


def test_guessing_is_slowed(protected: FlaskClient) -> None:
    """After ten wrong passwords an hour none opens from there, and who asks from elsewhere never notices."""
    answers = list(islice(guesses(protected, "192.0.2.7"), 12))
    right = {**said(PASSWORD), "X-Forwarded-For": "192.0.2.7"}

    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 3000
    assert "Too many wrong passwords came from here" in answers[-1].text
    assert protected.get("/", headers=right).status_code == 429
    assert protected.get("/", headers={**right, "X-Forwarded-For": "192.0.2.8"}).status_code == 200


def test_a_signed_link_opens_one_edition(protected: FlaskClient) -> None:
    """The page and, by a cookie for its folder alone, the files it shows; nothing else."""
    page = protected.get(f"{EDITION}?{link()}")

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert f"Path={EDITION}" in page.headers["Set-Cookie"]
    assert "HttpOnly" in page.headers["Set-Cookie"]
    assert protected.get(f"{EDITION}hours.png").status_code == 200
    for other in ("/", "/editions/2026-11-20/", "/latest.json", "/editions/2026-11-20/r2/"):
        assert protected.get(other).status_code == 401, other


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param(link(lifetime=timedelta(hours=-1)), 410, id="over"),
        pytest.param(link("/editions/2026-11-19/r1/"), 403, id="another edition's"),
        pytest.param(link(purpose=FILES), 403, id="a file's"),
        pytest.param("expires=9999999999&signature=made-up", 403, id="made up"),
        pytest.param("expires=%00&signature=%ff", 403, id="nonsense"),
        pytest.param("signature=", 403, id="empty"),
    ],
)
def test_no_other_link_opens_it(protected: FlaskClient, query: str, status: int) -> None:
    """What is wrong with it is said, and there is no way around."""
    assert protected.get(f"{EDITION}?{query}").status_code == status


def test_a_made_up_cookie_opens_nothing(protected: FlaskClient) -> None:
    """The password is asked for, as if there were none."""
    protected.set_cookie("shared", "9999999999.made-up", path=EDITION)

    assert protected.get(EDITION).status_code == 401
