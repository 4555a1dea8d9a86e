"""Rules for the worker whose loop answers by itself what lies ready, under gunicorn."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path

import pytest

from report.adapters.directory_storage import DirectoryStorage
from tests.gunicorn_server import Gunicorn, gunicorn
from tests.some_editions import publish, some_files

PAGE = some_files()["page.html"].body
READY = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE = f"/static/bokeh/{version('bokeh')}/bokeh.min.js"
_LONGEST_WAIT_SECONDS = 20


class Line:
    """A kept connection, spoken to in bytes."""

    def __init__(self, server: Gunicorn, receive_buffer: int = 0) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or requests would travel together
        self.socket.settimeout(_LONGEST_WAIT_SECONDS)
        self.socket.connect(("127.0.0.1", server.port))
        self._file = self.socket.makefile("rb")

    def ask(self, path: str = "/", method: str = "GET", *said: str) -> None:
        """Send one request with these lines besides."""
        lines = "".join(f"{line}\r\n" for line in (f"{method} {path} HTTP/1.1", "Host: localhost", *said))
        self.socket.sendall(f"{lines}\r\n".encode())

    def answer(self, has_body: bool = True) -> tuple[list[bytes], bytes]:
        """Return the lines of the next answer's head, less the clock's and its name, and its body."""
        head = list(iter(self._file.readline, b"\r\n"))
        length = next((int(line.split()[1]) for line in head if line.startswith(b"Content-Length:")), 0)
        body = self._file.read(length if has_body else 0)
        return [line for line in head if not line.startswith((b"Date:", b"X-Request-ID:"))], body

    def close(self) -> None:
        """Leave."""
        self._file.close()
        self.socket.close()

    def is_ended(self) -> bool:
        """Wait for the server to say more or to end the line; say whether it ended it."""
        return not self._file.read(1)


@contextmanager
def serving(folder: Path) -> Iterator[Gunicorn]:
    """Run one process with two threads, which are easily kept busy."""
    publish(DirectoryStorage(folder / "data", None, "http://localhost"))
    environ = {"STORAGE_URL": f"file:{folder / 'data'}", "TRUSTED_PROXIES": "1"}
    with gunicorn(environ, "--workers", "1", "--threads", "2", "--keep-alive", "2") as running:
        yield running


@pytest.fixture(scope="module")
def everyones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    with serving(tmp_path_factory.mktemp("everyones")) as running:
        yield running


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Gunicorn]:
    """Run a server for a test that stops it, or that must be the first to ask."""
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Gunicorn:
    """Return the test's own server if it has one, or else everyone's."""
    name = "own_server" if "own_server" in request.fixturenames else "everyones"
    return request.getfixturevalue(name)  # type: ignore[no-any-return]


OpenLine = Callable[..., Line]


@pytest.fixture
def open_line(server: Gunicorn) -> Iterator[OpenLine]:
    """Return what opens a line to the server; the test need not close it."""
    with ExitStack() as lines:
        yield lambda **wishes: lines.enter_context(closing(Line(server, **wishes)))


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET /today HTTP/1.1\r\nX-Slow: a", id="a head"),
        pytest.param(b"POST /subscribe HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\na=", id="a body"),
        pytest.param(READY + b"GET", id="the next head"),
    ],
)
def test_half_sent_requests_hold_no_thread(server: Gunicorn, open_line: OpenLine, piece: bytes) -> None:
    """With more of them about than there are threads, what only a thread can answer is answered."""
    others = [open_line() for _ in range(6)]
    for other in others:
        other.socket.sendall(piece)

    assert server.ask("/healthz").status == 200
    for other in others:
        other.socket.sendall(b"\r\n\r\n")


def test_a_request_in_pieces_is_answered(open_line: OpenLine) -> None:
    """Byte by byte, head and body come together in the loop, and a thread gets them whole."""
    line = open_line()
    for byte in b"POST /subscribe HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na=":
        line.socket.sendall(bytes([byte]))

    assert line.answer()[0][0] == b"HTTP/1.1 503 SERVICE UNAVAILABLE\r\n"  # no SECRET_KEY here


_REFUSED = {
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n": 413,
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n": 411,
    b"GET / HTTP/1.1\r\nA: " + b"a" * 40_000: 431,
    b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\n\r\n": 414,
    b"GET / HTTP/1.1\r\n" + b"A: a\r\n" * 99 + b"\r\n": 431,
    b"GET /manage/a-key\x00 HTTP/9\r\n\r\n": 400,
}


def test_what_is_not_waited_for_is_refused(own_server: Gunicorn) -> None:
    """It is said why, as safely as a page is sent; the line ends, and the log has no reader's key."""
    for sent, status in _REFUSED.items():
        with closing(Line(own_server)) as line:
            line.socket.sendall(sent)
            head, body = line.answer()

            assert head[0].split()[1] == b"%d" % status
            assert {b"X-Content-Type-Options: nosniff\r\n", b"Connection: close\r\n"} <= set(head)
            assert body.startswith(HTTPStatus(status).phrase.encode())
            assert line.is_ended()
    own_server.stop()

    refused = [line.partition(" status=")[2][:3] for line in own_server.lines if " route=refused " in line]
    assert sorted(refused) == sorted(str(status) for status in _REFUSED.values())
    assert not [line for line in own_server.lines if "a-key" in line or "Traceback" in line]


def test_who_stays_after_the_last_word_holds_up_nobody(server: Gunicorn, open_line: OpenLine) -> None:
    """A line that was to be closed, and is not by its other end, is waited for by nobody else."""
    for _ in range(12):  # two seconds each, one after the other, would be more than the wait below
        line = open_line()
        line.ask("/healthz", "GET", "Connection: close")
        line.answer()

    assert server.ask("/healthz").status == 200


@pytest.mark.parametrize(
    ("method", "said"),
    [
        pytest.param("GET", (), id="plain"),
        pytest.param("GET", ("Accept-Encoding: gzip",), id="packed"),
        pytest.param("HEAD", (), id="headers alone"),
        pytest.param("GET", ("If-None-Match: *",), id="already had"),
    ],
)
def test_the_loop_says_what_a_thread_says(
    own_server: Gunicorn, open_line: OpenLine, method: str, said: tuple[str, ...]
) -> None:
    """Every line of the head, in order, and every byte of the body is the same."""
    line = open_line()
    answers = []
    for _ in range(3):
        line.ask("/", method, *said)
        answers.append(line.answer(has_body=method == "GET" and "If-None-Match: *" not in said))

    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0][0].startswith(b"HTTP/1.1 ")


def test_a_slow_reader_gets_all_and_holds_up_nobody(open_line: OpenLine) -> None:
    """What does not fit into the line's buffers is sent to the last byte, while others are answered."""
    other = open_line()
    other.ask(LARGE)  # by a thread, which packs it first, and ready from now on
    large = other.answer()
    slow = open_line(receive_buffer=65_536)
    for _ in range(6):  # more than the line's buffers take
        slow.ask(LARGE)
        other.ask()
        assert other.answer()[1] == PAGE

    assert [slow.answer() == large for _ in range(6)] == [True] * 6
    assert len(large[1]) > 1_000_000


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([READY * 3], id="three at once"),
        pytest.param([READY[:8], READY[8:] + READY * 2], id="cut"),
        pytest.param(
            [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(READY), READY, READY * 2],
            id="a body like a request",
        ),
    ],
)
def test_requests_are_told_apart_however_they_arrive(open_line: OpenLine, pieces: list[bytes]) -> None:
    """Behind each other, in pieces, or in a body: as many answers as requests, and nothing after them."""
    line = open_line()
    line.ask()
    line.answer()
    for piece in pieces:
        line.socket.sendall(piece)

    assert [line.answer()[0][0][9:12] for _ in range(3)][1:] == [b"200", b"200"]
    line.ask("/", "GET", "Connection: close")
    assert line.answer()[1] == PAGE
    assert line.is_ended()


def test_a_line_left_idle_is_ended(open_line: OpenLine) -> None:
    """A line the loop answered on is closed after the time for kept lines, as any other."""
    line = open_line()
    for _ in range(2):
        line.ask()
        line.answer()

    assert line.is_ended()


def test_a_reader_who_leaves_is_no_error(own_server: Gunicorn, open_line: OpenLine) -> None:
    """Lines cut off before the answer is sent leave no trace, and the next reader is served."""
    for _ in range(5):
        line = open_line()
        line.ask()
        line.answer()
        line.ask()
        line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()

    assert own_server.ask("/").body == PAGE
    assert own_server.stop() == 0
    assert not [line for line in own_server.lines if "Traceback" in line or "Error" in line]


def test_every_answer_has_its_line_in_the_log(own_server: Gunicorn, open_line: OpenLine) -> None:
    """What the loop sends is logged as what a thread sends, by whom the web server in front says."""
    line, askers = open_line(), ["203.0.113.9", "203.0.113.9", "", "198.51.100.7"]
    for asker in askers:
        line.ask("/", "GET", "Accept-Encoding: identity", f"X-Forwarded-For: {asker}")
        line.answer()
    own_server.stop()

    logged = [
        line.partition(" ip=")[2].rpartition(" ms=")[0] for line in own_server.lines if " path=/ " in line
    ]
    said = f"method=GET path=/ route=/ status=200 bytes={len(PAGE)}"
    assert logged == [f"{asker or '127.0.0.1'} {said}" for asker in askers]
