"""Gunicorn's worker with threads, whose loop answers by itself what would only be repeated.

Handing a line to a thread, parsing, logging and taking it back costs five times as much as sending a page
that lies ready. So the loop looks first: where `Repeating` has the answer to the plainest of requests, it
sends it and waits for nothing, neither for the reader nor for storage. All else goes gunicorn's way.
"""

from socket import socket
from time import time
from typing import TYPE_CHECKING, Any

from gunicorn import SERVER, util
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.heads import plain_request
from app.repeating import Answer, Repeating

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


_LONGEST_READ = 8192


class RepeatingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """One process of the server; serves any WSGI application, and swiftly one that has a `Repeating`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._answered: list[dict[str, Any]] = []
        self._second, self._date = 0, ""

    def on_client_socket_readable(self, conn: TConn, client: socket) -> None:
        """Answer a line on which something came, or give it to a thread."""
        try:
            head = client.recv(_LONGEST_READ)
        except BlockingIOError:
            return
        except OSError:
            head = b""  # a thread will find the line broken, and close it
        environ = plain_request(head)
        answer = self._known(environ)
        if environ is None or answer is None:
            conn.parser.unreader.unread(head)
            super().on_client_socket_readable(conn, client)
            return
        self._send(conn, [self._first_lines(answer), *answer.body])
        self._answered.append(_atoms(conn, environ, answer))

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Run one round of the loop, and log in one go what it answered."""
        super().wait_for_and_dispatch_events(timeout)
        if self._answered:
            self.log.access_together(self._answered)
            self._answered = []

    def _known(self, environ: "WSGIEnvironment | None") -> Answer | None:
        if environ is None or not self.alive or self.cfg.is_ssl:
            return None  # once told to stop, gunicorn says so to each reader
        repeating = getattr(self.wsgi, "wsgi_app", None)
        return repeating.known(environ) if isinstance(repeating, Repeating) else None

    def _first_lines(self, answer: Answer) -> bytes:
        second = int(time())
        if second != self._second:
            self._second, self._date = second, util.http_date()
        said = (
            f"HTTP/1.1 {answer.status}",
            f"Server: {SERVER}",
            f"Date: {self._date}",
            "Connection: keep-alive",
        )
        return "".join(f"{line}\r\n" for line in said).encode("latin-1") + answer.lines

    def _send(self, conn: TConn, parts: list[bytes]) -> None:
        try:
            sent = conn.sock.sendmsg(parts)
        except OSError:  # the reader takes nothing more just now, or is gone: a thread finds out
            sent = 0
        self.keepalived_conns.remove(conn)
        if sent == sum(map(len, parts)):
            conn.set_timeout()
            self.keepalived_conns.append(conn)
            return
        self.poller.unregister(conn.sock)
        sending = self.tpool.submit(_send_rest, conn, b"".join(parts)[sent:])
        sending.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))


def _send_rest(conn: TConn, rest: bytes) -> bool:
    """Send it however slow the reader is; say that the line is kept."""
    conn.sock.setblocking(True)
    conn.sock.sendall(rest)
    return True


def _atoms(conn: TConn, environ: "WSGIEnvironment", answer: Answer) -> dict[str, Any]:
    """Return what the access log says of an answer; those that lie ready take no millisecond."""
    return {
        "h": conn.client[0] if isinstance(conn.client, tuple) else conn.client,
        "m": environ["REQUEST_METHOD"],
        "U": environ["PATH_INFO"],
        "s": answer.status.partition(" ")[0],
        "B": sum(map(len, answer.body)),
        "M": 0,
    }
