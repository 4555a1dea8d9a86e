"""The command that makes up what reports are made from, to see them at work."""

import sys
from datetime import datetime

import click

from collector.demo.sources import SOURCES, World, bar_to, fill
from collector.demo.writing import Written, demo_window, write_demo
from collector.moments import Moment
from collector.services import services_at_hand
from report.catalogue import FIRST
from report.report_places import SOURCES as PLACES
from report.report_places import place_of, shown
from report.services import Services
from report.window import Window
from report.words import count_of


@click.command()
@click.option(
    "--report",
    "names",
    multiple=True,
    type=click.Choice([FIRST, *SOURCES]),
    default=(FIRST,),
    show_default=True,
    help="What to make up: tweets, for the trends, or the source of another report. May be repeated.",
)
@click.option(
    "--days", type=click.IntRange(1, 366), default=14, show_default=True, help="Whole days before today."
)
@click.option("--until", type=Moment(), default="now", show_default=True, help="Time at which the demo ends.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Which demo world to write."
)
def demo(names: tuple[str, ...], days: int, until: datetime, seed: int) -> None:
    """Write made-up tweets of genuine shape, to see the reports at work; or what other reports are made from.

    The same seed gives the same files. Running it again adds what went by since: hours of tweets, a month
    of the city's requests, answers about topics. Where there are tweets of your own, none are made up. The
    source of another report is left alone if it has files of your own, or if settings say something of it;
    its pages say that they are a demo.

    \b
    Examples:
      python -m collector demo
      python -m collector demo --days 30 --seed 7
      python -m collector demo --until 2026-11-20T00:00:00Z
      python -m collector demo --report rates --report requests --report topics
    """
    services, window = services_at_hand(), demo_window(days, until)
    for name in dict.fromkeys(names):
        if name == FIRST:
            click.echo(_tweets(services, seed, window))
        else:
            click.echo(_source(services, name, World(seed, window, services.settings.timezone)))


def _tweets(services: Services, seed: int, window: Window) -> str:
    hours, unseen = len(list(window.hours())), not sys.stderr.isatty()
    with click.progressbar(length=hours, label="demo tweets", file=sys.stderr, hidden=unseen) as bar:
        written = write_demo(services.storage, seed, window, bar.update)
    return _summary(written, seed, window)


def _source(services: Services, name: str, world: World) -> str:
    settings = services.settings
    if bar := bar_to(name, settings):
        return f"{name}: nothing was made up: {bar}"
    filled = fill(services.source(name), SOURCES[name](world))
    place = shown(place_of(settings.storage_url, {}, PLACES, name), "")
    if filled.others:
        return f"{name}: nothing was made up: {place} has files that are not the demo's: {filled.others}"
    kept = f"; {count_of(filled.kept, 'file')} there already" if filled.kept else ""
    return f"{name}: {count_of(filled.written, 'file')} written{kept}: {place}"


def _summary(written: Written, seed: int, window: Window) -> str:
    hours = "1 hour" if written.hours == 1 else f"{written.hours:,} hours"
    kept = f"; {written.kept:,} older hours were there already" if written.kept else ""
    return (
        f"{written.tweets:,} tweets in {hours}, seed {seed}, "
        f"up to {window.end:%Y-%m-%d %H:%M} UTC, written below raw/{kept}"
    )
