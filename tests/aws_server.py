"""The AWS services beside S3, on the same loopback server; and one that answers what it is told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl

import pytest

from tests.s3_server import variables_of


def use_aws(patch: pytest.MonkeyPatch, endpoint: str) -> None:
    """Let every client of boto3 that is made from now on ask the server at `endpoint`."""
    for name, value in {**variables_of(endpoint), "AWS_ENDPOINT_URL": endpoint}.items():
        patch.setenv(name, value)


@contextmanager
def answering(answer: Callable[[dict[str, str]], tuple[int, str]]) -> Iterator[str]:
    """Serve an SNS whose status and body `answer` gives, by the request's parameters; yield its address.

    Where the status is 0 it hangs up without an answer.
    """

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, body = answer(dict(parse_qsl(asked)))
            if not status:
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def an_error(code: str, message: str = "no") -> str:
    """Return the answer of an SNS that refuses."""
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
