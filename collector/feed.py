"""A small feed to try the collector on: `GET /tweet` gives one tweet, a new one each second.

`GET /trends/place?id=1` gives what is trending in a place, where the feed has such answers.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs

from collector.fetching import one_tweet
from report.errors import FeedError

Tweets: TypeAlias = Callable[[datetime], bytes]
"""Gives the tweet of a moment; moments of one second have the same."""

Topics: TypeAlias = Callable[[int, datetime], bytes | None]
"""Gives what trends/place answers about a place, by its woeid, at a moment; None where it knows none."""

_WORLDWIDE = 1
_TOPICS_PATHS = ("/trends/place", "/trends/place.json")
_MOST_TWEETS = 100_000
_HELP = (
    "There is nothing under this address. GET /tweet gives one tweet as JSON, a new one each second; "
    "GET /trends/place?id=1 what is trending worldwide.\n"
)


def _no_topics(woeid: int, moment: datetime) -> None:
    """Know no place."""


def tweets_of_file(path: Path) -> Tweets:
    """Return the tweets of a file of JSON lines, over and over; raise `FeedError` where it has none.

    Lines that are no tweet are left out; of a long file the first 100,000 tweets are served.
    """
    try:
        with path.open("rb") as lines:
            tweets = list(islice(filter(_is_tweet, lines), _MOST_TWEETS))
    except OSError as error:
        raise FeedError(f"cannot read the tweets of {path}: {error.strerror}") from error
    if not tweets:
        raise FeedError(f"{path} has no line that is a tweet; expected one JSON tweet a line")
    return _cycle(tweets)


def start_feed(
    tweets: Tweets, host: str, port: int, clock: Callable[[], datetime], topics: Topics = _no_topics
) -> ThreadingHTTPServer:
    """Return a server that listens, ready for `serve_forever`; port 0 takes a free one.

    Raise `FeedError` if the address can't be had.
    """

    class Handler(_FeedHandler):
        def tweet(self) -> bytes:
            return tweets(clock())

        def topics(self, woeid: int) -> bytes | None:
            return topics(woeid, clock())

    try:
        return ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        problem = f"cannot listen on {host}:{port}: {error.strerror}"
        raise FeedError(f"{problem}; choose another with --port, or 0 for a free one") from error


class _FeedHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD; everything but /tweet and /trends/place is not found."""

    protocol_version = "HTTP/1.1"
    server_version = "feed"
    sys_version = ""
    timeout = 30

    def tweet(self) -> bytes:
        """Return the tweet of this moment."""
        raise NotImplementedError

    def topics(self, woeid: int) -> bytes | None:
        """Return what is trending in a place at this moment."""
        raise NotImplementedError

    def do_GET(self) -> None:
        body = self._found()
        if body is None:
            self._answer(404, "text/plain; charset=utf-8", _HELP.encode())
        else:
            self._answer(200, "application/json; charset=utf-8", body)

    do_HEAD = do_GET

    def _found(self) -> bytes | None:
        path, _, query = self.path.partition("?")
        if path == "/tweet":
            return self.tweet()
        if path in _TOPICS_PATHS:
            woeid = parse_qs(query).get("id", [str(_WORLDWIDE)])[0]
            return (
                self.topics(int(woeid)) if woeid.isascii() and woeid.isdecimal() and len(woeid) < 13 else None
            )
        return None

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


def _is_tweet(line: bytes) -> bool:
    try:
        one_tweet(line, "file:")
    except FeedError:
        return False
    return True


def _cycle(tweets: Sequence[bytes]) -> Tweets:
    return lambda moment: tweets[int(moment.timestamp()) % len(tweets)].strip()
