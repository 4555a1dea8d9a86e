"""The command that asks one of the questions of `report/sql/`: `python -m report query`."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from report.composition import services_from_environ
from report.counts import CountingRules, folding_of
from report.engine import Questions, Row, question, question_names
from report.window import Window, day_window, last_whole_day

_DAY = click.DateTime(["%Y-%m-%d"])
_ROWS = 10
_TOGETHER = 2
_ABOUT_A_HASHTAG = ("samples", "tag_hours")


@click.command(epilog=f"Questions: {', '.join(question_names())}.")
@click.argument("name")
@click.option("--date", "day", type=_DAY, metavar="YYYY-MM-DD", help="The day. Default: the last whole day.")
@click.option("--from", "first", type=_DAY, metavar="YYYY-MM-DD", help="The first of several days.")
@click.option(
    "--to", "last", type=_DAY, metavar="YYYY-MM-DD", help="The last of them. Default: the last whole day."
)
@click.option("--limit", type=click.IntRange(1), help="How many rows at most.")
@click.option(
    "--hashtag", default="", help="Which hashtag, in any spelling, where the question asks for one."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def query(
    name: str,
    day: datetime | None,
    first: datetime | None,
    last: datetime | None,
    limit: int | None,
    hashtag: str,
    form: str,
) -> None:
    """Ask a question about the tweets of a day, or of several.

    `hashtags` counts as the report does, spellings taken together; `top_hashtags` and `spellings` count
    each spelling by itself. Days are days of TIMEZONE; COUNT_RETWEETS holds here too.

    \b
    python -m report query hashtags --date 2026-11-20 --limit 20
    python -m report query top_hashtags --from 2026-11-14 --to 2026-11-20
    python -m report query samples --hashtag budget
    python -m report query languages --format csv
    """
    logging.basicConfig(format="%(message)s")
    logging.getLogger("report").setLevel(logging.INFO)  # what a query of Athena cost
    services = services_from_environ()
    zone = services.settings.timezone
    days = _days(day, first, last, last_whole_day(datetime.now(UTC), zone))
    _, names = question(name)
    if name in _ABOUT_A_HASHTAG and not hashtag:
        raise click.UsageError(f"{name} asks for --hashtag")
    rules = CountingRules(services.settings.count_retweets)
    said = f"{days[0]} to {days[1]}" if days[1] > days[0] else str(days[0])
    with (
        _progress(f"reading the tweets of {said} in {zone.key}"),
        services.engine().open(_window(days, zone)) as questions,
    ):
        rows = _asked(questions, name, names, rules, hashtag, limit)
    if not rows:
        click.echo(f"no rows for {said} in {zone.key}", err=True)
    print_rows(rows[:limit], form)


def _days(
    day: datetime | None, first: datetime | None, last: datetime | None, newest: date
) -> tuple[date, date]:
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


def _asked(
    questions: Questions,
    name: str,
    names: tuple[str, ...],
    rules: CountingRules,
    hashtag: str,
    limit: int | None,
) -> list[Row]:
    places = limit or _ROWS
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
