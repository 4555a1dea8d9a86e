"""Repeats for a second what Flask has just answered, without routing or building it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from app.blobs import Lru

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SECONDS = 1.0
_BUDGET_BYTES = 8 * 1024 * 1024
_ENTRY_BYTES = 4096  # what the key and the headers of one answer may take
_ANSWERED_BY_FLASK = (
    "HTTP_RANGE",
    "HTTP_IF_RANGE",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_UNMODIFIED_SINCE",
)


@dataclass(frozen=True)
class _Answer:
    status: str
    headers: list[tuple[str, str]]
    body: tuple[bytes, ...]
    good_until: float

    @property
    def weight(self) -> int:
        return _ENTRY_BYTES + sum(map(len, self.body))


class Repeating:
    """A WSGI application before Flask's own; what it says is always what Flask said, to the byte.

    Only what any cache may keep is repeated, and so briefly that freshness, builds and storage are
    looked after as before. The bytes are those the library holds: nothing is kept twice.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._answers: Lru[tuple[str, ...], _Answer] = Lru(_BUDGET_BYTES, lambda answer: answer.weight)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        key = _key(environ)
        if key is None:
            return self._application(environ, start_response)
        known = self._answers.get(key)
        if known is None or known.good_until < monotonic():
            return self._ask(key, environ, start_response)
        start_response(known.status, known.headers)
        return known.body

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
        self._answers.put(key, _Answer(status, headers, parts, monotonic() + _SECONDS))
        return parts


def _key(environ: "WSGIEnvironment") -> tuple[str, ...] | None:
    """Return all that such an answer depends on, or None for a request that only Flask understands."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("QUERY_STRING"):
        return None
    if any(name in environ for name in _ANSWERED_BY_FLASK):
        return None
    told = (environ.get(name, "") for name in ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "SCRIPT_NAME"))
    key = (environ["REQUEST_METHOD"], environ["PATH_INFO"], *told)
    return key if sum(map(len, key)) < _ENTRY_BYTES // 4 else None


def _is_for_all(headers: dict[str, str]) -> bool:
    """Say whether the answer is the same for everybody who likes the same coding."""
    is_public = headers.get("Cache-Control", "").startswith("public")
    return is_public and headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
