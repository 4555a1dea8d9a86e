"""An S3 that says what a test wants to hear, over HTTP: what moto cannot refuse."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

Answer = tuple[int, str, bytes, int]
"""Status, error code or "", body, and the length promised or 0; the body of an error is its message."""


class Canned(BaseHTTPRequestHandler):
    """Answers every request with one canned answer after the other, the last for ever."""

    protocol_version = "HTTP/1.1"
    answers: ClassVar[list[Answer]]
    seen: ClassVar[list[str]]
    more: ClassVar[str]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        self.seen.append(self.command)
        status, code, body, promised = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if code:
            told = f"<Code>{code}</Code><Message>{body.decode()}</Message>{self.more}"
            body = f"<Error>{told}</Error>".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(promised or len(body)))
        self.send_header("ETag", '"etag"')
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def canned(*answers: Answer, more: str = "") -> Iterator[tuple[str, list[str]]]:
    """Serve these answers; give the URL, and the methods of the requests seen. `more` goes into errors."""
    seen: list[str] = []
    kind = type("Answers", (Canned,), {"answers": list(answers), "seen": seen, "more": more})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def refusal(status: int, code: str, message: str = "no") -> Answer:
    """Return an answer that refuses."""
    return status, code, message.encode(), 0
