"""Rules for Debian's nginx with our configuration in front of gunicorn."""

import gzip
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from threading import Thread

import brotli
import pytest

from report.adapters.directory_storage import DirectoryStorage
from tests.gunicorn_server import Answer, Client, Gunicorn, free_port, gunicorn
from tests.nginx_server import NGINX, nginx, our_site, until
from tests.some_editions import publish, some_files

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx-light")

PAGE = some_files()["page.html"].body
LARGE = f"/static/bokeh/{version('bokeh')}/bokeh.min.js".encode()


@dataclass(frozen=True)
class Front:
    """Both servers, and what may be asked of the one in front."""

    behind: Gunicorn
    asked: Client
    process: "subprocess.Popen[bytes]"
    folder: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Send one request to nginx."""
        return self.asked.ask(path, method, **headers)


@pytest.fixture(scope="module")
def everyones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """Run a gunicorn for all tests that leave it as it is: it remembers nothing that nginx could show."""
    with serving(tmp_path_factory.mktemp("everyones")) as behind:
        yield behind


@pytest.fixture
def front(everyones: Gunicorn, tmp_path: Path) -> Iterator[Front]:
    """Run an nginx that has nothing in its cache yet before everyone's gunicorn."""
    with in_front(everyones, tmp_path / "nginx") as front:
        yield front


@pytest.fixture
def own_front(tmp_path: Path) -> Iterator[Front]:
    """Run both, for a test that stops gunicorn."""
    with serving(tmp_path) as behind, in_front(behind, tmp_path / "nginx") as front:
        yield front


@contextmanager
def serving(folder: Path) -> Iterator[Gunicorn]:
    publish(DirectoryStorage(folder / "data", None, "http://localhost"))
    with gunicorn({"STORAGE_URL": f"file:{folder / 'data'}"}, "--workers", "1") as behind:
        yield behind


@contextmanager
def in_front(behind: Gunicorn, folder: Path) -> Iterator[Front]:
    port = free_port()
    with nginx(folder, our_site(folder, port, behind.port), port) as process:
        yield Front(behind, Client(port), process, folder)


@pytest.mark.parametrize(
    "path", ["/", "/editions/2026-11-20/r1/hours.png", "/static/charts.js", "/latest.json", "/tags/"]
)
def test_what_may_be_kept_is_answered_without_gunicorn(front: Front, path: str) -> None:
    """The second reader gets the same bytes and the same headers, each once, whatever the query."""
    first, second = front.ask(path), front.ask(f"{path}?from=mail")
    straight = front.behind.ask(path)

    assert (first.headers["X-Cache-Status"], second.headers["X-Cache-Status"]) == ("MISS", "HIT")
    assert first.body == second.body == straight.body
    for name in straight.headers.keys() - {"Date", "Server", "Connection", "X-Request-ID"}:
        assert second.headers[name] == straight.headers[name], name


def test_no_header_is_said_twice(front: Front) -> None:
    """A doubled policy would be the stricter of both, a doubled length a broken answer."""
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", front.asked.port)) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            head = line.makefile("rb").read().partition(b"\r\n\r\n")[0]
        names = [name.partition(b":")[0].lower() for name in head.split(b"\r\n")[1:]]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/", 200, id="a page that is kept"),
        pytest.param("/nothing", 404, id="an error of the pages"),
        pytest.param("/" + "a" * 9_000, 414, id="an error of nginx"),
    ],
)
def test_every_answer_names_its_own_request(front: Front, path: str, status: int) -> None:
    """Not that of the reader for whom the page was fetched, and nobody says theirs for us."""
    answers = [front.ask(path, X_Request_ID="made-up-by-a-reader") for _ in range(3)]
    ids = [answer.headers["X-Request-ID"] for answer in answers]

    assert {answer.status for answer in answers} == {status}
    assert len(set(ids)) == 3
    assert "made-up" not in "".join(ids)


def test_both_logs_name_the_request_alike(own_front: Front) -> None:
    """Who was sent the page of an error can say which it was, and both logs have it."""
    name = own_front.ask("/nothing").headers["X-Request-ID"]
    own_front.behind.stop()
    away = own_front.ask("/nothing").headers["X-Request-ID"]
    own_front.process.send_signal(signal.SIGUSR1)

    lines = until(
        lambda: (own_front.folder / "access.log").read_text().splitlines(), lambda said: len(said) == 2
    )
    assert {line.split()[-1] for line in lines} == {name, away}  # each process of nginx writes its own
    assert [line for line in own_front.behind.lines if f" id={name} " in line and " path=/nothing " in line]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        pytest.param("gzip, deflate, br, zstd", "br", id="as browsers ask"),
        pytest.param("gzip, deflate", "gzip", id="gzip alone"),
        pytest.param("br;q=0, gzip", "gzip", id="brotli refused"),
        pytest.param("br;q=0.1, gzip;q=0.9", "gzip", id="by weight"),
        pytest.param("identity", None, id="plain"),
    ],
)
def test_each_coding_is_kept_apart(front: Front, accepted: str, coding: str | None) -> None:
    """Whatever another reader had before, everyone gets a coding they can read, packed once."""
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    for other in ("br", "gzip", "identity"):
        front.ask("/", Accept_Encoding=other)

    for _ in range(2):
        answer = front.ask("/", Accept_Encoding=accepted)
        assert answer.headers.get("Content-Encoding") == coding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert unpack(answer.body) == PAGE


def test_browsers_share_a_copy(front: Front) -> None:
    """However a browser spells that it likes Brotli, it gets the one copy."""
    front.ask("/", Accept_Encoding="gzip, deflate, br, zstd")

    assert front.ask("/", Accept_Encoding="br,gzip").headers["X-Cache-Status"] == "HIT"


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_a_reader_who_has_the_page_is_told_so_by_nginx(front: Front, coding: str) -> None:
    """The entity tag is gunicorn's, and nginx answers 304 from what it keeps."""
    tag = front.ask("/", Accept_Encoding=coding).headers["ETag"]
    again = front.ask("/", Accept_Encoding=coding, If_None_Match=tag)

    assert (again.status, again.body) == (304, b"")
    assert again.headers["X-Cache-Status"] == "HIT"
    assert tag == again.headers["ETag"] == front.behind.ask("/", Accept_Encoding=coding).headers["ETag"]


def test_head_is_answered_from_the_same_copy(front: Front) -> None:
    """HEAD says what GET would."""
    get, head = front.ask("/"), front.ask("/", "HEAD")

    assert (head.status, head.body, head.headers["X-Cache-Status"]) == (200, b"", "HIT")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


_FOR_ONE_READER = ("/healthz", "/files/a.json?expires=1&signature=a", "/subscribe", "/nothing", "/editions/x")


def test_what_is_for_one_reader_is_not_kept(own_front: Front) -> None:
    """Health, signed links and errors come from gunicorn each time."""
    for path in _FOR_ONE_READER * 2:
        own_front.ask(path)
    own_front.behind.stop()

    asked = Counter(line.partition(" path=")[2].partition(" ")[0] for line in own_front.behind.lines)
    assert {asked[path.partition("?")[0]] for path in _FOR_ONE_READER} == {2}


def test_the_page_outlives_gunicorn(own_front: Front) -> None:
    """Stopped, gunicorn is not missed for what was read before; the rest says what to do."""
    kept = own_front.ask("/")
    own_front.behind.stop()

    assert own_front.ask("/").body == kept.body
    away = own_front.ask("/editions/2026-11-20/")
    assert away.status == 503
    assert away.headers["Retry-After"] == "10"
    assert b"Try again in a minute" in away.body


@pytest.mark.parametrize("path", ["/nothing", "/tags/nothing"])
def test_a_flood_is_held_back(front: Front, path: str) -> None:
    """One address that hammers at what only gunicorn can answer is told to slow down; pages are not."""
    statuses = {front.ask(path).status for _ in range(300)}

    assert statuses == {404, 429}
    assert front.ask("/").status == 200


def test_the_log_says_what_was_asked_and_no_signature(front: Front) -> None:
    """Who reads nginx's log learns how pages are answered, and cannot open shared files."""
    front.ask("/")
    front.ask("/?signature=abcdef")
    front.ask("/files/a.json?expires=1&signature=abcdef")
    front.ask("/unsubscribe/abcdef")
    front.process.send_signal(signal.SIGUSR1)  # writes down what is still in memory

    lines = until(lambda: (front.folder / "access.log").read_text().splitlines(), lambda said: len(said) == 4)
    asked = [line.partition("] ")[2].split() for line in lines]
    assert {(path, status, kept) for _, path, status, _, _, kept, _ in asked} == {
        ("/", "200", "MISS"),
        ("/", "200", "HIT"),
        ("/files/a.json", "404", "-"),
        ("/unsubscribe/(hidden)", "503", "-"),
    }


def test_nobody_who_leaves_is_held_back(front: Front) -> None:
    """The programs of a large mail provider post from few addresses, for many readers at once."""
    assert {front.ask("/unsubscribe/x", "POST").status for _ in range(100)} == {503}  # no secret is set here


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: a\r\n", id="half a head"),
        pytest.param(b"POST /subscribe HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na", id="half a form"),
        pytest.param(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % LARGE, id="a large answer left unread"),
    ],
)
def test_slow_clients_hold_up_nobody(front: Front, begun: bytes) -> None:
    """However many only began to ask, or read nothing, gunicorn's threads are free for the others."""
    with ExitStack() as lines:
        for _ in range(100):
            line = lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect(("127.0.0.1", front.asked.port))
            line.sendall(begun)

        assert {front.ask("/healthz").status for _ in range(10)} == {200}


@dataclass(frozen=True)
class Behind:
    """Stands in for gunicorn: says another word each time, to be kept for a second."""

    server: ThreadingHTTPServer
    front: Client
    heard: list[str]
    """The methods of what was asked."""

    def asked(self) -> Answer:
        """Ask for the page, through nginx."""
        return self.front.ask("/")


@pytest.fixture
def briefly(tmp_path: Path) -> Iterator[Behind]:
    """Run nginx before a server whose pages soon grow old, and which cuts off whoever asks for /cut first."""
    heard: list[str] = []

    class Speaker(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.command)
            if self.path == "/cut" and heard.count(self.command) == 1:
                return  # without a word, as a worker that is killed
            word = b"word %d" % len(heard)
            self.send_response(200)
            self.send_header("Cache-Control", "public, max-age=1")
            self.send_header("Content-Length", str(len(word)))
            self.end_headers()
            self.wfile.write(word)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server, port = ThreadingHTTPServer(("127.0.0.1", 0), Speaker), free_port()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    site = our_site(tmp_path / "nginx", port, server.server_port)
    try:
        with nginx(tmp_path / "nginx", site, port):
            yield Behind(server, Client(port), heard)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_reader_does_not_notice_that_a_worker_was_killed(briefly: Behind) -> None:
    """What was asked for and cut off is asked for once more, of another worker; a form never is."""
    read, sent = (briefly.front.ask("/cut", method).status for method in ("GET", "POST"))

    assert (read, sent) == (200, 503)
    assert briefly.heard == ["GET", "GET", "POST"]


def test_a_page_that_changed_is_shown_by_every_process_of_nginx(briefly: Behind) -> None:
    """Files stay open in nginx's processes, but once a page was fetched anew the old one is gone."""
    first = {briefly.asked().body for _ in range(20)}
    changed = until(briefly.asked, lambda answer: answer.headers["X-Cache-Status"] == "EXPIRED").body

    kept = [answer.body for answer in (briefly.asked() for _ in range(20)) if is_hit(answer)]
    assert changed not in first
    assert changed in kept
    assert not first & set(kept)


def test_a_page_grown_old_is_shown_while_gunicorn_is_away(briefly: Behind) -> None:
    """However long ago it had to be fetched anew, the last good page stands until gunicorn is back."""
    first = briefly.asked().body
    briefly.server.shutdown()
    briefly.server.server_close()

    old = until(briefly.asked, lambda answer: not is_hit(answer))
    assert (old.status, old.body, old.headers["X-Cache-Status"]) == (200, first, "STALE")


def is_hit(answer: Answer) -> bool:
    return answer.headers["X-Cache-Status"] == "HIT"
