"""Asks an address, for its owner to know that we live."""

from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from report.errors import SignError

_SECONDS = 10.0


def ping(url: str, timeout_seconds: float = _SECONDS) -> None:
    """Ask `url`, which is http or https; raise `SignError`, which never shows the address: it is a secret."""
    try:
        request = Request(url, headers={"User-Agent": "twitter-trends"})  # noqa: S310 - settings allow no other
        with urlopen(request, timeout=timeout_seconds):  # noqa: S310 - as above
            return
    except HTTPError as error:
        error.close()
        raise SignError(f"PING_URL answered {error.code}: look whether it is right") from None
    except URLError as error:
        raise SignError(f"PING_URL could not be asked ({error.reason})") from None
    except (OSError, HTTPException, ValueError) as error:
        raise SignError(f"PING_URL could not be asked ({type(error).__name__})") from None
