"""Figures of a host and of what it serves, for alarms elsewhere."""

import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from report.catalogue import FIRST
from report.composition import web_counts_of
from report.editions import latest
from report.errors import NotFound, SignError, StorageError
from report.freshness import freshness
from report.services import Services
from report.settings import Settings
from report.signs import WebCounts
from report.storage import Storage

log = logging.getLogger(__name__)

_HOUR = timedelta(hours=1)
_KNOWN = "web-counts.json"
"""Where this host keeps what its web server had counted when the last run looked."""


def figures_of(services: Services, now: datetime) -> dict[str, float]:
    """Return how fresh the newest edition is at `now` (aware), how full the disks, what the web answered.

    What cannot be told is logged and left out.
    """
    figures: dict[str, float] = {}
    if not services.settings.metrics_namespace:
        return figures  # nobody is to be told
    for part in (_of_edition, _of_disk, _of_web):
        try:
            figures |= part(services, now)
        except (StorageError, SignError, OSError) as error:
            log.warning("a figure is left out: %s", error)
    return figures


def _of_edition(services: Services, now: datetime) -> Mapping[str, float]:
    settings = services.settings
    try:
        newest = latest(services.storage, FIRST)
    except NotFound:
        newest = None
    found = freshness(newest, now, settings.timezone, timedelta(hours=settings.mail_late_hours))
    figures: dict[str, float] = {"EditionStale": int(found.is_stale)}
    if found.age is not None:
        figures["EditionAgeHours"] = found.age / _HOUR
    if newest and newest.coverage is not None:
        figures["EditionCoveragePercent"] = newest.coverage * 100
    return figures


def _of_disk(services: Services, _: datetime) -> Mapping[str, float]:
    usages = [shutil.disk_usage(folder) for folder in _folders(services.settings)]
    return {"DiskFreePercent": min(100 * usage.free / usage.total for usage in usages)}


def _folders(settings: Settings) -> Iterator[Path]:
    """Yield what exists of the folders that grow; one that is yet to be made lies on its parent's disk."""
    for folder in (settings.cache_dir, settings.storage_url.folder):
        if folder is not None:
            whole = folder.absolute()
            yield next(one for one in (whole, *whole.parents) if one.exists())


def _of_web(services: Services, _: datetime) -> Mapping[str, float]:
    counted = web_counts_of(services.settings)
    if counted is None:
        return {}
    here = services.here()
    fresh = counted.since(_before(here))
    here.put(_KNOWN, json.dumps([counted.answers, counted.errors]).encode(), "application/json")
    return {"WebRequests": fresh.answers, "WebErrors": fresh.errors}


def _before(here: Storage) -> WebCounts | None:
    try:
        answers, errors = map(int, json.loads(here.get(_KNOWN)))
        return WebCounts(answers, errors)
    except (NotFound, ValueError, TypeError):
        return None
