"""Repeats for a second what Flask has just answered, without routing or building it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any

from app.blobs import Lru
from app.routes import ROUTE, UNKNOWN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SECONDS = 1.0
_BUDGET_BYTES = 8 * 1024 * 1024
_ENTRY_BYTES = 4096  # what the key and the headers of one answer may take
_ANSWERED_BY_FLASK = frozenset(
    (
        "HTTP_RANGE",
        "HTTP_IF_RANGE",
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_UNMODIFIED_SINCE",
    )
)
_TOLD = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_X_FORWARDED_PROTO", "SCRIPT_NAME")


@dataclass(frozen=True)
class Answer:
    """What Flask said, by which route, and until when (by the monotonic clock) it may be said again."""

    status: str
    headers: list[tuple[str, str]]
    body: tuple[bytes, ...]
    good_until: float
    route: str

    @cached_property
    def lines(self) -> bytes:
        """The headers as they go over the wire."""
        return "".join(f"{name}: {value}\r\n" for name, value in self.headers).encode("latin-1")

    @cached_property
    def tells_its_length(self) -> bool:
        """Say whether a reader who keeps the line knows where the answer ends."""
        return "Content-Length" in dict(self.headers) or self.status.startswith("304 ")

    @cached_property
    def code(self) -> int:
        """The status without its words."""
        return int(self.status.partition(" ")[0])

    @cached_property
    def body_bytes(self) -> int:
        """The size of the body."""
        return sum(map(len, self.body))

    @property
    def weight(self) -> int:
        """Bytes it takes in memory, at most."""
        return _ENTRY_BYTES + self.body_bytes


class Repeating:
    """A WSGI application before Flask's own; what it says is always what Flask said, to the byte.

    Only what any cache may keep is repeated, and so briefly that freshness, builds and storage are
    looked after as before. The bytes are those the library holds: nothing is kept twice.
    """

    def __init__(self, application: "WSGIApplication", trusted_proxies: int = 0) -> None:
        self._application, self._trusted = application, trusted_proxies
        self._answers: Lru[tuple[str, ...], Answer] = Lru(_BUDGET_BYTES, lambda answer: answer.weight)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        key = _key(environ)
        known = self._fresh(key)
        if known is not None:
            environ[ROUTE], environ["REMOTE_ADDR"] = known.route, self.asker(environ, environ["REMOTE_ADDR"])
            start_response(known.status, known.headers)
            return known.body
        return self._ask(key, environ, start_response) if key else self._application(environ, start_response)

    def known(self, environ: "WSGIEnvironment") -> Answer | None:
        """Return what would be repeated and tells its own length, for a server that sends it; ask nobody."""
        known = self._fresh(_key(environ))
        return known if known and known.tells_its_length else None

    def asker(self, environ: "WSGIEnvironment", line: str) -> str:
        """Return who asks, for the log: whom trusted servers in front name, as by `ProxyFix`, else `line`.

        What is repeated does not pass `ProxyFix`.
        """
        if not self._trusted:
            return line
        named = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        return (len(named) >= self._trusted and named[-self._trusted].strip()) or line

    def _fresh(self, key: tuple[str, ...] | None) -> Answer | None:
        known = self._answers.get(key) if key else None
        return known if known and known.good_until >= monotonic() else None

    def _ask(
        self, key: tuple[str, ...], environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def listen(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            said.append((status, headers))
            return start_response(status, headers, *rest)

        body = self._application(environ, listen)
        status, headers = said[-1]
        if not _is_for_all(dict(headers)):
            return body
        parts = tuple(body)
        if hasattr(body, "close"):
            body.close()
        route = environ.get(ROUTE, UNKNOWN)
        self._answers.put(key, Answer(status, headers, parts, monotonic() + _SECONDS, route))
        return parts


def _key(environ: "WSGIEnvironment") -> tuple[str, ...] | None:
    """Return all that such an answer depends on, or None for a request that only Flask understands."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("QUERY_STRING"):
        return None
    if not _ANSWERED_BY_FLASK.isdisjoint(environ):
        return None
    key = (environ["REQUEST_METHOD"], environ["PATH_INFO"], *[environ.get(name, "") for name in _TOLD])
    return key if sum(map(len, key)) < _ENTRY_BYTES // 4 else None


def _is_for_all(headers: dict[str, str]) -> bool:
    """Say whether the answer is the same for everybody who likes the same coding."""
    is_public = headers.get("Cache-Control", "").startswith("public")
    return is_public and headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
