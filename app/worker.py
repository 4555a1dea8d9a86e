"""The worker of the web pages, whose loop answers by itself what would only be repeated.

Handing a line to a thread, parsing, logging and taking it back costs five times as much as sending a page
that lies ready. So the loop looks first: where `Repeating` has the answer to the plainest of requests, it
sends it, and what the reader does not take at once when there is room. All else goes gunicorn's way.
"""

from selectors import EVENT_WRITE
from socket import socket
from time import time
from typing import TYPE_CHECKING, Any

from gunicorn import SERVER, util
from gunicorn.workers.gthread import TConn

from app.access_log import Answered
from app.heads import plain_request
from app.patient import ANSWER_SECONDS, PatientWorker, client_name
from app.repeating import Answer, Repeating
from app.request_ids import HEADER, id_of
from app.waiting import Waiting

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_NAMED = f"{HEADER}: ".encode("latin-1")


class RepeatingWorker(PatientWorker):
    """One process of the server; serves any WSGI application, and swiftly one that has a `Repeating`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._leaving: Waiting[TConn, memoryview] = Waiting(ANSWER_SECONDS)
        self._second = 0
        self._begun: dict[str, bytes] = {}
        self._repeating: Repeating | None = None

    def load_wsgi(self) -> None:
        """Load the application, and find what it repeats."""
        super().load_wsgi()
        repeating = getattr(self.wsgi, "extensions", {}).get("repeating")
        self._repeating = repeating if isinstance(repeating, Repeating) else None

    def answers_at_once(self, conn: TConn, received: bytes) -> bool:
        """Send what lies ready."""
        environ = plain_request(received)
        answer = self._known(environ)
        if environ is None or answer is None:
            return False
        self._send(conn, environ, answer)
        return True

    def _known(self, environ: "WSGIEnvironment | None") -> Answer | None:
        if environ is None or self._repeating is None or not self.alive:
            return None  # once told to stop, gunicorn says so to each reader
        return self._repeating.known(environ)

    def _send(self, conn: TConn, environ: "WSGIEnvironment", answer: Answer) -> None:
        request_id, asker = id_of(environ), client_name(conn.client)
        if self._repeating is not None:
            asker = self._repeating.asker(environ, asker)
        self.answered.append(_answered(asker, environ, answer, request_id))
        head = self._first_lines(answer, request_id)
        parts = [head, *answer.body]
        try:
            sent = conn.sock.sendmsg(parts)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.drop(conn)
            return
        if sent == len(head) + answer.body_bytes:
            self.keep(conn)
            return
        self.forget(conn)
        self._leaving.put(conn, memoryview(b"".join(parts))[sent:])
        self.listen(conn, self._send_more, EVENT_WRITE)

    def _send_more(self, conn: TConn, client: socket) -> None:
        """Send as much of the rest as the reader takes, however slow that is."""
        rest = self._leaving.get(conn)
        assert rest, "no line waits to send nothing"
        try:
            rest = rest[client.send(rest) :]
        except BlockingIOError:
            return
        except OSError:
            self.drop(conn)
            return
        if rest:
            self._leaving.put(conn, rest)
            return
        self.forget(conn)
        self.listen(conn, self.on_client_socket_readable)
        self.keep(conn)

    def forget(self, conn: TConn) -> None:
        """Send no more of what is left, either."""
        self._leaving.pop(conn)
        super().forget(conn)

    def murder_pending(self) -> None:
        """End the lines whose reader takes too long, too."""
        super().murder_pending()
        for conn in self._leaving.late():
            self.drop(conn)

    def _first_lines(self, answer: Answer, request_id: str) -> bytes:
        if self._second != (second := int(time())):
            self._second, self._begun = second, {}
        if answer.status not in self._begun:
            self._begun[answer.status] = _beginning(answer.status)
        return b"%b%b%b%b\r\n\r\n" % (
            self._begun[answer.status],
            answer.lines,
            _NAMED,
            request_id.encode("latin-1"),
        )


def _beginning(status: str) -> bytes:
    """Return the lines that are the same for all answers of a second."""
    said = (f"HTTP/1.1 {status}", f"Server: {SERVER}", f"Date: {util.http_date()}", "Connection: keep-alive")
    return "".join(f"{line}\r\n" for line in said).encode("latin-1")


def _answered(asker: str, environ: "WSGIEnvironment", answer: Answer, request_id: str) -> Answered:
    """Return what the log says of an answer; those that lie ready take no time."""
    return Answered(
        request_id,
        asker,
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"],
        answer.route,
        answer.code,
        answer.body_bytes,
        0.0,
    )
