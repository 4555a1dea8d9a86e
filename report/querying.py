"""Asks one of the questions of `report/sql/` for a person, and prints the answer."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from report.counts import CountingRules, folding_of
from report.engine import Questions, Row, question
from report.services import Services
from report.window import Window, day_window

_ROWS = 10
_TOGETHER = 2
_ABOUT_A_HASHTAG = ("samples", "tag_hours")


def answer(
    services: Services,
    name: str,
    days: tuple[date, date],
    hashtag: str = "",
    limit: int | None = None,
) -> list[Row]:
    """Return the rows of a question about the tweets of some days of the settings' zone, both included.

    Raise `EngineError` and `StorageError`.
    """
    zone = services.settings.timezone
    said = f"{days[0]} to {days[1]}" if days[1] > days[0] else str(days[0])
    rules = CountingRules(services.settings.count_retweets)
    with (
        _progress(f"reading the tweets of {said} in {zone.key}"),
        services.engine().open(_window(days, zone)) as questions,
    ):
        rows = _asked(questions, name, rules, hashtag, limit or _ROWS)
    if not rows:
        click.echo(f"no rows for {said} in {zone.key}", err=True)
    return rows[:limit]


def days_asked(
    day: datetime | None, first: datetime | None, last: datetime | None, newest: date
) -> tuple[date, date]:
    """Return the first and last day that options ask for; raise `click.UsageError` for what is no stretch."""
    if day and (first or last):
        raise click.UsageError("--date and --from, --to exclude each other")
    if last and not first:
        raise click.UsageError("--to asks for --from")
    if not first:
        only = day.date() if day else newest
        return only, only
    end = last.date() if last else max(newest, first.date())
    if end < first.date():
        raise click.UsageError(f"--to {end} is before --from {first.date()}")
    return first.date(), end


def _window(days: tuple[date, date], zone: ZoneInfo) -> Window:
    return Window(day_window(days[0], zone).start, day_window(days[1], zone).end)


def _asked(questions: Questions, name: str, rules: CountingRules, hashtag: str, places: int) -> list[Row]:
    _, names = question(name)
    if name in _ABOUT_A_HASHTAG and not hashtag:
        raise click.UsageError(f"{name} asks for --hashtag")
    known: dict[str, str | int | float] = {
        "retweets": rules.parameter,
        "limit": places,
        "popular": places,
        "together": _TOGETHER,
    }
    if "folding" in names:
        known["folding"] = folding_of(questions, rules, hashtag)
    return questions.ask(name, {parameter: known[parameter] for parameter in names})


@contextmanager
def _progress(what: str) -> Iterator[None]:
    """Say on a terminal what is being waited for, and at the end how long it took."""
    if not sys.stderr.isatty():
        yield
        return
    begun = time.monotonic()
    click.echo(f"{what} \N{HORIZONTAL ELLIPSIS}", err=True, nl=False)
    try:
        yield
    finally:
        click.echo(f" {time.monotonic() - begun:.1f} s", err=True)


def print_rows(rows: list[Row], form: str) -> None:
    """Print rows as a table, as CSV or as JSON."""
    import pandas as pd

    frame = pd.DataFrame(rows, dtype=object)
    if form == "csv":
        click.echo(frame.to_csv(index=False), nl=False)
    elif form == "json":
        click.echo(frame.to_json(orient="records", force_ascii=False, date_format="iso", indent=1))
    else:
        shown = frame.map(_printable).to_string(index=False, na_rep="")
        click.echo(shown if rows else "", nl=bool(rows))


def _printable(value: Any) -> Any:
    """Tweets are hostile text: none of it may steer a terminal."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in value)
