"""Shows what the server counts, and how old its newest edition is, to Prometheus and to this machine's own.

Who asks must be on this machine, and no web server in front may have handed the question on; or must know
the password of the pages. To everybody else there is nothing here.
"""

from collections.abc import Iterator
from ipaddress import ip_address

from flask import Blueprint, Response, request

from app.answers import NEVER_KEPT
from app.freshness import freshness_of
from app.guard import Guard
from app.library import Library
from app.meters import meters
from report.errors import NotFound
from report.settings import Settings

_HANDED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")


def metrics_page(library: Library, settings: Settings, guard: Guard) -> Blueprint:
    """Return `/metrics`, in the text format of Prometheus."""
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def metrics() -> Response:
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        if not _is_of_this_machine():
            if not guard.password:
                raise NotFound("/metrics is for this machine, since PAGE_PASSWORD is not set")
            guard.check_password()
        text = generate_latest(meters().of_all_processes()).decode()
        response = Response(text + "".join(_gauges(library, settings)), content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = NEVER_KEPT
        return response

    return pages


def _is_of_this_machine() -> bool:
    if any(name in request.headers for name in _HANDED_ON):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _gauges(library: Library, settings: Settings) -> Iterator[str]:
    """Yield what is measured now, as text: it is no count of any process."""
    found = freshness_of(library, settings)
    if found is None:
        return
    yield _gauge("trends_edition_stale", "1 if the edition that is due is missing.", int(found.is_stale))
    if found.age is not None:
        seconds = found.age.total_seconds()
        yield _gauge("trends_edition_age_seconds", "Since the day of the newest edition ended.", seconds)
    if found.newest and found.newest.coverage is not None:
        coverage = found.newest.coverage
        yield _gauge("trends_edition_coverage_ratio", "How much of that day was observed.", coverage)


def _gauge(name: str, says: str, value: float) -> str:
    return f"# HELP {name} {says}\n# TYPE {name} gauge\n{name} {value}\n"
