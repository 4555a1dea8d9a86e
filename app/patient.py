"""Gunicorn's worker with threads, whose loop waits for slow clients, so that no thread has to.

A thread is given a request that is here as a whole, and no other. Half-sent ones, new lines on which nothing
is said, and lines that are about to end wait in the loop, in any number, each for a few seconds.
"""

import selectors
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from socket import SHUT_RDWR, SHUT_WR, SO_SNDBUF, SOL_SOCKET, socket
from time import monotonic
from typing import TYPE_CHECKING, Any

from gunicorn.config import Config
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.access_log import Answered
from app.arriving import verdict
from app.refusals import refusal, refused_as
from app.request_ids import new_id
from app.waiting import Waiting

if TYPE_CHECKING:
    from concurrent.futures import Future

_LONGEST_READ = 16_384
"""More than most heads; room is made for so much at each reading, and room for 64 KB takes longer to make."""
_LOGGED_TOGETHER = 24
_LOGGED_WITHIN_SECONDS = 0.02
"""So many answers wait for the log at most, and so long: a record for many costs little more than for one."""
_REQUEST_SECONDS = 10
"""Within these a request must be here, head and body, in however many pieces."""
ANSWER_SECONDS = 300
"""Within these it must be answered and the answer taken: a large shared file, over a slow line."""
_ENDING_SECONDS = 2
"""So long a line is listened to after our last word: closed at once, the kernel might drop that word."""
_ROOM_BYTES = 212_992
"""What Linux lets everybody ask for, and doubles: most answers fit, so that no thread waits for a reader."""


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """One process of the server; serves any WSGI application, without TLS."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._arriving: Waiting[TConn, bytes] = Waiting(_REQUEST_SECONDS)
        self._in_threads: Waiting[TConn, None] = Waiting(ANSWER_SECONDS)
        self._ending: Waiting[TConn, None] = Waiting(_ENDING_SECONDS)
        self.answered: list[Answered] = []
        self._log_at = 0.0
        self._keep_seconds = self.cfg.keepalive  # to look it up takes gunicorn longer than to tell the time

    @classmethod
    def check_config(cls, cfg: Config, log: Any) -> None:
        """Refuse to speak TLS: that is the web server's in front."""
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise RuntimeError("this worker speaks no TLS; let nginx or a load balancer in front do so")

    def answers_at_once(self, conn: TConn, received: bytes) -> bool:
        """Answer what needs no thread, and say whether that was done; the line is listened to then."""
        return False

    def accept(self, listener: socket) -> None:
        """Take a new line; nothing was said on it yet."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # the other worker was quicker, or it is gone
            return
        self.nr_conns += 1
        client.setsockopt(SOL_SOCKET, SO_SNDBUF, _ROOM_BYTES)
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.init()
        self._arriving.put(conn, b"")
        self.listen(conn, self.on_client_socket_readable)

    def on_client_socket_readable(self, conn: TConn, client: socket) -> None:
        """Take what came on a line."""
        piece = _read(client)
        if piece == b"":
            self.drop(conn)
        elif piece:
            self._take(conn, (self._arriving.get(conn) or b"") + piece)

    def _take(self, conn: TConn, received: bytes) -> None:
        """Answer what was asked, or give it to a thread, or wait for the rest."""
        if self.answers_at_once(conn, received):
            return
        status = verdict(received)
        if status is HTTPStatus.CONTINUE:
            self._stop_keeping(conn)
            self._arriving.put(conn, received)
            return
        if status is not None:
            self._refuse(conn, status)
            return
        self.forget(conn)
        conn.parser.unreader.unread(received)
        self._in_threads.put(conn, None)
        self.enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Take a line back from a thread; what that read too much may be a piece of the next request."""
        self._in_threads.pop(conn)
        if fs.cancelled() or fs.exception() is not None or not fs.result():
            self._end(conn)
        elif rest := conn.parser.unreader.take_buffered():
            self._arriving.put(conn, b"")
            self.listen(conn, self.on_client_socket_readable)
            self._take(conn, rest)
        else:
            super().finish_request(conn, fs)

    def listen(
        self, conn: TConn, called: Callable[[TConn, socket], None], events: int = selectors.EVENT_READ
    ) -> None:
        """Have this called when something comes on the line, or can be sent."""
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, events, partial(called, conn))

    def keep(self, conn: TConn) -> None:
        """Wait for the next request on a line that is listened to."""
        if not self._arriving.pop(conn):
            self._stop_keeping(conn)
        conn.timeout = monotonic() + self._keep_seconds
        self.keepalived_conns.append(conn)

    def _stop_keeping(self, conn: TConn) -> None:
        try:  # noqa: SIM105 suppressing takes as long as all the rest here
            self.keepalived_conns.remove(conn)
        except ValueError:  # nothing was said on it yet
            pass

    def forget(self, conn: TConn) -> None:
        """Listen to the line no more, and wait for nothing on it."""
        if not (self._arriving.pop(conn) or self._ending.pop(conn)):
            self._stop_keeping(conn)
        with suppress(KeyError, ValueError):
            self.poller.unregister(conn.sock)

    def drop(self, conn: TConn) -> None:
        """Close the line now."""
        self.forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _end(self, conn: TConn) -> None:
        """Say that no more comes, and close the line once its other end does, or soon."""
        try:
            conn.sock.shutdown(SHUT_WR)
        except OSError:
            self.drop(conn)
            return
        self._ending.put(conn, None)
        self.listen(conn, self._let_go)

    def _let_go(self, conn: TConn, client: socket) -> None:
        if _read(client) == b"":
            self.drop(conn)

    def _refuse(self, conn: TConn, status: HTTPStatus) -> None:
        answered = _refused(conn.client, status)
        self.answered.append(answered)
        self.forget(conn)
        with suppress(OSError):
            conn.sock.send(refusal(status, answered.id))
        self._end(conn)

    def handle_error(self, req: Any, client: socket, addr: Any, exc: Exception) -> None:
        """Refuse what gunicorn's parser could not read; where the fault is ours, log the trace."""
        status = refused_as(exc) or HTTPStatus.INTERNAL_SERVER_ERROR
        answered = _refused(addr, status)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("answer %s failed", answered.id, exc_info=exc)
        self.log.access_together([answered])
        with suppress(OSError):
            client.sendall(refusal(status, answered.id))

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Run one round of the loop; log in one go what it and the last ones answered."""
        for key, _ in self.poller.select(_LOGGED_WITHIN_SECONDS if self.answered else timeout):
            key.data(key.fileobj)
        if not self.answered:
            return
        now = monotonic()
        self._log_at = self._log_at or now + _LOGGED_WITHIN_SECONDS
        if now >= self._log_at or len(self.answered) >= _LOGGED_TOGETHER:
            self._log_answered()

    def run(self) -> None:
        """Serve until told to stop, and leave nothing unlogged."""
        try:
            super().run()
        finally:
            self._log_answered()

    def _log_answered(self) -> None:
        if self.answered:
            self.log.access_together(self.answered)
            self.answered, self._log_at = [], 0.0

    def murder_pending(self) -> None:
        """End the lines that took too long, in whatever they were at."""
        for conn in self._arriving.late():
            if self._arriving.get(conn):
                self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT)
            else:
                self.drop(conn)
        for conn in self._ending.late():
            self.drop(conn)
        for conn in self._in_threads.late():
            self._in_threads.pop(conn)
            with suppress(OSError):
                conn.sock.shutdown(SHUT_RDWR)  # whatever its thread waits for fails, and the thread is free

    def _cap_keepalive(self, deadline: float) -> None:
        """Once told to stop, wait for half-sent requests no longer than for the next ones."""
        super()._cap_keepalive(deadline)
        self._arriving.hurry(deadline)


def _read(client: socket) -> bytes | None:
    """Return what came, nothing where the line is broken or ended, None where nothing came after all."""
    try:
        return client.recv(_LONGEST_READ)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _refused(client: Any, status: HTTPStatus) -> Answered:
    return Answered(new_id(), client_name(client), "-", "-", "refused", status.value, 0, 0.0)


def client_name(client: Any) -> str:
    """Return the address of a line's other end; that of a socket in a folder has none."""
    return str(client[0]) if isinstance(client, tuple) and client else "-"
