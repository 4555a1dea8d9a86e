"""The web pages as deployed, on loopback: nginx by our rules, gunicorn with its workers, and S3 behind."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.processes import family
from report.adapters.s3_storage import S3Storage
from report.window import last_whole_day
from tests.gunicorn_server import Client, Gunicorn, free_port, gunicorn
from tests.nginx_server import nginx, our_site, until
from tests.s3_server import client_of, running_s3, variables_of
from tests.some_editions import publish

ANEW = {"Authorization": "Basic YTph"}
"""Who says a password is never given nginx's copy; without PAGE_PASSWORD nobody asks what it is."""
_BUCKET = "trends"
_WORKERS = 2
_CONNECTIONS = 4096  # what docs/deploying.md makes of Debian's 768


class SwitchedS3:
    """S3 at a port of its own, which can be gone for a while; what it holds stays."""

    def __init__(self) -> None:
        self._port = free_port()
        self._running = ExitStack()
        self.url = f"http://127.0.0.1:{self._port}"
        self.switch_on()

    def switch_on(self) -> None:
        """Answer again."""
        self._running.enter_context(running_s3(self._port))

    def switch_off(self) -> None:
        """Refuse every line."""
        self._running.close()


@dataclass(frozen=True)
class WebFront:
    """The three servers, whom to ask, and the day whose report they show."""

    asked: Client
    gunicorn: Gunicorn
    nginx: "subprocess.Popen[bytes]"
    s3: SwitchedS3
    storage: S3Storage
    day: date

    def workers(self) -> list[int]:
        """Return gunicorn's workers, once all are there."""
        return until(
            lambda: family(self.gunicorn.process.pid)[1 : 1 + _WORKERS], lambda it: len(it) == _WORKERS
        )

    def kill_worker(self) -> None:
        """Let the kernel end one of them, and ask until another has taken its place, and answered."""
        killed = self.workers()[0]
        os.kill(killed, signal.SIGKILL)
        until(self._asked_workers, lambda it: killed not in it and all(map(self._has_answered, it)))

    def _asked_workers(self) -> list[int]:
        self.gunicorn.ask("/")  # over a new line: nginx would keep to one, and so to one worker
        return self.workers()

    def _has_answered(self, worker: int) -> bool:
        """Tell by the counts that a worker keeps in a file from its first answer on."""
        return any(Path("/dev/shm").glob(f"trends-counts-{self.gunicorn.process.pid}-*/*_{worker}.db"))

    def publish(self, page: str, revision: int) -> None:
        """Put another edition of the day into S3."""
        publish(self.storage, page, self.day, revision)


@contextmanager
def web_front(folder: Path, page: str = "news") -> Iterator[WebFront]:
    """Run all three until the block ends; S3 holds one edition, of the last whole day, that says `page`."""
    folder.chmod(0o755)  # nginx's workers may be somebody else
    day = last_whole_day(datetime.now(UTC), ZoneInfo("UTC"))  # an older one would have gunicorn build
    s3 = SwitchedS3()
    try:
        client = client_of(s3.url)
        client.create_bucket(Bucket=_BUCKET)
        storage = S3Storage(client, _BUCKET)
        publish(storage, page, day)
        settings = {"STORAGE_URL": f"s3://{_BUCKET}", "CACHE_DIR": f"{folder}/cache", "TRUSTED_PROXIES": "1"}
        with gunicorn({**variables_of(s3.url), **settings}, "--workers", str(_WORKERS)) as behind:
            port = free_port()
            site = our_site(folder / "nginx", port, behind.port)
            with nginx(folder / "nginx", site, port, _CONNECTIONS) as process:
                yield WebFront(Client(port), behind, process, s3, storage, day)
    finally:
        s3.switch_off()
