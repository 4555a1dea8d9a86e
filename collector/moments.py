"""A moment as people type it at the collector's commands."""

from datetime import UTC, datetime
from typing import Any

import click


class Moment(click.ParamType[datetime]):
    """A time with its zone, or `now`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment in UTC; what could mean several is wrong usage."""
        if isinstance(value, datetime):
            return value
        if value == "now":
            return datetime.now(UTC)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-11-20T13:05:00Z", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} names no zone; write 2026-11-20T13:05:00Z or …+02:00", param, ctx)
        return moment.astimezone(UTC)
