"""Gets a published file over HTTP, as its readers do."""

import gzip
import zlib
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from report.publishing.site import Fetched

_SECONDS = 30.0


def fetch(url: str, timeout_seconds: float = _SECONDS) -> Fetched:
    """Get `url`, which is http or https; what fails is said in the answer, without what follows a "?"."""
    where = url.partition("?")[0]
    said = {"User-Agent": "twitter-trends", "Accept-Encoding": "gzip"}
    request = Request(url, headers=said)  # noqa: S310 - settings allow no other
    try:
        with urlopen(request, timeout=timeout_seconds) as answer:  # noqa: S310 - as above
            body = answer.read()
            if answer.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            return Fetched(where, body, answer.headers.get("Content-Type", ""))
    except HTTPError as error:
        error.close()
        return Fetched(where, problem=f"answered {error.code} {error.reason}".strip())
    except URLError as error:
        return Fetched(where, problem=f"could not be asked: {error.reason}")
    except (OSError, HTTPException, EOFError, ValueError, zlib.error) as error:
        return Fetched(where, problem=f"broke off: {error or type(error).__name__}")
