"""What AWS Lambda runs each minute: fetch one tweet, store it as it came; or what is trending.

Set `FEED_URL` and `STORAGE_URL`; the function's role gives the rights. The minute is the event's own,
so an event delivered twice stores one tweet. What goes wrong is raised, for Lambda to count and alarm.
A schedule of its own whose events say {"collect": "topics"} fetches from `TOPICS_URL`.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any

from collector.fetching import fetch_tweet
from collector.topics import fetch_topics
from report.composition import services_from
from report.errors import SettingsError
from report.services import Services
from report.settings import Settings


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Return what was stored, of a tweet as `Fetched`: key, stored, id, size; raise `TrendsError`.

    `event["time"]`, which EventBridge fills with the time the rule was due, says the minute; without it, now.
    """
    services, due = _services(), _due(event, datetime.now(UTC))
    settings, wanted = services.settings, event.get("collect", "tweets")
    if wanted == "tweets":
        return asdict(fetch_tweet(settings.feed_url, services.storage, due))
    if wanted != "topics" or not settings.topics_url:
        raise SettingsError(
            f"the event says to collect {wanted!r}; expected nothing or 'topics', and TOPICS_URL set for that"
        )
    key, is_new = fetch_topics(settings.topics_url, services.source("topics"), due)
    return {"key": key, "stored": is_new}


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
