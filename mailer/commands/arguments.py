"""What the commands are told as text: times and days."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click

from report.catalogue import find
from report.errors import BuildError
from report.periods import newest_over, period_of
from report.window import last_whole_day

_YEARS = range(1900, 9000)  # nearer to the ends of the calendar dates run over


def real_time() -> datetime:
    """Return what the clock shows, in UTC; the command's context may bring another clock."""
    context = click.get_current_context(silent=True)
    clock: Callable[[], datetime] | None = context.find_root().obj if context else None
    return clock() if clock else datetime.now(UTC)


def moment_of(text: str | None, zone: ZoneInfo, option: str = "--at") -> datetime:
    """Return the time in UTC that `text` names, in `zone` if it names none; now where there is no text.

    Raise `click.BadParameter`.
    """
    if text is None:
        return real_time()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no time; write 2026-11-21T05:00+01:00", param_hint=option
        ) from error
    if moment.year not in _YEARS:
        first, last = _YEARS[0], _YEARS[-1]
        raise click.BadParameter(f"{text!r} is not between {first} and {last}", param_hint=option)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def day_of(text: str | None, zone: ZoneInfo, now: datetime, option: str = "--date") -> date:
    """Return the closed day of `zone` that `text` names; the last whole one where there is no text.

    Raise `click.BadParameter`.
    """
    last = last_whole_day(now, zone)
    try:
        day = date.fromisoformat(text) if text else last
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day; write 2026-11-20", param_hint=option) from error
    if day > last:
        raise click.BadParameter(
            f"{day} is not over in {zone}; the last whole day is {last}", param_hint=option
        )
    return day


def period_named(
    text: str | None, report: str, zone: ZoneInfo, now: datetime, option: str = "--period"
) -> str:
    """Return the id of the period that `text` names and that is over.

    Without a text it is the last whole day, or month of a report that has no days. Raise
    `click.BadParameter`.
    """
    if text is None:
        return newest_over(find(report).spans, last_whole_day(now, zone), zone).id
    try:
        period = period_of(text, zone)
    except BuildError as error:
        raise click.BadParameter(str(error), param_hint=option) from error
    if period.window.end > now:
        raise click.BadParameter(f"{text} is not over in {zone}", param_hint=option)
    return period.id
