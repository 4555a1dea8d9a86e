"""Rules for the pages as deployed while much is asked of them, or something breaks behind them."""

import os
import resource
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import IncompleteRead
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.nginx_server import NGINX, ROOT, until
from tests.web_front import ANEW, WebFront, web_front

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx-light")

CUT = "cut"
_READERS = 2_000
_FILES = 2 * _READERS + 200
_PAUSE_SECONDS = 0.02


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebFront]:
    """Run nginx, gunicorn and S3, each test leaves them whole."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if before[1] == resource.RLIM_INFINITY else min(_FILES, before[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], most), before[1]))
    try:
        with web_front(tmp_path_factory.mktemp("front")) as running:
            yield running
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@contextmanager
def readers(front: WebFront, headers: Mapping[str, str], many: int = 2) -> Iterator[Counter[str]]:
    """Let some ask for the page again and again until the block ends; count what became of it."""
    outcomes: Counter[str] = Counter()
    is_over = Event()

    def read() -> None:
        while not is_over.wait(_PAUSE_SECONDS):
            try:
                outcomes[str(front.asked.ask("/", **headers).status)] += 1
            except IncompleteRead:
                outcomes[CUT] += 1
            except OSError as error:
                outcomes[repr(error)] += 1

    threads = [Thread(target=read) for _ in range(many)]
    for thread in threads:
        thread.start()
    try:
        yield outcomes
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_two_thousand_readers_stay_on_their_lines(front: WebFront) -> None:
    """Each has a line of its own, and is answered on it twice."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < _FILES:
        pytest.skip(f"this machine lets a process open fewer than {_FILES} files")
    said = f"HEAD / HTTP/1.1\r\nHost: {front.asked.port}\r\n\r\n".encode()
    with ExitStack() as open_lines:
        lines = [
            open_lines.enter_context(socket.create_connection(("127.0.0.1", front.asked.port), 20))
            for _ in range(_READERS)
        ]
        for _ in range(2):
            for line in lines:
                line.sendall(said)
            assert Counter(line.recv(4096)[:12] for line in lines) == {b"HTTP/1.1 200": _READERS}


def test_no_reader_notices_a_killed_worker(front: WebFront) -> None:
    """One after the other is killed, and none who asks is told of it; an answer half sent is cut, though."""
    with readers(front, ANEW) as outcomes:
        for _ in range(2):
            front.kill_worker()
            wanted = outcomes.total() + 20
            until(lambda: outcomes.total() >= wanted, bool)  # noqa: B023 it is asked before the next turn

    assert set(outcomes) - {CUT} == {"200"}


def test_readers_keep_the_last_edition_while_storage_is_away(front: WebFront) -> None:
    """S3 is gone for longer than pages are fresh: all get 200; back again, a new edition appears."""
    page, said = front.asked.ask("/", **ANEW).body, len(front.gunicorn.lines)
    with readers(front, ANEW, many=1) as outcomes:
        front.s3.switch_off()
        try:
            noticed = until(lambda: front.gunicorn.lines[said:], lambda it: "is not fresh" in "".join(it))
            assert front.asked.ask("/", **ANEW).body == page
        finally:
            front.s3.switch_on()
        front.publish("late news", revision=2)
        until(lambda: front.asked.ask("/", **ANEW).body, lambda body: b"late news" in body)

    assert noticed
    assert set(outcomes) == {"200"}


def test_the_documents_let_debians_nginx_take_2000_readers(tmp_path: Path) -> None:
    """The two commands do to the nginx.conf of this machine what they say, and nginx understands it."""
    debians = Path("/etc/nginx/nginx.conf")
    if os.geteuid() != 0 or not debians.is_file() or "worker_connections 768;" not in debians.read_text():
        pytest.skip("this is not root on a Debian whose nginx is as it came")
    etc = tmp_path / "nginx"
    shutil.copytree(debians.parent, etc, ignore=shutil.ignore_patterns("conf.d", "sites-*"))
    said = (ROOT / "docs" / "deploying.md").read_text().partition("### Many readers")[2]
    commands = said.partition("```sh\n")[2].partition("```")[0]
    subprocess.run(["sh", "-ec", commands.replace("sudo ", "").replace("/etc/nginx", str(etc))], check=True)
    conf = etc / "nginx.conf"
    conf.write_text(
        conf.read_text().replace("/etc/nginx", str(etc)).replace("/run/nginx.pid", f"{tmp_path}/pid")
    )

    understood = subprocess.run(
        [str(NGINX), "-T", "-c", str(conf)], capture_output=True, text=True, check=True
    )

    assert "worker_connections 4096;" in understood.stdout
    assert "worker_rlimit_nofile 32768;" in understood.stdout
