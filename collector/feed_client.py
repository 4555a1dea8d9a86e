"""Asks a feed for one document over HTTP, politely and within bounds.

Standard library only, and no answer can keep us longer than `ATTEMPTS` times `ANSWER_SECONDS` and the
rests between, or fill memory beyond `LARGEST_BYTES`.
"""

import http.client
import random
import ssl
import time
import zlib
from base64 import b64encode
from collections.abc import Callable
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import Request

from collector.feed_opener import StillAnswering, opener_until
from report.errors import FeedError, FeedUnavailable

ATTEMPTS = 3
QUIET_SECONDS = 5.0
"""The longest silence between two bytes."""
ANSWER_SECONDS = 12.0
"""The longest a whole answer may take, redirects and headers included: three fit into the feed's minute."""
LONGEST_REST_SECONDS = 8.0
LARGEST_BYTES = 1_000_000
_CHUNK_BYTES = 65_536
_TOO_MANY_REQUESTS = 429


def ask(url: str, wait: Callable[[float], None], quiet_seconds: float = QUIET_SECONDS) -> bytes:
    """Return the body the feed answers, unpacked; try again where that can help.

    `wait` is given the seconds to rest between tries. Raise `FeedError` for an answer that will not
    change, `FeedUnavailable` when every try failed or the feed asks for a longer rest than we may take.
    """
    request = _request(url)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _answer(request, quiet_seconds)
        except _Passing as passing:
            rest = passing.rest_seconds if passing.rest_seconds is not None else _backoff(attempt)
            if attempt == ATTEMPTS or rest > LONGEST_REST_SECONDS:
                tries = "1 try" if attempt == 1 else f"{attempt} tries"
                raise FeedUnavailable(
                    f"the feed {redacted(url)} {passing}; gave up after {tries}"
                ) from passing
            wait(rest)
    raise AssertionError("the loop returns or raises")


def redacted(url: str) -> str:
    """Return the URL without the parts that may hold secrets: user, password, query, fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


class _Passing(Exception):
    """A failure that can pass; `rest_seconds` is what the feed asked for, if it did."""

    def __init__(self, problem: str, rest_seconds: float | None = None) -> None:
        super().__init__(problem)
        self.rest_seconds = rest_seconds


def _request(url: str) -> Request:
    """Return the GET request; a user and password in the URL become a header, for this host alone."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FeedError(f"the feed's address {redacted(url)!r} is not http:// or https:// with a host")
    credentials, _, host = parts.netloc.rpartition("@")
    request = Request(  # noqa: S310 - the scheme was checked above
        urlunsplit((parts.scheme, host, parts.path, parts.query, "")),
        headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "twitter-trends"},
    )
    if credentials:
        token = b64encode(unquote(credentials).encode()).decode("ascii")
        request.add_unredirected_header("Authorization", f"Basic {token}")
    return request


def _answer(request: Request, quiet_seconds: float) -> bytes:
    shown = redacted(request.full_url)
    try:
        opener = opener_until(time.monotonic() + ANSWER_SECONDS)
        with opener.open(request, timeout=quiet_seconds) as response:
            return _unpacked(_body(response, shown), response.headers.get("Content-Encoding", ""), shown)
    except HTTPError as error:
        with error:
            raise _refusal(error, shown) from error
    except URLError as error:
        raise _unreachable(error.reason, shown) from error
    except (OSError, http.client.HTTPException) as error:
        raise _unreachable(error, shown) from error


def _body(response: http.client.HTTPResponse, shown: str) -> bytes:
    """Read the whole body within the limit of size."""
    body = bytearray()
    while chunk := response.read1(_CHUNK_BYTES):
        body += chunk
        _check_size(body, shown)
    if response.length:
        raise _Passing(f"closed the connection {response.length:,} bytes too early")
    return bytes(body)


def _unpacked(body: bytes, encoding: str, shown: str) -> bytes:
    if encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise FeedError(f"the feed {shown} packs its answer as {encoding!r}; expected gzip or nothing")
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacking.decompress(body, LARGEST_BYTES + 1)
    except zlib.error as error:
        raise _Passing("answered with broken gzip") from error
    _check_size(unpacked, shown)
    if not unpacking.eof:
        raise _Passing("answered with gzip that is cut short")
    return unpacked


def _check_size(body: bytes | bytearray, shown: str) -> None:
    if len(body) > LARGEST_BYTES:
        raise FeedError(
            f"the feed {shown} answers with more than {LARGEST_BYTES:,} bytes; such an answer is far smaller"
        )


def _refusal(error: HTTPError, shown: str) -> Exception:
    """Return what an answer other than 200 means; the server's own wording of it is not repeated."""
    answer = f"answered {error.code} {http.client.responses.get(error.code, '')}".rstrip()
    if error.code == _TOO_MANY_REQUESTS or error.code >= 500:
        return _Passing(answer, _asked_rest(error))
    if 300 <= error.code < 400:
        return FeedError(f"the feed {shown} {answer}; only a few redirects, to http and https, are followed")
    return FeedError(f"the feed {shown} {answer}; check the address")


def _asked_rest(error: HTTPError) -> float | None:
    """Return the seconds of Retry-After; its other form, a date, is left to our own pace."""
    seconds = (error.headers.get("Retry-After") or "").strip()
    return float(seconds) if seconds.isascii() and seconds.isdigit() else None


def _unreachable(reason: object, shown: str) -> Exception:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return FeedError(f"the feed {shown} has a certificate that is not trusted: {reason.verify_message}")
    if isinstance(reason, StillAnswering):
        return _Passing(f"was still answering after {ANSWER_SECONDS:.0f} seconds")
    if isinstance(reason, TimeoutError):
        return _Passing("did not answer in time")
    return _Passing(f"could not be reached ({reason or type(reason).__name__})")


def _backoff(attempt: int) -> float:
    """Return the seconds to rest after a try: about half, then one, apart from others who wait too."""
    return 2.0 ** (attempt - 2) * (0.5 + random.random())  # noqa: S311 - jitter is no secret
