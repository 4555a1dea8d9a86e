"""How the web pages are served, read by gunicorn; https://docs.gunicorn.org/en/stable/settings.html."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from report.errors import TrendsError

_WRONG_SETTINGS = 2


def _port() -> int:
    said = os.environ.get("PORT") or dotenv_values(".env").get("PORT") or "8000"
    if said.isascii() and said.isdigit() and 0 < int(said) < 65_536:
        return int(said)
    sys.stderr.write(f"wrong settings:\n  PORT is {said!r}; expected a number from 1 to 65535\n")
    raise SystemExit(_WRONG_SETTINGS)


bind = f"0.0.0.0:{_port()}"

# Two processes use both cores of a small machine and stand in for each other; their threads are for
# readers who wait for storage. Answers come from memory, so more would only take more of it.
workers = 2
worker_class = "app.worker.RepeatingWorker"  # gthread, whose loop answers by itself what lies ready
threads = 8

# Loading once before forking shares the code's memory, and wrong settings end the server at once with
# status 2 instead of a worker that dies again and again. No thread starts before the first request.
preload_app = True

# The heartbeat is a file: kept off the disk, which may be slow enough to make a worker look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - shared memory, not a file
timeout = 30
graceful_timeout = 10
keepalive = 5

# No max_requests: workers keep a bounded cache and nothing else, so there is no leak to hide.
control_socket_disable = True  # nobody speaks to it, and it would lie in the home folder

# The path without its query, since a query may hold a signature; milliseconds at the end.
accesslog = "-"
access_log_format = "%(h)s %(m)s %(U)s %(s)s %(B)s B %(M)s ms"
logger_class = "app.access_log.AccessLog"  # knows these six only


def post_worker_init(worker: Any) -> None:
    """Bring the newest edition into this worker's memory, so it can be shown whatever storage does next."""
    with suppress(TrendsError):
        worker.wsgi.extensions["library"].newest()
