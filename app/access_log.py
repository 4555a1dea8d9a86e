"""Writes gunicorn's log in lines of our own, and counts each answer as it is logged."""

import logging
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from time import time
from typing import Any, NamedTuple

from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.wsgi import Response

from app.log_lines import OneLine
from app.meters import meters
from app.private import shown_path
from app.request_ids import KEPT_AS
from app.routes import ROUTE, UNKNOWN
from report.log_lines import moment, shown

_ALL_PLAIN = re.compile(r"[!#-\[\]-~]+(?: [!#-\[\]-~]+){4}")
"""Five values between which a space stands, and in which none of the signs that a log has to quote does."""
_AT_ONCE_BYTES = 4096
"""PIPE_BUF of Linux, the end of the last line within: https://man7.org/linux/man-pages/man7/pipe.7.html."""


class Answered(NamedTuple):
    """Who asked what, how it went, and how long it took; `path` is as a log may show it.

    A tuple, since one is made for each answer of the loop: a frozen dataclass takes five times as long.
    """

    id: str
    ip: str
    method: str
    path: str
    route: str
    status: int
    size: int
    seconds: float


class AccessLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's logger, which gathers only what our lines say: all headers took a fifth of a page's time."""

    def setup(self, cfg: Config) -> None:
        """Give every logger of this process the same form, those of the pages too."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(OneLine())
        everybody = logging.StreamHandler(sys.stderr)
        everybody.setFormatter(OneLine())
        logging.getLogger().handlers = [everybody]

    def access(self, resp: Response, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Write down what a thread answered."""
        status = str(resp.status).partition(" ")[0]
        answered = Answered(
            environ.get(KEPT_AS, "-"),
            environ.get("REMOTE_ADDR", "") or "-",
            environ["REQUEST_METHOD"],
            shown_path(environ["PATH_INFO"]),
            environ.get(ROUTE, UNKNOWN),
            int(status),
            resp.sent,
            request_time.total_seconds(),
        )
        self.access_together([answered])

    def access_together(self, answers: Sequence[Answered]) -> None:
        """Count these, and write a line for each, many in one record: a record costs more than a line."""
        meters().count_answers(answers)
        if self.access_log_enabled:
            now = moment(time())
            for piece in pieces([answer_line(now, answered) for answered in answers]):
                self.access_log.info("%s", piece)


def pieces(lines: Sequence[str]) -> Iterator[str]:
    """Yield as many lines together as a pipe takes at once, so that none is torn by another process's."""
    piece: list[str] = []
    size = 0
    for line in lines:
        if piece and size + len(line) >= _AT_ONCE_BYTES:
            yield "\n".join(piece)
            piece, size = [], 0
        piece.append(line)
        size += len(line) + 1
    if piece:
        yield "\n".join(piece)


def answer_line(now: str, it: Answered) -> str:
    """Return the line of one answer, in ASCII whatever was asked; `now` is as `moment` writes it."""
    said = (it.id, it.ip, it.method, it.path, it.route)
    if not _ALL_PLAIN.fullmatch(" ".join(said)):
        said = (shown(it.id), shown(it.ip), shown(it.method), shown(it.path), shown(it.route))
    name, ip, method, path, route = said
    return (
        f"at={now} level=info from=access id={name} ip={ip} method={method} path={path} route={route}"
        f" status={it.status} bytes={it.size} ms={round(it.seconds * 1000)}"
    )
