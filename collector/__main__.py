"""The collector's commands: fetch a tweet, import files, serve a feed to try, make demo tweets."""

import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FrameType

import click

from collector.demo.command import demo
from collector.demo.hours import demo_tweet
from collector.demo.topics import topics_of_place
from collector.feed import Tweets, start_feed, tweets_of_file
from collector.fetching import fetch_tweet
from collector.moments import Moment
from collector.services import services_at_hand
from collector.topics import fetch_topics, import_topics
from report.commands import Door


class _CollectorDoor(Door):
    """The group of commands; `import` is loaded only when it is asked for, it needs more than the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "import"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "import":
            command: click.Command = import_module("collector.importing").import_command
            return command
        return super().get_command(ctx, cmd_name)


@click.group(cls=_CollectorDoor, context_settings={"help_option_names": ["-h", "--help"]})
def collector() -> None:
    """Bring tweets into storage.

    Where that is, STORAGE_URL says: a folder (file:./data) or a bucket (s3://bucket/prefix). Settings
    come from the environment and from a file .env.

    \b
    Try the whole chain:
      python -m collector feed &
      python -m collector fetch --url http://127.0.0.1:5002/tweet
    """


@collector.command()
@click.option("--url", help="Address of the feed.  [default: FEED_URL]")
@click.option(
    "--at", type=Moment(), default="now", show_default=True, help="Time whose UTC minute is filled."
)
def fetch(url: str | None, at: datetime) -> None:
    """Fetch one tweet and store it as it came.

    A minute holds one tweet of a feed: fetching again within it changes nothing.

    \b
    Examples:
      python -m collector fetch
      python -m collector fetch --url https://feed.example.org/tweet
      python -m collector fetch --at 2026-11-20T13:05:00Z
    """
    services = services_at_hand()
    fetched = fetch_tweet(url or services.settings.feed_url, services.storage, at)
    if fetched.stored:
        click.echo(f"stored tweet {fetched.id} as {fetched.key} ({fetched.size:,} bytes)")
    else:
        click.echo(f"this minute is already collected: {fetched.key}")


@collector.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(exists=True, path_type=Path))
@click.option("--url", help="Address of the feed.  [default: TOPICS_URL]")
@click.option(
    "--at", type=Moment(), default="now", show_default=True, help="Time whose UTC minute is filled."
)
def topics(files: tuple[Path, ...], url: str | None, at: datetime) -> None:
    """Fetch what is trending, an answer of trends/place, and store it as it came; or store FILEs of such.

    A minute holds one answer of a feed: fetching again within it changes nothing. A file is stored under
    the moment its answer is of.

    \b
    Examples:
      python -m collector topics --url 'https://feed.example.org/trends/place.json?id=1'
      python -m collector topics --url 'http://127.0.0.1:5002/trends/place?id=44418'
      python -m collector topics monday.json tuesday.json
    """
    services = services_at_hand()
    address = url or services.settings.topics_url
    if not (files or address):
        raise click.UsageError("name a --url or FILEs, or set TOPICS_URL")
    source = services.source("topics")
    found = [import_topics(path, source) for path in files] or [fetch_topics(address, source, at)]
    for key, is_new in found:
        click.echo(f"stored {key}" if is_new else f"is there already: {key}")


@collector.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=5002, show_default=True, help="0 takes a free one."
)
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Serve the tweets of this file of JSON lines, over and over, instead of the demo's.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Which demo world to serve."
)
def feed(host: str, port: int, path: Path | None, seed: int) -> None:
    """Serve a feed to try the collector on. Stop it with Ctrl-C.

    GET /tweet gives one tweet: a new one each second, and the same one within a second. GET
    /trends/place?id=1 gives what is trending, which stays for five minutes: 1 is worldwide, 44418 London,
    1118370 Tokyo.

    \b
    Examples:
      python -m collector feed
      python -m collector feed --port 0 --file tweets.jsonl
    """
    tweets: Tweets = tweets_of_file(path) if path else lambda moment: demo_tweet(seed, moment)
    signal.signal(signal.SIGTERM, _interrupt)
    topics = partial(topics_of_place, seed)
    with start_feed(tweets, host, port, lambda: datetime.now(UTC), topics) as server:
        address = f"http://{host}:{server.server_port}"
        click.echo(f"feed at {address}/tweet and {address}/trends/place?id=1, Ctrl-C stops it")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("feed stopped")


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Let a polite stop end the feed as Ctrl-C does."""
    raise KeyboardInterrupt


collector.add_command(demo)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; the exit code is 0, 1 for a failure, 2 for wrong usage or settings."""
    collector.main(args=arguments, prog_name="python -m collector")


if __name__ == "__main__":
    main()
