"""Rules for fetching a tweet from a feed, on a real server that misbehaves."""

import contextlib
import gzip
import json
import socket
import ssl
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from collector import feed_client
from collector.feed_client import LARGEST_BYTES, ask, redacted
from collector.fetching import feed_name, fetch_tweet
from report.adapters.directory_storage import DirectoryStorage
from report.errors import FeedError, FeedUnavailable

NOON = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
TWEET = json.dumps(
    {
        "created_at": "Fri Nov 20 12:00:00 +0000 2026",
        "id": 2123748189382277308,
        "id_str": "2123748189382277308",
        "text": "Q&amp;A on #Budget",
        "user": {"id": 7, "id_str": "7", "screen_name": "otter"},
        "entities": {"hashtags": [{"text": "Budget", "indices": [11, 18]}]},
        "lang": "en",
    },
    indent=2,
).encode()
NOTICE = b'{"delete":{"status":{"id":1,"id_str":"1","user_id":2,"user_id_str":"2"}}}'
ACTIVITY = (
    b'{"objectType":"activity","verb":"post","body":"hi","postedTime":"2026-11-20T12:00:00.000Z","actor":{}}'
)


@dataclass
class Answer:
    """What the feed says to one request."""

    status: int = 200
    body: bytes = TWEET
    headers: dict[str, str] = field(default_factory=dict)
    hang_up_after: int | None = None
    stays_silent: bool = False
    drips_headers: bool = False


@dataclass
class Feed:
    """A feed on loopback that gives its answers in turn, the last for ever, and notes what it was asked."""

    url: str
    answers: list[Answer]
    asked: list[dict[str, str]] = field(default_factory=list)
    rests: list[float] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        yield server


@pytest.fixture
def feed(server: ThreadingHTTPServer) -> Iterator[Feed]:
    feed = Feed(f"http://127.0.0.1:{server.server_port}/tweet", [Answer()])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            feed.asked.append(dict(self.headers.items()))
            answer = feed.answers.pop(0) if len(feed.answers) > 1 else feed.answers[0]
            if answer.stays_silent:
                feed.done.wait(20)
                return
            if answer.drips_headers:
                self.drip()
                return
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body[: answer.hang_up_after])

        def drip(self) -> None:
            """Send a header now and then, as long as somebody listens."""
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            with contextlib.suppress(ConnectionError):
                while not feed.done.wait(0.02):
                    self.wfile.write(b"Drip: drop\r\n")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server.RequestHandlerClass = Handler
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield feed
    feed.done.set()
    server.shutdown()


@pytest.fixture
def storage(tmp_path: Path) -> DirectoryStorage:
    return DirectoryStorage(tmp_path / "data")


def keys(storage: DirectoryStorage) -> list[str]:
    return [info.key for info in storage.list()]


def test_tweet_is_stored_as_it_came_on_one_line(feed: Feed, storage: DirectoryStorage) -> None:
    """The document is kept to the letter; only its line breaks become spaces."""
    fetched = fetch_tweet(feed.url, storage, NOON)

    stored = storage.get(fetched.key)
    assert fetched.key == f"raw/dt=2026-11-20/hour=12/20261120T120000Z-{feed_name(feed.url)}.json"
    assert (fetched.stored, fetched.id, fetched.size) == (True, "2123748189382277308", len(stored))
    assert stored == TWEET.replace(b"\n", b" ")
    assert storage.content_type(fetched.key) == "application/json"


def test_a_minute_is_collected_once(feed: Feed, storage: DirectoryStorage) -> None:
    """A repeated firing in the same minute stores nothing and does not ask the feed."""
    first = fetch_tweet(feed.url, storage, NOON)
    again = fetch_tweet(feed.url, storage, NOON + timedelta(seconds=29))

    assert (again.key, again.stored, again.id, again.size) == (first.key, False, None, first.size)
    assert len(feed.asked) == 1


def test_a_race_for_the_minute_keeps_the_first(feed: Feed, storage: DirectoryStorage) -> None:
    """Two runs that both found the minute free store one tweet, and neither fails."""
    feed.answers = [Answer(503), Answer()]

    def overtake(seconds: float) -> None:
        assert fetch_tweet(feed.url, storage, NOON).stored

    assert not fetch_tweet(feed.url, storage, NOON, wait=overtake).stored
    assert len(keys(storage)) == 1


def test_two_feeds_share_a_minute(feed: Feed, storage: DirectoryStorage) -> None:
    """Each feed has its own place in a minute."""
    fetch_tweet(feed.url, storage, NOON)
    fetch_tweet(f"{feed.url}?stream=2", storage, NOON)

    assert len(keys(storage)) == 2


def test_minutes_are_utc(feed: Feed, storage: DirectoryStorage) -> None:
    """The place is the minute in UTC, whatever zone the clock is in."""
    eastern = datetime.fromisoformat("2026-11-20T20:00:30+08:00")

    assert fetch_tweet(feed.url, storage, eastern).key == fetch_tweet(feed.url, storage, NOON).key


@pytest.mark.parametrize(
    "failures",
    [
        pytest.param([Answer(500)], id="server error"),
        pytest.param([Answer(503), Answer(502)], id="two of them"),
        pytest.param([Answer(429, headers={"Retry-After": "3"})], id="too many requests"),
        pytest.param([Answer(hang_up_after=40)], id="connection lost half-way"),
        pytest.param(
            [Answer(body=b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"})], id="broken gzip"
        ),
    ],
)
def test_what_can_pass_is_tried_again(feed: Feed, storage: DirectoryStorage, failures: list[Answer]) -> None:
    """A failure that can pass costs a rest and another try."""
    feed.answers = [*failures, Answer()]

    assert fetch_tweet(feed.url, storage, NOON, wait=feed.rests.append).stored
    assert len(feed.rests) == len(failures)
    assert all(0 < rest <= 8 for rest in feed.rests)


def test_the_feed_says_how_long_to_rest(feed: Feed, storage: DirectoryStorage) -> None:
    """Retry-After is obeyed to the second."""
    feed.answers = [Answer(429, headers={"Retry-After": "3"}), Answer()]
    fetch_tweet(feed.url, storage, NOON, wait=feed.rests.append)

    assert feed.rests == [3]


def test_a_long_rest_is_left_to_the_next_minute(feed: Feed, storage: DirectoryStorage) -> None:
    """A feed that wants to be left alone for longer than we may wait is left alone."""
    feed.answers = [Answer(429, headers={"Retry-After": "3600"})]

    with pytest.raises(FeedUnavailable, match="429 Too Many Requests; gave up after 1 try"):
        fetch_tweet(feed.url, storage, NOON, wait=feed.rests.append)
    assert (feed.rests, len(feed.asked)) == ([], 1)


def test_tries_end(feed: Feed, storage: DirectoryStorage) -> None:
    """A feed that stays broken is given up after three tries; nothing is stored."""
    feed.answers = [Answer(500)]

    with pytest.raises(FeedUnavailable, match="500 Internal Server Error; gave up after 3 tries") as raised:
        fetch_tweet(feed.url, storage, NOON, wait=feed.rests.append)
    assert not raised.value.permanent
    assert (len(feed.asked), keys(storage)) == (3, [])


def test_silence_is_not_waited_out(feed: Feed) -> None:
    """A feed that says nothing counts as unreachable after the time allowed."""
    feed.answers = [Answer(stays_silent=True)]

    with pytest.raises(FeedUnavailable, match="did not answer in time"):
        ask(feed.url, feed.rests.append, quiet_seconds=0.05)


def test_a_trickle_is_cut_off(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that drips in is given up when the time for a whole answer is over."""
    monkeypatch.setattr(feed_client, "ANSWER_SECONDS", 0.0)

    with pytest.raises(FeedUnavailable, match="still answering"):
        ask(feed.url, feed.rests.append)


def test_dripped_headers_are_cut_off(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time for a whole answer covers its headers: who drips them is not waited for."""
    monkeypatch.setattr(feed_client, "ANSWER_SECONDS", 0.2)
    feed.answers = [Answer(drips_headers=True)]

    with pytest.raises(FeedUnavailable, match="still answering"):
        ask(feed.url, feed.rests.append)


def test_nobody_there(storage: DirectoryStorage) -> None:
    """A closed port is a failure that can pass."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/tweet"
    rests: list[float] = []

    with pytest.raises(FeedUnavailable, match="could not be reached"):
        fetch_tweet(url, storage, NOON, wait=rests.append)
    assert len(rests) == 2


def gzipped(body: bytes) -> Answer:
    return Answer(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(Answer(404), "answered 404 Not Found", id="not found"),
        pytest.param(Answer(401), "answered 401 Unauthorized", id="not allowed"),
        pytest.param(Answer(body=b"<html>hello</html>"), "<html>hello</html>.*is not JSON", id="a web page"),
        pytest.param(Answer(body=b""), "an empty body, which is not JSON", id="nothing"),
        pytest.param(Answer(body=b'{"id": NaN}'), "is not JSON", id="not a number"),
        pytest.param(Answer(body=TWEET.decode().encode("utf-16")), "is not JSON", id="wrong encoding"),
        pytest.param(Answer(body=b"[" * 100_000), "is not JSON", id="too deep"),
        pytest.param(Answer(body=NOTICE), "a notice .delete.", id="a notice"),
        pytest.param(Answer(body=b"[" + TWEET + b"]"), "array", id="a list"),
        pytest.param(Answer(body=b'{"statuses": [' + TWEET + b"]}"), "statuses", id="a search"),
        pytest.param(Answer(body=ACTIVITY), "Gnip activity stream", id="an activity stream"),
        pytest.param(Answer(body=b'{"errors": [{"code": 88}]}'), "a notice .errors.", id="an error object"),
        pytest.param(Answer(body=b'"tweet"'), "a JSON string", id="a string"),
        pytest.param(Answer(body=b" " * (LARGEST_BYTES + 1)), "more than 1,000,000 bytes", id="too large"),
        pytest.param(gzipped(b" " * 50_000_000), "more than 1,000,000 bytes", id="a gzip bomb"),
        pytest.param(
            Answer(body=zlib.compress(TWEET), headers={"Content-Encoding": "deflate"}),
            "'deflate'",
            id="deflate",
        ),
        pytest.param(
            Answer(302, headers={"Location": "file:///etc/passwd"}), "302 Found; only", id="to a file"
        ),
        pytest.param(Answer(302, headers={"Location": "ftp://127.0.0.1/x"}), "302 Found; only", id="to ftp"),
        pytest.param(Answer(302, headers={"Location": "/tweet"}), "302 Found; only", id="in circles"),
    ],
)
def test_what_cannot_pass_is_refused_at_once(
    feed: Feed, storage: DirectoryStorage, answer: Answer, said: str
) -> None:
    """An answer that is no tweet is named and not asked for again; nothing is stored."""
    feed.answers = [answer]

    with pytest.raises(FeedError, match=said) as raised:
        fetch_tweet(feed.url, storage, NOON, wait=feed.rests.append)
    assert raised.value.permanent
    assert feed.url in str(raised.value)
    assert (feed.rests, keys(storage)) == ([], [])


def test_gzip_is_asked_for_and_understood(feed: Feed, storage: DirectoryStorage) -> None:
    """A packed answer is stored unpacked."""
    feed.answers = [gzipped(TWEET)]

    assert storage.get(fetch_tweet(feed.url, storage, NOON).key) == TWEET.replace(b"\n", b" ")
    assert feed.asked[0]["Accept-Encoding"] == "gzip"


def test_a_byte_order_mark_is_left_out(feed: Feed, storage: DirectoryStorage) -> None:
    """raw/ holds plain UTF-8."""
    feed.answers = [Answer(body=b"\xef\xbb\xbf" + TWEET + b"\r\n")]

    assert storage.get(fetch_tweet(feed.url, storage, NOON).key) == TWEET.replace(b"\n", b" ")


def test_a_secure_feed_is_asked_by_its_certificate(
    feed: Feed, server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An https address is asked too, and only a certificate that is trusted will do."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    secure = feed.url.replace("http:", "https:")

    with pytest.raises(FeedError, match="certificate that is not trusted"):
        ask(secure, feed.rests.append)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert ask(secure, feed.rests.append) == TWEET


def test_password_goes_to_the_feed_alone(feed: Feed, storage: DirectoryStorage) -> None:
    """A user and password in the address are sent to its host, not to where it redirects, and never shown."""
    secret = feed.url.replace("://", "://me:s3cret@")
    feed.answers = [Answer(302, headers={"Location": feed.url}), Answer(404)]

    with pytest.raises(FeedError) as raised:
        fetch_tweet(f"{secret}?token=t0ken", storage, NOON)
    assert [asked.get("Authorization") for asked in feed.asked] == ["Basic bWU6czNjcmV0", None]
    assert not any(word in str(raised.value) for word in ("s3cret", "t0ken"))
    assert feed_name(secret) == feed_name(feed.url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "tweet"])
def test_only_web_addresses_are_asked(storage: DirectoryStorage, url: str) -> None:
    """An address that is not http or https is refused before anything is opened."""
    with pytest.raises(FeedError, match="not http:// or https://"):
        fetch_tweet(url, storage, NOON)


def test_shown_address_has_no_secrets() -> None:
    """User, password, query and fragment never reach a message."""
    assert redacted("https://me:pw@feed.example.org:8/a?token=x#y") == "https://feed.example.org:8/a"


def test_fetching_needs_the_standard_library_alone() -> None:
    """Lambda gets a small zip: nothing but this project, the standard library and boto3."""
    without_packages = [sys.executable, "-S", "-c", "import collector.lambda_function"]

    assert subprocess.run(without_packages, capture_output=True, text=True).stderr == ""
