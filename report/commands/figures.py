"""Puts how long a build took, and whether it failed, where METRICS_NAMESPACE says."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from report.errors import BuildRunning, NotBegun, SignError
from report.services import Services

log = logging.getLogger(__name__)


class Timed:
    """What the block under `timed` found: whether something was made."""

    is_made = False


@contextmanager
def timed(services: Services, now: datetime) -> Iterator[Timed]:
    """Time the block; that another is at the same work, or there is nothing to work on, is no failure."""
    begun, found = time.monotonic(), Timed()
    try:
        yield found
    except (BuildRunning, NotBegun):
        raise
    except Exception:
        _put(services, {"BuildsFailed": 1}, now)
        raise
    if found.is_made:
        _put(services, {"BuildsMade": 1, "BuildsFailed": 0, "BuildSeconds": time.monotonic() - begun}, now)


def _put(services: Services, figures: dict[str, float], now: datetime) -> None:
    """A figure that is lost stops no build."""
    if not services.settings.metrics_namespace:
        return
    try:
        services.metrics().put(figures, now)
    except SignError as error:
        log.warning("%s", error)
