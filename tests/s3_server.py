"""A real S3 protocol on loopback: moto behind its own HTTP server."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from moto.backends import get_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from report.adapters.s3_client import s3_client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class OneWriter:
    """Lets one PUT in at a time: moto looks and writes in two steps, S3 in one.

    Without it two racers both find a key absent, which S3 promises cannot happen.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "PUT":
            return self._app(environ, start_response)
        with self._lock:
            return self._app(environ, start_response)


@contextmanager
def running_s3(port: int = 0) -> Iterator[str]:
    """Serve S3 in threads until the block ends, at any port if none is said; give the URL."""
    app = OneWriter(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def client_of(endpoint: str, anonymous: bool = False, attempts: int = 4, **environ: str) -> "S3Client":
    """Return the project's own client of the S3 at `endpoint`; `environ` adds to boto3's variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (variables_of(endpoint) | environ).items():
            patch.setenv(name, value)
        return s3_client(anonymous, attempts)


def variables_of(endpoint: str) -> dict[str, str]:
    """Return boto3's variables for the S3 at `endpoint`: nothing of this machine's own is used."""
    return {
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def put_unasked(bucket: str, key: str) -> None:
    """Put an object without a request, where a test needs more of them than HTTP gives in a second."""
    get_backend("s3")["123456789012"]["aws"].put_object(bucket, key, b"x")
