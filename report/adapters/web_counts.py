"""Asks the web server of this machine what it answered so far."""

from http.client import HTTPConnection, HTTPException

from prometheus_client.parser import text_string_to_metric_families

from report.errors import SignError
from report.signs import WebCounts

_SECONDS = 5.0
_ANSWERS = "trends_requests_total"
_NO_FAILURES = ("/freshness", "waiting")
"""Routes whose 503 is about editions: one that is stale, which has a figure of its own, or being built."""

_LONGEST = 4 * 1024 * 1024


def web_counts(port: int) -> WebCounts | None:
    """Return the counts of the server at this port of the loopback, None where there is none.

    Raise `SignError` where something else answers there.
    """
    line = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        line.request("GET", "/metrics")
        answer = line.getresponse()
        text = answer.read(_LONGEST).decode()
    except ConnectionRefusedError:
        return None
    except (OSError, HTTPException, ValueError) as error:
        raise SignError(f"the web server at PORT {port} did not tell its counts: {error!r}") from error
    finally:
        line.close()
    if answer.status != 200:
        raise SignError(f"the web server at PORT {port} answered {answer.status} to /metrics; is it ours?")
    return counts_in(text, port)


def counts_in(text: str, port: int) -> WebCounts:
    """Return what the server at this port says it counted, in Prometheus's format; raise `SignError`."""
    answers = errors = 0
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == _ANSWERS:
                    answers += int(sample.value)
                    is_error = sample.labels["status"] >= "500" and sample.labels["route"] not in _NO_FAILURES
                    errors += int(sample.value) if is_error else 0
    except (ValueError, LookupError) as error:
        raise SignError(f"what the web server at PORT {port} counts cannot be read: {error!r}") from error
    return WebCounts(answers, errors)
