"""How the web pages are served, read by gunicorn; https://docs.gunicorn.org/en/stable/settings.html."""

import atexit
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from report.errors import SettingsError, TrendsError
from report.setting_file import setting_file

_WRONG_SETTINGS = 2


def _port() -> int:
    try:
        said = os.environ.get("PORT") or setting_file(Path(".env")).get("PORT") or "8000"
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(_WRONG_SETTINGS) from error
    if said.isascii() and said.isdigit() and 0 < int(said) < 65_536:
        return int(said)
    sys.stderr.write(f"wrong settings:\n  PORT is {said!r}; expected a number from 1 to 65535\n")
    raise SystemExit(_WRONG_SETTINGS)


def _leave_no_counts(folder: str, whose: int) -> None:
    if os.getpid() == whose:  # the workers inherit this, and end earlier
        shutil.rmtree(folder, ignore_errors=True)


bind = f"0.0.0.0:{_port()}"

# Two processes use both cores of a small machine and stand in for each other; their threads are for
# readers who wait for storage. Answers come from memory, so more would only take more of it.
workers = 2
# gthread, whose loop answers by itself what lies ready and waits for slow clients. Measured against gthread,
# gevent and sync, with idle readers and with half-sent requests about: docs/benchmarks.md, "Worker classes".
worker_class = "app.worker.RepeatingWorker"
threads = 8
worker_connections = (
    900  # lines at a time: less than the 1,024 files a process may open where nobody raised it
)

# Loading once before forking shares the code's memory, and wrong settings end the server at once with
# status 2 instead of a worker that dies again and again. No thread starts before the first request.
preload_app = True

# The heartbeat is a file: kept off the disk, which may be slow enough to make a worker look dead. So are the
# counts of each worker, which whoever is asked for /metrics adds up; they end with the server.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - shared memory, not a file
_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
if f"trends-counts-{os.getpid()}-" not in os.environ.get(_COUNTS, ""):  # or this is read again, at a reload
    os.environ[_COUNTS] = mkdtemp(prefix=f"trends-counts-{os.getpid()}-", dir=worker_tmp_dir)
    atexit.register(_leave_no_counts, os.environ[_COUNTS], os.getpid())
timeout = 30  # the loop never waits, so one that is silent for so long is stuck, and its worker made anew
graceful_timeout = 10  # what was asked before we were told to stop is answered, if that takes no longer
keepalive = 5  # more than nginx keeps its lines to us, less than would fill the 900 with readers who left

# Nothing of ours grows without a bound. Should a library's memory do, each worker is made anew now and then,
# not both at once, and what comes meanwhile is the other's: hours apart on a busy day, never on a quiet one.
# What the loop repeats is not counted: it runs too little code for anything to grow.
max_requests = 100_000
max_requests_jitter = 20_000

# An address of ours is a hashtag of 280 signs at most, 3,360 bytes once percent-encoded.
limit_request_line = 4094
limit_request_fields = 64  # a browser sends twenty; a load balancer adds five
limit_request_field_size = 8190

# Who asks, and whether by TLS, is read by the pages from as many proxies as TRUSTED_PROXIES says, by default
# from none. gunicorn would believe whatever comes from this machine: also what a web server merely hands on.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}

control_socket_disable = True  # nobody speaks to it, and it would lie in the home folder

# One line an answer, without the query, which may hold a signature: app/log_lines.py says what stands in it.
accesslog = "-"
logger_class = "app.access_log.AccessLog"


def post_worker_init(worker: Any) -> None:
    """Bring the newest edition into this worker's memory, so it can be shown whatever storage does next."""
    with suppress(TrendsError):
        worker.wsgi.extensions["library"].newest()
