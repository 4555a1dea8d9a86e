"""What AWS Lambda runs each minute: fetch one tweet, store it as it came.

Set `FEED_URL` and `STORAGE_URL`; the function's role gives the rights. The minute is the event's own,
so an event delivered twice stores one tweet. What goes wrong is raised, for Lambda to count and alarm.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any

from collector.fetching import fetch_tweet
from report.composition import services_from
from report.errors import SettingsError
from report.services import Services
from report.settings import Settings


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Return what was stored, as `Fetched`: key, stored, id, size; raise `TrendsError`.

    `event["time"]`, which EventBridge fills with the time the rule was due, says the minute; without it, now.
    """
    services = _services()
    return asdict(fetch_tweet(services.settings.feed_url, services.storage, _due(event, datetime.now(UTC))))


@cache
def _services() -> Services:
    """Return the services, made once and kept while Lambda keeps this process."""
    missing = [name for name in ("FEED_URL", "STORAGE_URL") if not os.environ.get(name, "").strip()]
    if missing:
        names = " and ".join(missing)
        raise SettingsError(
            f"wrong settings:\n  {names} not set; set it among the function's environment variables"
        )
    return services_from(Settings.from_environ(os.environ))


def _due(event: Mapping[str, Any], now: datetime) -> datetime:
    """Return the event's time, or `now` where the schedule sends none."""
    text = event.get("time")
    if text is None:
        return now
    try:
        due = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise SettingsError(
            f"the event's time is {text!r}; expected one such as 2026-11-20T13:05:00Z"
        ) from error
    return due if due.tzinfo else due.replace(tzinfo=UTC)
