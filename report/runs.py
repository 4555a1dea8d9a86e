"""Which process sends, and whether another that began to is still alive."""

import os
import socket
import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """A process of a host; `id` is drawn anew each time, since process numbers come back."""

    host: str
    pid: int
    id: str


def this_run() -> Run:
    """Return who we are; no two calls give the same."""
    return Run(socket.gethostname(), os.getpid(), uuid.uuid4().hex)


def is_over(run: Run) -> bool:
    """Whether an earlier run has certainly ended: it was on this host, and its process is gone or is us."""
    if run.host != socket.gethostname():
        return False
    if run.pid == os.getpid():
        return True
    try:
        os.kill(run.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
