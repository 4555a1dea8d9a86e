"""A bucket shown as S3's website endpoint shows it, over the S3 that moto serves: moto has none.

It does what https://docs.aws.amazon.com/AmazonS3/latest/userguide/IndexDocumentSupport.html says, and asks S3
without credentials, so that it shows only what the bucket's policy or an object's ACL opens.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PASSED_ON = ("Content-Type", "Content-Encoding", "Content-Disposition", "Cache-Control", "ETag")
_OK, _FOUND = 200, 302

_Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def running_website(s3: "S3Client", endpoint: str, bucket: str) -> Iterator[str]:
    """Show the bucket until the block ends; give the URL, ending in "/"."""
    handler = type("Shown", (_Website,), {"s3": s3, "endpoint": endpoint, "bucket": bucket})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Website(BaseHTTPRequestHandler):
    """Answers one GET; a folder is shown by its index document, what is missing by the error document."""

    s3: Any
    endpoint: str
    bucket: str

    def do_GET(self) -> None:
        status, headers, body = self._answer(unquote(urlsplit(self.path).path).removeprefix("/"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, key: str) -> _Answer:
        website = self.s3.get_bucket_website(Bucket=self.bucket)
        suffix = website["IndexDocument"]["Suffix"]
        shown = self._object(f"{key}{suffix}" if not key or key.endswith("/") else key)
        if shown[0] == _OK:
            return shown
        if key and not key.endswith("/") and self._object(f"{key}/{suffix}")[0] == _OK:
            return _FOUND, {"Location": quote(f"/{key}/")}, b""
        _, headers, body = self._object(website["ErrorDocument"]["Key"])
        return shown[0], headers, body

    def _object(self, key: str) -> _Answer:
        where = urlsplit(self.endpoint)
        connection = HTTPConnection(where.hostname or "", where.port, timeout=20)
        try:
            connection.request("GET", f"/{self.bucket}/{quote(key)}")
            answer = connection.getresponse()
            headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
            return answer.status, headers, answer.read()
        finally:
            connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
