"""What this server counts of itself; the counts of all its processes are added up when asked for.

prometheus_client is loaded at the first count, in a worker: where PROMETHEUS_MULTIPROC_DIR is set by then, as
gunicorn.conf.py does, it keeps the counts in a file for each process.
"""

from collections import Counter as Tally
from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from app.access_log import Answered

_making = Lock()

_SECONDS = (0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 10.0)


class Meters:
    """Counts by few names: of routes and statuses there are some dozens, of addresses there is no end."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._registry = CollectorRegistry()
        self._requests = Counter(
            "trends_requests", "Answers, by route and status.", ("route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "trends_request_seconds",
            "How long threads took to answer, by route; what the loop repeats takes no time.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._builds = Counter(
            "trends_builds_started", "Builds that a page asked for.", registry=self._registry
        )
        self._storage_errors = Counter(
            "trends_storage_errors",
            "Times storage was slow or failed while a page was wanted.",
            registry=self._registry,
        )

    def count_answers(self, answers: Iterable["Answered"]) -> None:
        """Count these, and how long those took that a thread gave."""
        for (route, status), many in Tally([(it.route, it.status) for it in answers]).items():
            self._requests.labels(route, status).inc(many)
        for answered in answers:
            if answered.seconds:
                self._seconds.labels(answered.route).observe(answered.seconds)

    def count_build(self) -> None:
        """Count a build that was started."""
        self._builds.inc()

    def count_storage_error(self) -> None:
        """Count a time that storage was slow or failed."""
        self._storage_errors.inc()

    def of_all_processes(self) -> "CollectorRegistry":
        """Return the counts of every process of this server, as they are now."""
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        try:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        except ValueError:  # nobody set a folder: there is this process alone
            return self._registry
        return registry


def meters() -> Meters:
    """Return the counts of this process."""
    with _making:  # `cache` lets two threads make one each, and each would write over what the other counted
        return _made()


@cache
def _made() -> Meters:
    return Meters()
