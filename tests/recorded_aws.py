"""What a door asks of AWS, as IAM names it, recorded on the wire before moto answers."""

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from tests.s3_server import OneWriter

_Answer = Callable[..., Iterable[bytes]]
_SERVICE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_BUCKET_QUESTIONS = {
    "policy": "GetBucketPolicy",
    "location": "GetBucketLocation",
    "publicAccessBlock": "GetBucketPublicAccessBlock",
    "website": "GetBucketWebsite",
}
_NOT_FOUND = "404"


@dataclass(frozen=True, order=True)
class Call:
    """An action, and the ARN or "*" it was for."""

    action: str
    resource: str


def never(call: Call, query: str) -> bool:
    """Refuse nothing."""
    return False


@dataclass
class Recording:
    """The calls since they were last taken; `refused` says, by call and query, which are answered 403."""

    account: str
    calls: set[Call] = field(default_factory=set)
    refused: Callable[[Call, str], bool] = never
    workgroup: str = ""

    def take(self) -> set[Call]:
        """Return the calls and begin anew."""
        taken, self.calls = self.calls, set()
        return taken

    def of_s3(self, method: str, path: str, query: str, body: bytes) -> Iterator[Call]:
        """Yield the calls of a request to S3, by path."""
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        said, arn = parse_qs(query, keep_blank_values=True), f"arn:aws:s3:::{bucket}"
        if key:
            yield Call(f"s3:{_object_action(method, said)}", f"{arn}/{key}")
        elif method == "POST" and "delete" in said:
            for name in re.findall(rb"<Key>(.*?)</Key>", body):
                yield Call("s3:DeleteObject", f"{arn}/{name.decode()}")
        else:
            yield Call(f"s3:{_bucket_action(method, said)}", arn)

    def of_others(self, service: str, region: str, environ: dict[str, Any], body: bytes) -> Iterator[Call]:
        """Yield the calls of a request to another service."""
        action = _operation(environ, body)
        place = f"arn:aws:{service}:{region}:{self.account}"
        if service == "ssm":
            said = json.loads(body)
            names = said["Names"] if "Names" in said else [said["Name"]]
            yield from (Call(f"ssm:{action}", f"{place}:parameter{name}") for name in names)
        elif service == "sns":
            yield Call(f"sns:{action}", parse_qs(body.decode()).get("TopicArn", ["*"])[0])
        elif service == "athena":
            self.workgroup = json.loads(body).get("WorkGroup", self.workgroup)
            yield Call(f"athena:{action}", f"{place}:workgroup/{self.workgroup}")
        else:
            name = "cloudwatch" if service == "monitoring" else service
            yield Call(f"{name}:{action}", "*")


def _object_action(method: str, said: dict[str, list[str]]) -> str:
    if "uploadId" in said and method in ("GET", "DELETE"):
        return "ListMultipartUploadParts" if method == "GET" else "AbortMultipartUpload"
    return {
        "GET": "GetObject",
        "HEAD": "GetObject",
        "PUT": "PutObject",
        "POST": "PutObject",
        "DELETE": "DeleteObject",
    }[method]


def _bucket_action(method: str, said: dict[str, list[str]]) -> str:
    for question, action in _BUCKET_QUESTIONS.items():
        if method == "GET" and question in said:
            return action
    return {"GET": "ListBucket", "HEAD": "ListBucket"}.get(method, f"{method} of a bucket")


def _operation(environ: dict[str, Any], body: bytes) -> str:
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    if target:
        return target.rpartition(".")[2]
    if "/operation/" in environ["PATH_INFO"]:
        return str(environ["PATH_INFO"]).rpartition("/")[2]
    return parse_qs(body.decode())["Action"][0]


class Recorder:
    """Notes each request down, then lets moto answer it."""

    def __init__(self, app: _Answer, recording: Recording) -> None:
        self._app, self._recording = app, recording

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        method, query = environ["REQUEST_METHOD"], environ["QUERY_STRING"]
        calls = list(self._calls(environ, method, query, body))
        self._recording.calls |= set(calls)
        if any(self._recording.refused(call, query) for call in calls):
            start_response("403 Forbidden", [("Content-Length", "0")])
            return [b""]

        def started(status: str, headers: Any, *more: Any) -> Any:
            if status.startswith(_NOT_FOUND) and calls[0].action == "s3:GetObject":
                bucket = calls[0].resource.partition("/")[0]
                self._recording.calls.add(Call("s3:ListBucket", bucket))  # else S3 answers 403
            return start_response(status, headers, *more)

        return self._app(environ, started)

    def _calls(self, environ: dict[str, Any], method: str, query: str, body: bytes) -> Iterator[Call]:
        signed = _SERVICE.search(environ.get("HTTP_AUTHORIZATION", ""))
        service = signed["service"] if signed else "s3"
        if service == "s3":
            return self._recording.of_s3(method, environ["PATH_INFO"], query, body)
        assert signed
        return self._recording.of_others(service, signed["region"], environ, body)


@contextmanager
def recorded_aws(recording: Recording) -> Iterator[str]:
    """Serve moto's AWS on loopback until the block ends; give the URL."""
    app = Recorder(OneWriter(DomainDispatcherApplication(create_backend_app)), recording)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
