"""Rules for subscribing and leaving over HTTP: a real server, a real mailer, mail in a folder."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from app.visitors import WISHES_PER_VISITOR
from report.adapters.directory_storage import DirectoryStorage
from report.addresses import reader_key
from report.catalogue import titles
from report.settings import Settings
from report.subscribers import readers_of, subscriber
from report.suppressions import is_suppressed, refusals_of
from report.unsubscribing import foot_links, list_headers
from tests.gunicorn_server import Gunicorn, gunicorn
from tests.some_editions import publish

SECRET = "correct horse battery staple"
ANN = "ann@example.com"
FORM = {"address": ANN, "often": "hourly", "zone": "Asia/Kolkata"}
SETTINGS = Settings(secret_key=SECRET, mail_to=(ANN,), public_url="http://127.0.0.1")
_LONGEST_WAIT_SECONDS = 30


@pytest.fixture
def storage(tmp_path: Path) -> DirectoryStorage:
    storage = DirectoryStorage(tmp_path / "data")
    publish(storage)
    return storage


@pytest.fixture
def server(tmp_path: Path, storage: DirectoryStorage) -> Iterator[Gunicorn]:
    """Run the pages with one worker, whose counts are then exact."""
    environ = {
        "STORAGE_URL": f"file:{tmp_path}/data",
        "SMTP_URL": f"file:{tmp_path}/outbox",
        "SECRET_KEY": SECRET,
        "TRUSTED_PROXIES": "1",
    }
    with gunicorn(environ, "--workers", "1") as running:
        yield running


def path_of(link: str) -> str:
    """Return a link without the host in front."""
    return re.sub(r"^<?https?://[^/]*|>$", "", link)


def mail_in(outbox: Path, server: Gunicorn) -> EmailMessage:
    """Return the first mail that lies in the folder, once it does; the server is asked meanwhile."""
    for _ in range(_LONGEST_WAIT_SECONDS * 1000):
        for path in outbox.glob("*.eml"):
            return message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)
        server.ask("/healthz")
    raise AssertionError("no mail came:\n" + "\n".join(server.lines))


def test_one_click_leaves_at_once(server: Gunicorn, storage: DirectoryStorage) -> None:
    """A mail program posts what a mail's headers say: 200, no redirect, no cookie, and no mail any more."""
    headers = list_headers(ANN, "trends", SETTINGS)
    path = path_of(headers["List-Unsubscribe"])
    form = dict([headers["List-Unsubscribe-Post"].split("=")])

    for method in ("GET", "HEAD", "GET"):
        assert server.ask(path, method).status == 200
    assert readers_of(storage, SETTINGS) != []
    answers = [server.post(path, form) for _ in range(2)]

    assert [(answer.status, answer.headers.get("Set-Cookie")) for answer in answers] == [(200, None)] * 2
    assert answers[0].body == answers[1].body
    assert refusals_of(storage, reader_key(ANN))["trends"].how == "one-click"
    assert readers_of(storage, SETTINGS) == []


def test_a_wish_becomes_a_reader_by_way_of_the_mailbox(
    server: Gunicorn, storage: DirectoryStorage, tmp_path: Path
) -> None:
    """Form, mail, link, button: only then is there a reader; and the old link is void after leaving."""
    assert server.post("/subscribe", FORM).status == 200
    letter = mail_in(tmp_path / "outbox", server)
    assert (letter["To"], subscriber(storage, reader_key(ANN))) == (ANN, None)

    text = letter.get_body(("plain",))
    assert text is not None
    [link] = re.findall(r"\S+/subscribe/\S+", text.get_content())
    assert server.ask(path_of(link)).status == 200
    assert subscriber(storage, reader_key(ANN)) is None
    assert server.post(path_of(link), {}).status == 200
    assert subscriber(storage, reader_key(ANN)) is not None

    manage = path_of(foot_links(ANN, "trends", SETTINGS)["manage"])
    assert b"every hour, Asia/Kolkata time" in server.ask(manage).body
    assert server.post(manage, {"leave": "yes"}).status == 200
    assert server.post(path_of(link), {}).status == 410
    assert all(is_suppressed(storage, ANN, report) for report in titles())


def test_known_and_unknown_get_the_same_bytes(server: Gunicorn) -> None:
    """Nobody learns by the form who reads the report: not by words, headers or length."""
    server.post(path_of(list_headers(ANN, "trends", SETTINGS)["List-Unsubscribe"]), {})

    answers = [
        server.post("/subscribe", {**FORM, "address": it}) for it in (ANN, "boss@localhost", "x@b.org")
    ]

    own = ("Date", "X-Request-ID")  # no two answers share them, whoever asks
    told = [{name: value for name, value in it.headers.items() if name not in own} for it in answers]
    assert [(it.status, it.body) for it in answers] == [(200, answers[0].body)] * 3
    assert told == [told[0]] * 3


def test_a_visitor_who_asks_too_often_is_told_to_wait(server: Gunicorn) -> None:
    """By the proxy's word of who asks; what a visitor says of itself in front of it does not count."""
    for n in range(WISHES_PER_VISITOR):
        assert server.post("/subscribe", FORM, X_Forwarded_For=f"{n}.1.1.1, 192.0.2.7").status == 200

    refused = server.post("/subscribe", FORM, X_Forwarded_For="9.1.1.1, 192.0.2.7")
    other = server.post("/subscribe", FORM, X_Forwarded_For="9.1.1.1, 192.0.2.8")

    assert (refused.status, other.status) == (429, 200)
    assert b"too often" in refused.body
    assert int(refused.headers["Retry-After"]) > 3000


def test_no_token_stands_in_the_log(server: Gunicorn) -> None:
    """Whoever reads the log cannot act for a reader: neither by plain requests nor by odd ones."""
    links = foot_links(ANN, "trends", SETTINGS)
    paths = [path_of(link) for link in links.values()]
    for path in (*paths, f"{paths[0]}?a=b", f"{paths[0]}/", f"{paths[1]}%0Ax"):
        server.ask(path)
        server.ask(path, "DELETE")
    server.stop()

    said = "\n".join(server.lines)
    assert re.search(r"method=GET path=/unsubscribe/\(hidden\) route=\S+ status=200 ", said)
    assert not [path for path in paths if path.rpartition("/")[2][:20] in said]
